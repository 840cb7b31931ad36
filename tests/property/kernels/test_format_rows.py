"""Rows from the first one to the last: padded texts of every width, what is not allowed, blocks of rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.cell_escape import csv_cell
from etl_batch.kernels.calendar_text import FIRST_DAY, LAST_DAY
from etl_batch.kernels.columns import Kind
from tests.data_makers.apostrophes import added_to
from tests.helpers import kernel_calls, twins
from tests.helpers.chance import examples

PROJECT = Path(__file__).parents[3]
SECONDS_A_DAY = 86_400
TEXT_KINDS = {Kind.FIXED_TEXT: "utf-8", Kind.ASCII_TEXT: "ascii"}
WIDTHS = st.one_of(
    st.sampled_from([1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 80, 100]), st.integers(1, 130)
)
#: bytes on which something hangs, among such as do not
PIECES = st.sampled_from(
    [b"a", b"Zz 9", b"word", b" ", b"\0", b",", b";", b"\t", b"|", b'"', b"'", b"\r", b"\n", b"=", b"-", b"+1", b"\x0b",
     b"#", b"&", b"<", b"l", b"\x7f", b"\x80", b"\xff", "é".encode(), "\u00a0".encode(), "\u200b=".encode(),
     "\U0001f600".encode(), b"\xc3", b"\xed\xa0\x80", b"twelve bytes", b"twenty bytes of text"]
)  # fmt: skip


@st.composite
def padded_fields(draw: st.DrawFn) -> list[bytes]:
    """Fields of one width, padded in either way, cut anywhere."""
    width = draw(WIDTHS)
    pieces = st.lists(PIECES, max_size=40).map(b"".join)
    plain = st.integers(0, width).map(lambda length: (b"plain text " * 12)[:length])
    texts = draw(st.lists(st.one_of(pieces, plain), min_size=1, max_size=20))
    return [text[:width].ljust(width, draw(st.sampled_from([b"\0", b" "]))) for text in texts]


def decoded(field: bytes, kind: Kind) -> str | None:
    """The text of a field; None: it is not of its encoding."""
    try:
        return twins.trimmed(field.decode(TEXT_KINDS[kind]))
    except UnicodeDecodeError:
        return None


@pytest.mark.parametrize("kind", TEXT_KINDS)
@settings(max_examples=examples(400), deadline=None)
@given(fields=padded_fields(), escape=st.booleans())
def test_padded_texts(kind: Kind, fields: list[bytes], escape: bool) -> None:
    texts = [decoded(field, kind) for field in fields]
    good = [(field, text) for field, text in zip(fields, texts, strict=True) if text is not None]
    if good:
        column = kernel_calls.fixed_texts([field for field, _ in good], kind)
        written, added = kernel_calls.csv_bytes([column], len(good), escape=escape)
        assert written.decode() == "".join(csv_cell(text, escape=escape) + "\n" for _, text in good)
        if escape:
            assert added == added_to([text for _, text in good])
    for field, text in zip(fields, texts, strict=True):
        if text is None:
            with pytest.raises(kernel_calls.NotAllowed):
                kernel_calls.csv_bytes([kernel_calls.fixed_texts([field], kind)], 1, escape=escape)


@pytest.mark.io
def test_nothing_is_read_behind_the_last_page_of_a_file() -> None:
    command = [sys.executable, "-m", "tests.helpers.last_page"]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"ended with {run.returncode} at {run.stdout.splitlines()[-1:]}: {run.stderr}"


def limits(kind: Kind, unit: str) -> tuple[int, int]:
    """The least and the largest value that a kind allows."""
    if kind is Kind.BOOL:
        return 0, 1
    if kind is Kind.DATE:
        return FIRST_DAY, LAST_DAY
    per_second = twins.TICKS_PER_SECOND[unit]
    if kind is Kind.TIME:
        return 0, SECONDS_A_DAY * per_second - 1
    first, last = FIRST_DAY * SECONDS_A_DAY * per_second, (LAST_DAY + 1) * SECONDS_A_DAY * per_second - 1
    return max(first, -(2**63)), min(last, 2**63 - 1)


LIMITED: dict[Kind, type[np.integer]] = {
    Kind.BOOL: np.uint8, Kind.DATE: np.int32, Kind.TIME: np.int64, Kind.TIMESTAMP: np.int64,
    Kind.LOCAL_TIMESTAMP: np.int64,
}  # fmt: skip


@pytest.mark.parametrize("unit", twins.TICKS_PER_SECOND)
@pytest.mark.parametrize("kind", LIMITED)
@settings(max_examples=examples(30), deadline=None)
@given(data=st.data())
def test_what_a_kind_does_not_allow_is_found_unless_it_is_null(kind: Kind, unit: str, data: st.DataObject) -> None:
    low, high = limits(kind, unit)
    least, most = (int(edge) for edge in (np.iinfo(LIMITED[kind]).min, np.iinfo(LIMITED[kind]).max))
    edges = [value for value in (least, low - 1, low, high, high + 1, most) if least <= value <= most]
    values = data.draw(st.lists(st.one_of(st.sampled_from(edges), st.integers(least, most)), min_size=1, max_size=8))
    flags = data.draw(st.lists(st.integers(0, 1), min_size=len(values), max_size=len(values)))
    stored, valid = np.array(values, dtype=LIMITED[kind]), np.array(flags, dtype=np.uint8)
    column = kernel_calls.dense(kind, stored, extra=twins.TICKS_PER_SECOND[unit], valid=valid)
    if all(low <= value <= high or not flag for value, flag in zip(values, flags, strict=True)):
        assert [bool(cell) for cell in kernel_calls.cells(column, len(values))] == [bool(flag) for flag in flags]
    else:
        with pytest.raises(kernel_calls.NotAllowed):
            kernel_calls.cells(column, len(values))


@settings(max_examples=examples(100), deadline=None)
@given(padded_fields(), st.data())
def test_rows_in_blocks_are_the_rows_at_once(fields: list[bytes], data: st.DataObject) -> None:
    fields = [field for field in fields if decoded(field, Kind.FIXED_TEXT) is not None] or [b"x"]
    rows = len(fields)
    ticks = data.draw(st.lists(st.integers(-(2**55), 2**56), min_size=rows, max_size=rows))
    flags = data.draw(st.lists(st.integers(0, 1), min_size=rows, max_size=rows))
    columns = [
        kernel_calls.dense(Kind.TIMESTAMP, np.array(ticks), extra=10**6, valid=np.array(flags, dtype=np.uint8)),
        kernel_calls.fixed_texts(fields),
        kernel_calls.texts([str(tick) for tick in ticks]),
    ]
    whole, _ = kernel_calls.csv_bytes(columns, rows)
    cut = data.draw(st.integers(0, rows))
    assert kernel_calls.csv_bytes(columns, cut)[0] + kernel_calls.csv_bytes(columns, rows, first=cut)[0] == whole
