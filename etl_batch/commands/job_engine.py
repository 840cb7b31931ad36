"""`python -m etl_batch job-engine`: the process of a job. A supervisor starts it, nobody else."""

from __future__ import annotations

import os
import stat
from argparse import Namespace
from collections.abc import Sequence

from etl_batch.commands.command_table import PROG, AddParser
from etl_batch.errors import ConfigError
from etl_batch.jobs.engine import main

_STDERR = 2


def add_parser(add: AddParser) -> None:
    """Add its parser, to which nothing is a flag."""
    parser = add(prefix_chars="\0")
    parser.add_argument("words", nargs="*")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> int:
    """Do the job that standard input tells of; returns the exit code.

    Raises:
        ConfigError: no supervisor has started it.
    """
    if not _is_started_by_supervisor(flags.words):
        raise ConfigError(
            "job-engine is the process of a job, which the console starts itself",
            mend=f"start a job: `{PROG} jobs start`",
        )
    return main(flags.words, lambda config, progress, job: flags.pipeline(config, progress, job=job))


def _is_started_by_supervisor(words: Sequence[str]) -> bool:
    """Whether its one word is a pipe to speak to, none of those that every process has."""
    try:
        (descriptor,) = map(int, words)
        return descriptor > _STDERR and stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    except (OSError, ValueError, OverflowError):
        return False
