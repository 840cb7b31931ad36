"""A process that looks at files before there is a job: what they are, their first rows, what their text seems to be.

It reads lines of JSON from its standard input, and answers each with a line of JSON on its standard output.
"""

from __future__ import annotations

import base64
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from etl_batch.formats.recognition import recognised
from etl_batch.formats.unpacked_head import read_head, unpacked_head
from etl_batch.launch.read_first_rows import read_records
from etl_batch.launch.sniff_asking import answer as sniffed
from etl_batch.layouts.reading import parse_layout
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.answering import answer_each
from etl_batch.options.input_reading import InputReading
from etl_batch.storage.closed_folders import keep_closed
from etl_batch.storage.roots import Place, place
from etl_batch.text.plain_values import value_of


@dataclass(frozen=True, kw_only=True)
class _How(InputReading):
    """See `HowRead` and `Said`."""

    input_roots: tuple[Path, ...]


def first_rows(asked: dict[str, Any]) -> dict[str, Any]:
    """What a file is, and its rows as its format shows them, if it needs no layout for that.

    Args:
        asked: `{"path", "roots", "homes", "rows", "reading"}`.
    """
    how = value_of(_How, {**asked["reading"], "input_roots": asked["roots"]})
    with read_head(_place(asked), how, how.member) as content:
        found = recognised(content, how)
        rows = None if found.format.by_layout else asdict(found.format.first_rows(content, how, asked["rows"]))
    return {"format": found.format.name, "because": found.because, "rows": rows}


def first_records(asked: dict[str, Any]) -> dict[str, Any]:
    """Of a binary file, as bytes and decoded.

    Args:
        asked: `{"path", "roots", "homes", "rows", "layout", "member"}`, the layout as TOML.
    """
    from etl_batch.formats.binary.preview import decode_cells

    layout = parse_layout(asked["layout"], "the layout")
    with unpacked_head(_place(asked), asked["member"]) as content:
        found = read_records(content, layout, asked["rows"])
    return {
        "size": found.size,
        "raw": base64.b64encode(found.raw).decode(),
        "cells": [[(cell.text, cell.problem) for cell in row] for row in decode_cells(layout, found.raw)],
    }


def _place(asked: dict[str, Any]) -> Place:
    for home in asked["homes"]:
        keep_closed(Path(home))
    return place(asked["path"], [Path(root) for root in asked["roots"]])


if __name__ == "__main__":
    sys.exit(answer_each({"rows": first_rows, "records": first_records, "sniff": sniffed}))
