"""`audit export`: entries of the log as JSON lines or CSV."""

from __future__ import annotations

import argparse
import itertools
from argparse import Namespace

from etl_batch.audit.reading import export_csv, export_json_lines
from etl_batch.commands.audit.flags import add_filters, add_home, filter_of
from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.environment import home_folder, operator

_AT_ONCE = 1000


def add_parser(add: AddParser) -> None:
    """Add the parser of `audit export`."""
    parser = add(
        description="Print entries, the oldest first: the lines as they are, or CSV that no spreadsheet runs.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_home(parser)
    parser.add_argument("--csv", action="store_true", help="CSV in place of JSON lines")
    parser.add_argument("--json", action="store_true", help="JSON lines, which is what is printed without --csv")
    add_filters(parser)
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Print them."""
    export = export_csv if flags.csv else export_json_lines
    pieces = export(home_folder(flags.home), operator(flags.actor), filter_of(flags))
    while many := list(itertools.islice(pieces, _AT_ONCE)):
        print_result("".join(many))
