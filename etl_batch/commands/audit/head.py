"""`audit head`: the signed size and root of the log as it is now."""

from __future__ import annotations

import argparse
from argparse import Namespace

from etl_batch.audit.reading import head
from etl_batch.commands.audit.flags import add_home
from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.environment import home_folder, operator
from etl_batch.errors import AuditUnreadable


def add_parser(add: AddParser) -> None:
    """Add the parser of `audit head`."""
    parser = add(
        description=("Print the signed size and root of the log as it is now: keep it where nobody here can write."),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_home(parser)
    parser.add_argument("--json", action="store_true", help="the same: a checkpoint is a line of JSON")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Print the checkpoint of now."""
    found = head(home_folder(flags.home), operator(flags.actor))
    if found is None:
        raise AuditUnreadable("nothing was recorded yet", mend="run a job, then ask again")
    print_result(f"{found.line}\n")
