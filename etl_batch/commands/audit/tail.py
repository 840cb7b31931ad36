"""`audit tail`: the newest entries of the log."""

from __future__ import annotations

import argparse
import json
from argparse import Namespace

from etl_batch.audit.reading import as_json, page
from etl_batch.commands.audit.flags import add_filters, add_home, filter_of
from etl_batch.commands.audit.text import on_a_line
from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.environment import home_folder, operator
from etl_batch.errors import ConfigError

_MOST_LINES = 10_000


def add_parser(add: AddParser) -> None:
    """Add the parser of `audit tail`."""
    parser = add(
        description="Show the newest entries, the newest last.", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_home(parser)
    parser.add_argument("-n", "--lines", type=int, default=20, metavar="N", help="how many, to 10000 (%(default)s)")
    add_filters(parser)
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Show them."""
    if not 1 <= flags.lines <= _MOST_LINES:
        raise ConfigError(f"--lines is {flags.lines}; give 1 to {_MOST_LINES}")
    found = page(home_folder(flags.home), operator(flags.actor), filter_of(flags), limit=flags.lines)
    entries = found.entries[::-1]
    if flags.json:
        print_result("".join(json.dumps(as_json(entry)) + "\n" for entry in entries))
    elif entries:
        print_result("".join(f"{on_a_line(entry)}\n" for entry in entries))
    else:
        print_result("no entries\n" if found.last_seq else "nothing was recorded yet\n")
