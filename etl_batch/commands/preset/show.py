"""`preset show`: a saved reading as it stands."""

from __future__ import annotations

import json
from argparse import Namespace

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.preset.flags import add_home, add_name
from etl_batch.commands.preset.preset_files import preset_file_text, read_preset
from etl_batch.environment import home_folder
from etl_batch.text.plain_values import plain


def add_parser(add: AddParser) -> None:
    """Add the parser of `preset show`."""
    parser = add(description="Print a saved reading as it stands, which `preset save NAME --from FILE` takes again.")
    add_home(parser)
    add_name(parser)
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Print it, where it is sound."""
    home = home_folder(flags.home)
    preset = read_preset(home, flags.name)
    as_json = {"name": flags.name, "reading": plain(dict(preset.values)), "fits": preset.fits}
    print_result(json.dumps(as_json, ensure_ascii=False) + "\n" if flags.json else preset_file_text(home, flags.name))
