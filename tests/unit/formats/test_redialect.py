"""Which cells of a CSV get another decimal mark, and what is said of a row that cannot be written."""

from __future__ import annotations

from typing import Any

import pytest

from etl_batch.formats.output_columns import OutputColumns, output_columns
from etl_batch.formats.redialect import RefusedRow, marked_columns, refusals
from etl_batch.options.shape import OutputShape, SourceColumn
from etl_batch.text.written_dialect import WrittenDialect

NAMES = ("a", "b", "c")


@pytest.mark.parametrize(
    ("of_input", "asked", "marked"),
    [
        ((False, True, False), None, [0, 1, 0]),
        ((), None, [0, 0, 0]),
        ((False, True, False), {"select": ("b", "c"), "rename": (("c", "d"),)}, [1, 0]),
        ((True, True, False), {"exclude": ("b",), "add_source": (SourceColumn.ROW, SourceColumn.FILE)}, [1, 0, 0, 0]),
        ((), {"select": ("b",)}, [0]),
    ],
)
def test_numbers_are_known_by_the_column_of_the_input(
    of_input: tuple[bool, ...], asked: dict[str, Any] | None, marked: list[int]
) -> None:
    shape = None if asked is None else OutputColumns(tuple(output_columns(NAMES, OutputShape(**asked))))
    assert marked_columns(of_input, NAMES, shape).tolist() == marked


def test_a_row_that_cannot_be_written_is_told_by_column_and_character() -> None:
    found = refusals([RefusedRow(3, 1, "ł"), RefusedRow(7, 0, "😀")], NAMES, WrittenDialect(encoding="cp1252"))
    assert found == {
        3: "column 'b': 'ł' (U+0142) is not in --out-encoding cp1252",
        7: "column 'a': '😀' (U+1F600) is not in --out-encoding cp1252",
    }
