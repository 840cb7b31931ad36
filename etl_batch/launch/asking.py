"""A process that does one thing for the launch page: the check of a job, or the first rows of a file.

It reads one line of JSON from its standard input, writes lines of JSON to its standard output, and ends.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from etl_batch.commands.run_flags import parse_run
from etl_batch.formats.recognition import recognised
from etl_batch.formats.unpacked_head import read_head, unpacked_head
from etl_batch.launch.read_first_rows import read_records
from etl_batch.layouts.reading import parse_layout
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.answering import Telling, answer_one
from etl_batch.options.input_reading import HeaderLine, InputFormat
from etl_batch.storage.closed_folders import keep_closed
from etl_batch.storage.roots import Place, place


@dataclass(frozen=True, slots=True)
class _How:
    """See `HowRead` and `Said`."""

    format: InputFormat
    layout: str | None
    input_roots: Sequence[Path]
    delimiter: str | None
    encoding: str
    header: HeaderLine
    names: tuple[str, ...] | None
    skip_lines: int | None


def check(asked: dict[str, Any]) -> dict[str, Any]:
    """Everything a job does but the writing: `{"arguments": [...]}`, the words of the command line."""
    from etl_batch.pipeline.dry_run import dry_run

    return dry_run(parse_run(asked["arguments"]).config, Telling().progress).as_json()


def first_rows(asked: dict[str, Any]) -> dict[str, Any]:
    """What a file is, and its rows as its format shows them, if it needs no layout for that.

    Args:
        asked: `{"path", "roots", "homes", "rows", "format", "layout", "delimiter", "encoding", "header", "names",
            "skip_lines", "member"}`.
    """
    where, roots = _place(asked), [Path(root) for root in asked["roots"]]
    how = _How(
        InputFormat(asked["format"]), asked["layout"], roots, asked["delimiter"], asked["encoding"],
        HeaderLine(asked["header"]), asked["names"] and tuple(asked["names"]), asked["skip_lines"],
    )  # fmt: skip
    with read_head(where, how, asked["member"]) as content:
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
    tasks = {"check": check, "rows": first_rows, "records": first_records}
    sys.exit(answer_one(tasks))
