"""`python -m etl_batch layout`: what describes records, as a layout of ours."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict
from typing import Any

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.looking_flags import add_looking_flags, config_to_look
from etl_batch.errors import ConfigError
from etl_batch.formats.described.layout_files import described
from etl_batch.formats.unpacked_head import read_head
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.toml_text import type_in_words
from etl_batch.storage.roots import place

_GUESS = "guess"
_READING = {
    "encoding": "of the characters of records by a copybook: cp037, cp273, ascii ... (what --input tells)",
    "variant": "of items that redefine each other, the one that is read: 'A: B', \"A: B when KIND = 'X'\", or "
    "'A: both'; repeatable (asked)",
    "record": "of several records (01) of the book, the name of the one that is read, or of each with what tells it: "
    "\"NAME when TYPE = '01'\"; repeatable (asked)",
    "floats": "how floats are stored: ibm is z/OS's own (%(default)s: asked, where there are any)",
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
    """Add the parser of `layout`."""
    parser = add(
        description="Print a copybook, a Stata dictionary or a table of columns as a layout of ours, with a comment at "
        "each choice: save it as x.layout.toml beside x.bin, or name it with --layout, once what is to be otherwise is "
        "changed."
    )
    parser.add_argument(
        "words",
        metavar="[guess] FILE",
        nargs="+",
        help="a copybook, a Stata dictionary, a table of column,start,length, or a layout; guess: how long the records "
        "of a file may be",
    )
    parser.add_argument("-i", "--input", metavar="DATA", help="a file of its records, which tells the encoding")
    add_looking_flags(parser, _READING)
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Print the layout, or the lengths that records may have."""
    *asked, flags.file = flags.words
    if asked not in ([], [_GUESS]):
        raise ConfigError(
            f"layout takes one file, and {asked[0]!r} stands before it",
            mend="give `layout FILE` or `layout guess FILE`",
        )
    if asked:
        _guess(flags)
        return
    config = config_to_look(flags, flags.input or flags.file, _READING)
    data = place(flags.input, config.input_roots) if flags.input else None
    found = described(place(flags.file, config.input_roots), data, config)
    if flags.json:
        shown = {"toml": found.toml, **_as_json(found.layout), "notes": found.notes}
        print_result(json.dumps(shown, ensure_ascii=False) + "\n")
        return
    print_result(found.toml)


def _guess(flags: Namespace) -> None:
    from etl_batch.formats.described.guessing import guessed_lengths

    config = config_to_look(flags, flags.file, _READING)
    where = place(flags.file, config.input_roots)
    with read_head(where, config, None) as content:
        found = guessed_lengths(content)
    if flags.json:
        print_result(json.dumps({"candidates": [*map(asdict, found)]}) + "\n")
    elif found:
        print_result("".join(f"{one.record_size} bytes ({one.score:.2f}): {one.reason}\n" for one in found))
    else:
        print_result(f"{where.path}: nothing repeats by which the length of its records could be told\n")


def _as_json(layout: Layout) -> dict[str, Any]:
    fields = [
        {"name": field.name, "type": type_in_words(field), "offset": field.offset, "length": field.length}
        for field in layout.fields
    ]
    return {"record_size": layout.record_size, "fields": fields}
