"""`python -m etl_batch job-supervisor`: works off the queue of a home. Whoever queues a job starts it."""

from __future__ import annotations

from argparse import Namespace

from etl_batch.commands.command_table import AddParser
from etl_batch.environment import home_folder
from etl_batch.jobs.supervisor import work_off_queue


def add_parser(add: AddParser) -> None:
    """Add its parser. Its one word is the home folder, which may begin with `-`: no word is read as a flag."""
    parser = add(prefix_chars="\0")
    parser.add_argument("words", nargs="*")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Work until the queue is empty."""
    work_off_queue(home_folder(flags.words[0] if flags.words else None))
