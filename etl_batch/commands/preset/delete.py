"""`preset delete`: a saved reading is taken away."""

from __future__ import annotations

import json
from argparse import Namespace

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.preset.flags import add_home, add_name
from etl_batch.commands.preset.preset_files import delete_preset
from etl_batch.environment import home_folder, operator


def add_parser(add: AddParser) -> None:
    """Add the parser of `preset delete`."""
    parser = add(description="Take a saved reading away; jobs that had it keep what it said.")
    add_home(parser, changes=True)
    add_name(parser)
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Delete it."""
    delete_preset(home_folder(flags.home), operator(flags.actor), flags.name)
    print_result(json.dumps({"name": flags.name}) + "\n" if flags.json else f"deleted {flags.name}\n")
