"""Files without a header, through jobs: every row arrives, or it is said what the first one was taken for, or asked."""

from __future__ import annotations

import pytest

from etl_batch.errors import Ambiguous
from tests.conftest import Home
from tests.data_makers.headerless import SHAPES
from tests.helpers.csv_calls import convert

_ASKED = {
    "whole numbers", "one column of numbers", "one column of words", "null words", "the same value twice", "one row",
    "years",
}  # fmt: skip


@pytest.mark.parametrize(("name", "rows", "end"), SHAPES, ids=[f"{name}{end!r}" for name, _, end in SHAPES])
def test_no_row_is_lost_without_a_word(home: Home, name: str, rows: list[str], end: str) -> None:
    path = home.put("x.csv", end.join([*rows, ""]).encode())
    if name in _ASKED:
        with pytest.raises(Ambiguous, match=r"--header yes.*--header no"):
            convert(path)
        return
    found = convert(path)
    if name == "words that are all different":
        assert len(found.cells) == len(rows) - 1
        assert "taken for the names; --header no reads it as data" in found.notes[0]
    else:
        assert len(found.cells) == len(rows)
        assert "--header no" in found.notes[0]
