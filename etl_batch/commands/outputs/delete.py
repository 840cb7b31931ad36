"""`outputs delete`: an output, or an old version of one, is taken away."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.outputs.flags import add_home, service_of
from etl_batch.text.number_text import data_size
from etl_batch.text.shown_text import shown


def add_parser(add: AddParser) -> None:
    """Add the parser of `outputs delete`."""
    parser = add(description="Take an output away for good, or an old version of one, with what lies beside it.")
    add_home(parser)
    parser.add_argument("path", metavar="PATH", help="as `outputs list` has it, such as output/sales.csv")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Delete it."""
    service, actor = service_of(flags)
    gone = service.delete(actor, flags.path)
    text = f"deleted {shown(gone.path, 300)} ({data_size(gone.bytes)})\n"
    print_result(json.dumps(asdict(gone)) + "\n" if flags.json else text)
