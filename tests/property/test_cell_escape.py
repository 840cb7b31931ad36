"""Escaping is reversible, leaves no formula behind, and the kernel does exactly what the plain function does."""

from __future__ import annotations

import csv
import io
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.cell_escape import (
    CONTROL_STARTS,
    FORMULA_STARTS,
    INVISIBLE,
    SEPARATORS,
    csv_cell,
    escape_csv_injection,
    is_formula,
    is_formula_inside,
    unescape_csv_injection,
)
from tests.data_makers.apostrophes import added_to
from tests.helpers import kernel_calls, twins
from tests.helpers.chance import examples

#: look-alikes: neighbours of the special characters, whose UTF-8 bytes begin as theirs do
NEIGHBOURS = "\u00a1\u200a\u2010\u205f\u2061\ufefe\uff0a\uff0c\uff1c\uff1e\u00e2\u00ef\u0082\U0001f600"
SPECIAL = (
    INVISIBLE
    + "".join(FORMULA_STARTS)
    + "".join(CONTROL_STARTS)
    + ",;\"''"
    + "0159.eE+-"
    + NEIGHBOURS
    + "xyz"
    + "|(!:["
    + "\n\n- "
)

SEPARATOR = re.compile(f"[{SEPARATORS}]")

biased_texts = st.text(st.sampled_from(SPECIAL), max_size=12)
numbers_almost = st.from_regex(r"'{0,2}[ \u200b]?[+-]?[0-9]{0,3}\.?[0-9]{0,2}([eE][+-]?[0-9]{0,2})?", fullmatch=True)
encodable = st.text(st.characters(codec="utf-8"), max_size=40)
values = st.one_of(biased_texts, numbers_almost, encodable, st.tuples(biased_texts, encodable).map("".join))
columns_of_values = st.lists(values, min_size=1, max_size=40)


@settings(max_examples=examples(500), deadline=None)
@given(st.one_of(values, st.text()))
def test_escaping_is_reversible(value: str) -> None:
    assert unescape_csv_injection(escape_csv_injection(value)) == value


@settings(max_examples=examples(500), deadline=None)
@given(st.one_of(values, st.text()))
def test_no_escaped_text_is_a_formula(value: str) -> None:
    safe = escape_csv_injection(value)
    assert not is_formula(safe)
    for separator, piece in zip(SEPARATOR.findall(safe), SEPARATOR.split(safe)[1:], strict=True):
        assert not is_formula_inside(piece, separator)
    assert safe.replace("'", "") == value.replace("'", "")
    assert len(safe) >= len(value)


@settings(max_examples=examples(500), deadline=None)
@given(st.one_of(values, st.text()), st.sampled_from(",;\t|~:"))
def test_behind_any_delimiter_it_is_reversible_and_leaves_no_formula(value: str, delimiter: str) -> None:
    safe = escape_csv_injection(value, delimiter)
    assert unescape_csv_injection(safe, delimiter) == value
    assert not is_formula(safe)
    others = SEPARATORS if delimiter == "," else SEPARATORS + "," + delimiter
    splits = re.compile(f"[{re.escape(others)}]")
    for separator, piece in zip(splits.findall(safe), splits.split(safe)[1:], strict=True):
        assert not is_formula_inside(piece, separator, others)


@settings(max_examples=examples(300), deadline=None)
@given(values, values)
def test_different_texts_stay_different(one: str, other: str) -> None:
    assert (csv_cell(one) == csv_cell(other)) == (one == other)


@settings(max_examples=examples(300), deadline=None)
@given(columns_of_values)
def test_a_csv_reader_gets_the_escaped_texts_back(column: list[str]) -> None:
    written, _ = kernel_calls.csv_bytes([kernel_calls.texts(column)], len(column))
    rows = list(csv.reader(io.StringIO(written.decode(), newline=""), strict=True))
    assert [unescape_csv_injection(row[0]) for row in rows] == column


@settings(max_examples=examples(300), deadline=None)
@given(columns_of_values)
def test_the_kernel_writes_texts_as_the_twin_does(column: list[str]) -> None:
    texts = kernel_calls.texts(column)
    written, escaped = kernel_calls.csv_bytes([texts], len(column))
    assert written.decode() == "".join(csv_cell(value) + "\n" for value in column)
    assert escaped == added_to(column)
    written, _ = kernel_calls.csv_bytes([texts], len(column), escape=False)
    assert written.decode() == "".join(csv_cell(value, escape=False) + "\n" for value in column)


@settings(max_examples=examples(300), deadline=None)
@given(columns_of_values, st.sampled_from([b"\0", b" "]), st.integers(0, 20))
def test_the_kernel_trims_and_writes_padded_texts_as_the_twin_does(column: list[str], pad: bytes, more: int) -> None:
    pieces = [value.encode() for value in column]
    width = max(1, *(len(piece) for piece in pieces)) + more
    padded = [piece.ljust(width, pad) for piece in pieces]
    expected = [twins.trimmed(field.decode()) for field in padded]
    written, escaped = kernel_calls.csv_bytes([kernel_calls.fixed_texts(padded)], len(column))
    assert written.decode() == "".join(csv_cell(value) + "\n" for value in expected)
    assert escaped == added_to(expected)


@settings(max_examples=examples(100), deadline=None)
@given(columns_of_values, st.data())
def test_nulls_and_separators_lie_between_the_right_cells(column: list[str], data: st.DataObject) -> None:
    import numpy as np

    from etl_batch.kernels.columns import Kind

    rows = len(column)
    flags = data.draw(st.lists(st.integers(0, 1), min_size=rows, max_size=rows))
    numbers = kernel_calls.dense(Kind.I32, np.arange(rows, dtype=np.int32), valid=np.array(flags, dtype=np.uint8))
    written, _ = kernel_calls.csv_bytes([numbers, kernel_calls.texts(column), numbers], rows)
    shown = [str(row) if flags[row] else "" for row in range(rows)]
    lines = [f"{number},{csv_cell(value)},{number}\n" for number, value in zip(shown, column, strict=True)]
    assert written.decode() == "".join(lines)
