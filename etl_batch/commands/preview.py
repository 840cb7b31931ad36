"""`python -m etl_batch preview`: the first records of a binary file beside their bytes."""

from __future__ import annotations

import json
from argparse import Namespace

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.looking_flags import add_looking_flags, config_to_look
from etl_batch.errors import ConfigError, FormatExtension
from etl_batch.formats.binary.preview import as_json, preview, render
from etl_batch.formats.described.layout_files import find_layout
from etl_batch.formats.framed.first_kinds import first_of_types
from etl_batch.formats.framed.preview_types import render_types, types_as_json
from etl_batch.formats.recognition import recognised
from etl_batch.formats.unpacked_head import read_head
from etl_batch.storage.roots import place

_MOST_ROWS = 10_000
_READING = {
    "layout": "record layout, or a copybook (x.layout.toml beside x.bin, else layout.toml)",
    "member": "which file of a .zip (the only one)",
    "encoding": "of the characters of records by a copybook: cp037, cp273, ascii ... (what they tell)",
    "variant": "of items that redefine each other, the one that is read: 'A: B', \"A: B when KIND = 'X'\", or "
    "'A: both'; repeatable (asked)",
    "record": "of several records (01) of a copybook, the name of the one that is read, or of each of several types "
    "\"NAME when TYPE = '01'\" (asked)",
    "floats": "floats of records by a copybook: ibm is z/OS's own (%(default)s: asked)",
    "blank": "a number that is all blanks, as characters or packed: bad or null (%(default)s)",
    "record_format": "",
    "rdw": "",
    "short_records": "",
    "century": "",
    "depending_on": "",
    "occurs": "",
    "comp_digits": "COMP numbers of more digits than their picture has: keep, or strict for bad ones (%(default)s)",
}


def add_parser(add: AddParser) -> None:
    """Add the parser of `preview`."""
    parser = add(
        description="Show the first records of a binary file through its layout: place, name, type, bytes, value."
    )
    parser.add_argument("file", metavar="FILE", help="a file of records")
    add_looking_flags(parser, _READING)
    parser.add_argument("--rows", type=int, default=3, metavar="N", help="how many records, of each type (%(default)s)")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Print the records."""
    if not 1 <= flags.rows <= _MOST_ROWS:
        raise ConfigError(f"--rows is {flags.rows}; give 1 to {_MOST_ROWS}")
    config = config_to_look(flags, flags.file, _READING)
    where = place(flags.file, config.input_roots)
    with read_head(where, config, config.member) as content:
        found = recognised(content, config).format
        if not found.by_layout:
            raise FormatExtension(
                f"{where.path} is read as {found.called}, which needs no layout",
                mend="preview shows records by a layout: name it with --layout",
            )
        layout = find_layout(content, config).layout
        if layout.records:
            types, path = first_of_types(content, layout, flags.rows), str(content.path)
            values, text = types_as_json(path, types), render_types(path, types)
        else:
            shown = preview(content, layout, flags.rows)
            values, text = as_json(shown), render(shown)
    print_result(json.dumps(values, ensure_ascii=False) + "\n" if flags.json else text)
