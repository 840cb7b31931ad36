"""How the columns of a row group are encoded."""

from __future__ import annotations

import sys
from collections import Counter
from types import FrameType
from typing import Any

import pyarrow as pa

from etl_batch.formats.parquet.encodings import chosen_encodings

_OF_WHOLE_SETS = {"intersection", "union", "difference", "symmetric_difference", "issubset", "copy", "index", "count"}


def test_only_repeating_texts_have_no_statistics() -> None:
    rows = 100
    table = pa.table(
        {
            "twice": ["a", "b"] * 50,
            "own": [f"{k}" for k in range(rows)],
            "number": [1] * rows,
            "runs": [f"{k // 12}" for k in range(rows)],
        }
    )
    chunks = chosen_encodings(table).own
    assert [(name, bool(chunk.statistics)) for name, chunk in chunks.items()] == [
        ("twice", False), ("own", True), ("number", True), ("runs", False),
    ]  # fmt: skip


def test_texts_that_come_in_runs_are_written_plainly_unless_they_are_very_few() -> None:
    rows = 8192
    table = pa.table(
        {
            "few": [f"{k // 1000}" for k in range(rows)],
            "runs": [f"{k // 12}" for k in range(rows)],
            "mixed": [f"{k % 700}" for k in range(rows)],
        }
    )
    chunks = chosen_encodings(table).own
    assert {name: chunk.dictionary_bytes > 0 for name, chunk in chunks.items()} == {
        "few": True, "runs": False, "mixed": True,
    }  # fmt: skip


def test_a_column_in_pieces_is_judged_as_one_that_is_whole() -> None:
    pieces = pa.chunked_array([[f"{k % 30}" for k in range(100)], ["1"]])
    chosen = chosen_encodings(pa.table({"text": pieces}))
    assert (chosen.own, chosen.dictionary, chosen.statistics) == ({}, [], ["text"])


def test_what_takes_as_long_as_there_are_columns_is_not_done_for_each_of_them() -> None:
    few, many = (_calls_of_whole_sets(pa.table({f"g{k}": ["a"] * 20 for k in range(width)})) for width in (5, 50))
    assert few == many


def _calls_of_whole_sets(table: pa.Table) -> Counter[str]:
    """How often which method that looks at all members of a set or a list is called."""
    called: Counter[str] = Counter()

    def note(_frame: FrameType, event: str, what: Any) -> None:  # noqa: ANN401 - as the interpreter gives it
        if event == "c_call" and isinstance(getattr(what, "__self__", None), set | list):
            called.update({what.__name__} & _OF_WHOLE_SETS)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        chosen_encodings(table)
    finally:
        sys.setprofile(before)
    return called
