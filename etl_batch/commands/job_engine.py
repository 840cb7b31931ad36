"""`python -m etl_batch job-engine`: the process of a job. A supervisor starts it, nobody else."""

from __future__ import annotations

from argparse import Namespace

from etl_batch.commands.command_table import AddParser
from etl_batch.jobs.engine import main


def add_parser(add: AddParser) -> None:
    """Add its parser, to which nothing is a flag."""
    parser = add(prefix_chars="\0")
    parser.add_argument("words", nargs="*")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> int:
    """Do the job that standard input tells of; returns the exit code."""
    return main(flags.words, lambda config, progress, job: flags.pipeline(config, progress, job=job))
