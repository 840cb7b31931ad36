"""Arrow values to and from plain ones: the same as by Arrow's own, slower way, wherever an array was cut out."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.estimate import arrow_values
from tests.helpers.chance import examples

CUTS = st.tuples(st.integers(0, 20), st.integers(0, 40))
TRUTHS = st.lists(st.none() | st.booleans(), max_size=40)
FLOATS = st.lists(st.none() | st.floats(allow_nan=False), max_size=40)
INTEGERS = st.lists(st.none() | st.integers(-(2**31), 2**31 - 1), max_size=40)
TEXTS = st.lists(st.none() | st.text(max_size=6), max_size=20)


def cut(values: list[Any], kind: pa.DataType, at: tuple[int, int]) -> pa.Array:
    """An array that lies somewhere within another, so that its bits begin within a byte."""
    return pa.array(values, kind).slice(*at)


@settings(max_examples=examples(200))
@given(TRUTHS, CUTS)
def test_truths(values: list[bool | None], at: tuple[int, int]) -> None:
    array = cut(values, pa.bool_(), at)
    assert arrow_values.truths(array).tolist() == [value is True for value in array.to_pylist()]


@settings(max_examples=examples(200))
@given(st.one_of(st.tuples(FLOATS, st.just(pa.float64())), st.tuples(INTEGERS, st.just(pa.int32()))), CUTS)
def test_numbers(values: tuple[list[float | None], pa.DataType], at: tuple[int, int]) -> None:
    array = cut(*values, at)
    expected = [math.nan if value is None else float(value) for value in array.to_pylist()]
    np.testing.assert_array_equal(arrow_values.numbers(array), expected)


@given(TRUTHS, CUTS)
def test_truths_as_numbers(values: list[bool | None], at: tuple[int, int]) -> None:
    array = cut(values, pa.bool_(), at)
    expected = [math.nan if value is None else float(value) for value in array.to_pylist()]
    np.testing.assert_array_equal(arrow_values.numbers(array), expected)


@settings(max_examples=examples(200))
@given(INTEGERS, CUTS)
def test_integers_and_which_are_there(values: list[int | None], at: tuple[int, int]) -> None:
    array = cut(values, pa.int32(), at)
    there = arrow_values.is_there(array)
    plain = array.to_pylist()
    assert (there is None) == (None not in plain)
    found = arrow_values.integers(array).tolist()
    assert [one for one in zip(found, plain, strict=True) if one[1] is not None and one[0] != one[1]] == []
    assert there is None or there.tolist() == [value is not None for value in plain]


@settings(max_examples=examples(200))
@given(TRUTHS)
def test_booleans(values: list[bool | None]) -> None:
    there = np.array([value is not None for value in values], dtype=np.bool_)
    bits = np.array([value is True for value in values], dtype=np.bool_)
    assert arrow_values.booleans(bits, there).to_pylist() == values
    assert arrow_values.booleans(bits, None).to_pylist() == bits.tolist()


@given(TRUTHS)
def test_what_lies_under_a_null_counts_for_nothing(values: list[bool | None]) -> None:
    there = np.array([value is not None for value in values], dtype=np.bool_)
    array = arrow_values.booleans(np.ones(len(values), dtype=np.bool_), there)
    assert arrow_values.truths(array).tolist() == there.tolist()
    floats = pa.Array.from_buffers(pa.float64(), len(values), [array.buffers()[0], pa.py_buffer(np.ones(len(values)))])
    assert np.isnan(arrow_values.numbers(floats)).tolist() == (~there).tolist()


@settings(max_examples=examples(200))
@given(TEXTS)
def test_texts(values: list[str | None]) -> None:
    array = arrow_values.text_array(values)
    array.validate(full=True)
    assert array.to_pylist() == values


@pytest.mark.parametrize(
    ("value", "kind", "plain"),
    [
        ("straße", pa.string(), "straße"),
        (-7, pa.int16(), -7),
        (2.5, pa.float64(), 2.5),
        (-12345, pa.decimal128(38, 2), Decimal("-123.45")),
        (10**40, pa.decimal256(50, 3), Decimal(10**40).scaleb(-3)),
    ],
)
def test_a_scalar(value: str | float, kind: pa.DataType, plain: object) -> None:
    found = arrow_values.scalar(value, kind)
    assert (found.as_py(), found.type) == (plain, kind)


@pytest.mark.parametrize("chunks", [[], [[1, 2]], [[1], [], [2, 3]]])
def test_a_column_of_any_number_of_chunks(chunks: list[list[int]]) -> None:
    column = pa.chunked_array(chunks, pa.int64())
    assert arrow_values.one_array(column).equals(pa.array([value for chunk in chunks for value in chunk], pa.int64()))
