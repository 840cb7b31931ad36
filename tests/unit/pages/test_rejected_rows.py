"""Rows that were set aside come back from their file as they went into it, counted by what they have in common."""

from __future__ import annotations

import csv
import io
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.pipeline.outputs.rejects import rejected_line
from etl_batch.storage.roots import Place
from etl_batch.values import Rejected
from pages.services import rejected_rows
from pages.services.rejected_rows import RejectedRow, RejectedRows, kind_of, raw_bytes, read_rejected, rejected_of

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
#: what a line of the file asks of a source
SOURCE: Any = SimpleNamespace(place=Place(Path("/home/data"), PurePosixPath("a,b.csv")), format="csv")


def _read(rows: list[tuple[str, str]], *, is_escaped: bool = True) -> RejectedRows:
    """Rows, each with a reason, written as a job does and read again."""
    rejected = [
        Rejected(source=0, row=at + 1, byte=7 * at, reason=reason, raw=raw.encode())
        for at, (reason, raw) in enumerate(rows)
    ]
    text = "input,row,byte,reason,raw\n"
    text += b"".join(rejected_line(row, SOURCE, escape=is_escaped) for row in rejected).decode()
    return rejected_of(read_rejected(io.StringIO(text, newline=""), is_escaped=is_escaped))


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5), st.booleans())
def test_rows_come_back_as_they_went_in(rows: list[tuple[str, str]], escapes: bool) -> None:
    found = _read(rows, is_escaped=escapes)
    assert (found.rows, found.is_cut) == (len(rows), False)
    assert [(row.input, row.row, row.byte, row.reason, row.raw) for row in found.first] == [
        ("/home/data/a,b.csv", at + 1, 7 * at, reason, raw.removesuffix("\n").removesuffix("\r"))
        for at, (reason, raw) in enumerate(rows)
    ]
    assert sum(count for _, count in found.reasons) == len(rows)


def test_rows_of_one_kind_are_counted_together_the_most_frequent_first() -> None:
    reasons = ["2 cells, 3 expected", *(f"column 'quantity': the cell is no i32: 'x{at}'" for at in range(3))]
    assert _read([(reason, "x") for reason in reasons]).reasons == (
        ("column 'quantity': the cell is no i32", 3), ("2 cells, 3 expected", 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("a quote that is never closed, at byte 57", "a quote that is never closed"),
        ("column 'a: b': the cell is no f64: 'it\\'s'", "column 'a: b': the cell is no f64"),
        ("4 cells, 7 expected", "4 cells, 7 expected"),
    ],
)
def test_what_rows_have_in_common(reason: str, kind: str) -> None:
    assert kind_of(reason) == kind


def test_what_is_counted_and_what_is_shown_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejected_rows, "MOST_READ_ROWS", 5)
    monkeypatch.setattr(rejected_rows, "MOST_SHOWN_ROWS", 3)
    found = _read([("why", "x")] * 6)
    assert (found.rows, found.is_cut, len(found.first)) == (5, True, 3)
    assert not _read([("why", "x")] * 5).is_cut


@pytest.mark.parametrize(
    ("raw", "is_record", "found"), [("4142", True, b"AB"), ("4142", False, b"4142"), ("x", True, b"x")]
)
def test_records_stand_in_hexadecimal(raw: str, is_record: bool, found: bytes) -> None:
    row = RejectedRow(input="a", row=1, byte=0, reason="why", raw=raw)
    assert raw_bytes(row, is_record=is_record) == found


def test_a_cell_of_a_mebibyte_is_read_and_what_others_read_stays_as_it_was() -> None:
    before = csv.field_size_limit()
    found = read_rejected(
        io.StringIO(f"input,row,byte,reason,raw\na.csv,1,0,wrong,{'x' * (1 << 20)}\n"), is_escaped=False
    )
    assert found["rows"] == 1
    assert csv.field_size_limit() == before
