"""A process that looks at files before there is a job: what they are, their first rows, what their text seems to be.

It reads lines of JSON from its standard input, and answers each with a line of JSON on its standard output.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.formats.described.layout_files import described
from etl_batch.formats.format import Format
from etl_batch.formats.recognition import recognised
from etl_batch.formats.unpacked_head import read_head, unpacked_head
from etl_batch.jobs.config_json import from_json
from etl_batch.launch.read_first_rows import read_records
from etl_batch.launch.sniff_asking import answer as sniffed
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.toml_text import layout_text
from etl_batch.machine.answering import answer_each
from etl_batch.storage.closed_folders import keep_closed
from etl_batch.storage.roots import Place, place
from etl_batch.text.first_rows import WrittenRow


def first_rows(asked: dict[str, Any]) -> dict[str, Any]:
    """What a file is, and its rows as its format shows them, if it needs no layout for that; and as a job writes them.

    Args:
        asked: `{"path", "roots", "homes", "rows", "config"}`: the options of a job, see `jobs.config_json`.
    """
    config = replace(from_json(asked["config"]), extra_input_roots=tuple(map(Path, asked["roots"])))
    with read_head(_place(asked), config, config.member) as content:
        found = recognised(content, config)
        if found.format.by_layout:
            return {"format": found.format.name, "because": found.because, "rows": None}
        rows = asdict(found.format.first_rows(content, config, asked["rows"]))
        written, refused = _written(content, found.format, config, asked["rows"])
    return {
        "format": found.format.name, "because": found.because, "rows": rows, "written": list(map(asdict, written)),
        "refused": refused,
    }  # fmt: skip


def named_layout(asked: dict[str, Any]) -> dict[str, Any]:
    """The layout that is named for a file, as TOML; of a copybook by what the file tells.

    Args:
        asked: `{"path", "roots", "homes", "config"}`: the options of a job, see `jobs.config_json`.
    """
    config = replace(from_json(asked["config"]), extra_input_roots=tuple(map(Path, asked["roots"])))
    with read_head(_place(asked), config, config.member) as content:
        found = described(place(str(config.layout), config.input_roots), content, config)
    return {"toml": found.toml, "notes": found.notes}


def record_lengths(asked: dict[str, Any]) -> dict[str, Any]:
    """The lengths that the records of a file may have, and for each a layout to begin from.

    Args:
        asked: `{"path", "roots", "homes", "member"}`.
    """
    from etl_batch.formats.described.guessing import guessed_layout, guessed_lengths

    with unpacked_head(_place(asked), asked["member"]) as content:
        found = [(one, guessed_layout(content, one.record_size)) for one in guessed_lengths(content)]
    head = "drafted by what the first records look like"
    return {
        "lengths": [
            {
                "record_size": one.record_size,
                "reason": one.reason,
                "toml": layout_text(draft.layout("the draft"), [head, f"record_size: {one.reason}"]),
            }
            for one, draft in found
        ]
    }


def _written(
    content: Place, kind: Format[Any], config: JobConfig, rows: int
) -> tuple[Sequence[WrittenRow], list[str] | None]:
    """The rows as a job writes them, where a text may be read in several ways; or why a job would not."""
    if not kind.by_dialect:
        return (), None
    from etl_batch.launch.written_rows import written_rows

    try:
        return written_rows(content, kind, config, rows), None
    except EtlError as error:
        return (), [error.code, error.message, error.what_to_do]


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
        "places": found.places,
        "cells": [[(cell.text, cell.problem) for cell in row] for row in decode_cells(layout, found)],
    }


def first_kinds(asked: dict[str, Any]) -> dict[str, Any]:
    """Of a file of several types of records, the first ones of each type, as bytes and decoded.

    Args:
        asked: as for `first_records`.
    """
    from etl_batch.formats.framed.first_kinds import first_of_types

    layout = parse_layout(asked["layout"], "the layout")
    with unpacked_head(_place(asked), asked["member"]) as content:
        found = first_of_types(content, layout, asked["rows"])
    return {
        "seen": found.seen,
        "unknown": found.unknown,
        "first_unknown": found.first_unknown,
        "types": [
            {
                "size": one.records.size,
                "raw": base64.b64encode(one.records.raw).decode(),
                "record_size": one.records.record_size,
                "places": one.records.places,
                "cells": [[(cell.text, cell.problem) for cell in row] for row in one.cells],
            }
            for one in found.types
        ],
    }


def _place(asked: dict[str, Any]) -> Place:
    for home in asked["homes"]:
        keep_closed(Path(home))
    return place(asked["path"], [Path(root) for root in asked["roots"]])


if __name__ == "__main__":
    tasks = {
        "rows": first_rows, "records": first_records, "kinds": first_kinds, "layout": named_layout,
        "lengths": record_lengths, "sniff": sniffed,
    }  # fmt: skip
    sys.exit(answer_each(tasks))
