"""Arrow arrays of every type as CSV cells and as rows set aside; each as the plain twin has it."""

from __future__ import annotations

import gc
import json
import weakref
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.formats.arrow.batch import arrow_batch
from etl_batch.formats.arrow.checks import bad_rows
from etl_batch.formats.arrow.columns import arrow_column
from etl_batch.formats.arrow.schema import normalised
from etl_batch.kernels.columns import Kind
from etl_batch.values import Span
from tests.data_makers.apostrophes import added_to
from tests.helpers import arrow_twins, kernel_calls, twins
from tests.helpers.arrow_twins import LEAVES, WRAPPED, Plain, array_of, columns_of, kinds
from tests.helpers.chance import examples

FIRST_ROW, BYTE = 1000, 77
#: for text, dates and times whatever can be stored, for some are bad
CHECKED = [
    kind
    for kind in LEAVES
    if normalised(kind) == kind and (pa.types.is_temporal(kind) or arrow_twins.is_text(kind) or kind == pa.int32())
]
IN_PLACE = [
    pa.int8(), pa.int64(), pa.uint16(), pa.float32(), pa.float64(), pa.string(), pa.binary(), pa.binary(9),
    pa.date32(), pa.timestamp("ns"), pa.timestamp("us", "UTC"), pa.time64("us"), pa.duration("s"), pa.decimal128(38, 5),
]  # fmt: skip


def check_column(kind: pa.DataType, values: list[Plain], start: int, stop: int) -> None:
    """A slice of an array of the values, as CSV."""
    array = array_of(kind, values)[start:stop]
    expected = [arrow_twins.cell(kind, value) for value in values[start:stop]]
    written, escaped = kernel_calls.csv_bytes([arrow_column(array)], len(array))
    assert written.decode() == "".join(f"{cell}\n" for cell in expected)
    texts: list[str] = []
    if pa.types.is_nested(kind):
        texts = [arrow_twins.json_text(kind, value) for value in values[start:stop] if value is not None]
    elif arrow_twins.is_text(kind.value_type if pa.types.is_dictionary(kind) else kind):
        texts = [value.decode() for value in values[start:stop] if value is not None]
    assert escaped == added_to(texts)


@st.composite
def slices(draw: st.DrawFn) -> tuple[int, int, int]:
    """A number of rows, and a part of them."""
    rows = draw(st.integers(0, 24))
    start = draw(st.integers(0, rows))
    return rows, start, draw(st.integers(start, rows))


@pytest.mark.parametrize("kind", [*LEAVES, *WRAPPED], ids=str)
@settings(max_examples=examples(20), deadline=None)
@given(data=st.data(), part=slices())
def test_every_plain_type(kind: pa.DataType, data: st.DataObject, part: tuple[int, int, int]) -> None:
    rows, start, stop = part
    check_column(kind, data.draw(columns_of(kind, rows)), start, stop)


@settings(max_examples=examples(200), deadline=None)
@given(kind=kinds(), data=st.data(), part=slices())
def test_nested_types(kind: pa.DataType, data: st.DataObject, part: tuple[int, int, int]) -> None:
    rows, start, stop = part
    values = data.draw(columns_of(kind, rows))
    check_column(kind, values, start, stop)
    if pa.types.is_nested(kind):
        for value in values:
            if value is not None:
                json.loads(arrow_twins.json_text(kind, value), parse_constant=pytest.fail)


@settings(max_examples=examples(200), deadline=None)
@given(kind=kinds(2).map(normalised), data=st.data(), part=slices())
def test_bad_values_are_found_wherever_they_are(
    kind: pa.DataType, data: st.DataObject, part: tuple[int, int, int]
) -> None:
    rows, start, stop = part
    values = data.draw(columns_of(kind, rows, wild=True))
    check_bad_rows(kind, array_of(kind, values), values, start, stop)


@pytest.mark.parametrize("kind", CHECKED, ids=str)
@settings(max_examples=examples(40), deadline=None)
@given(data=st.data(), part=slices())
def test_bad_values_of_each_type(kind: pa.DataType, data: st.DataObject, part: tuple[int, int, int]) -> None:
    rows, start, stop = part
    values = data.draw(columns_of(kind, rows, wild=True))
    check_bad_rows(kind, array_of(kind, values), values, start, stop)


def check_bad_rows(kind: pa.DataType, array: pa.Array, values: list[Plain], start: int, stop: int) -> None:
    bad, reason = bad_rows(array[start:stop])
    expected = [arrow_twins.is_bad(kind, value) for value in values[start:stop]]
    assert (bad is not None) == any(expected)
    if bad is not None:
        assert bad.astype(bool).tolist() == expected
        assert reason


@settings(max_examples=examples(150), deadline=None)
@given(data=st.data(), rows=st.integers(0, 8))
def test_a_batch_sets_bad_rows_aside(data: st.DataObject, rows: int) -> None:
    """What is left is written as if the bad rows had never been there, to CSV and to the table."""
    some = data.draw(st.lists(st.sampled_from(CHECKED) | kinds(1).map(normalised), min_size=1, max_size=4))
    columns = [data.draw(columns_of(kind, rows, wild=True)) for kind in some]
    names = [f"column {place}" for place in range(len(some))]
    table = pa.table([array_of(kind, values) for kind, values in zip(some, columns, strict=True)], names)
    batch = arrow_batch(table, Span(0, 2, 0, 10, FIRST_ROW, rows), lambda _row: BYTE, {})
    lines = list(zip(*columns, strict=True))
    blame = [next((p for p, v in enumerate(line) if arrow_twins.is_bad(some[p], v)), None) for line in lines]
    bad = [row for row in range(rows) if blame[row] is not None]
    assert [(one.source, one.row, one.byte) for one in batch.rejected] == [(2, FIRST_ROW + 1 + r, BYTE) for r in bad]
    for one, row in zip(batch.rejected, bad, strict=True):
        assert one.reason.startswith(f"column 'column {blame[row]}': ")
        assert list(json.loads(one.raw, parse_constant=pytest.fail)) == names
    good = [line for row, line in enumerate(lines) if row not in bad]
    assert batch.rows == len(good)
    kept = [[line[place] for line in good] for place in range(len(some))]
    expected = pa.table([array_of(kind, values) for kind, values in zip(some, kept, strict=True)], names)
    assert batch.table().equals(expected) or _json(batch.table()) == _json(expected)  # NaN is not equal to itself
    out = np.empty(batch.csv_room(), dtype=np.uint8)
    end = batch.write_csv(out.ctypes.data, 0)
    text = out[: end - out.ctypes.data].tobytes().decode()
    cells = [[arrow_twins.cell(kind, value) for kind, value in zip(some, line, strict=True)] for line in good]
    assert text == "".join(",".join(line) + "\n" for line in cells)


def _json(table: pa.Table) -> list[str]:
    return [repr(column.to_pylist()) for column in table.columns]


@pytest.mark.parametrize("kind", IN_PLACE, ids=str)
def test_plain_columns_are_not_copied(kind: pa.DataType) -> None:
    """The kernel reads what Arrow has decoded, from its own buffers."""
    array = array_of(kind, [None] * 3)[1:]
    column = arrow_column(array)
    buffers = [(buffer.address, buffer.address + buffer.size) for buffer in array.buffers()[1:] if buffer is not None]
    assert any(start <= column.address < end for start, end in buffers)


def test_more_digits_than_a_decimal_announces() -> None:
    """Nobody checks them on reading, and Parquet would cut them off on writing."""
    for kind in (pa.decimal128(3, 1), pa.decimal128(20, 2), pa.decimal128(38, 0), pa.decimal256(40, 3)):
        most = 10**kind.precision
        numbers = [0, most - 1, most, -most, 1 - most, -1, -(2 ** (kind.bit_width - 1)), 2 ** (kind.bit_width - 1) - 1]
        raw = b"".join(number.to_bytes(kind.byte_width, "little", signed=True) for number in numbers)
        array = pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(raw)])
        bad, reason = bad_rows(array)
        assert bad is not None
        assert bad.tolist() == [0, 0, 1, 1, 0, 0, 1, 1]
        assert reason == f"a decimal has {kind.precision} digits at most"
        assert bad_rows(array[:2])[0] is None


def test_a_wide_decimal_is_written_to_its_last_digit() -> None:
    """Past 128 bits the kernel does not go; pyarrow and Python write it."""
    most = Decimal("9" * 26 + "." + "9" * 50)
    array = pa.array([most, most.copy_negate(), None, Decimal(0)], pa.decimal256(76, 50))
    assert kernel_calls.cells(arrow_column(array), 4) == [f"{most}", f"-{most}", "", "0." + "0" * 50]
    narrow = pa.array([Decimal(10**37), None], pa.decimal256(76, 0))
    assert arrow_column(narrow).kind is Kind.DECIMAL_128


@pytest.mark.parametrize("unit", twins.TICKS_PER_SECOND)
def test_every_minute_of_a_day(unit: str) -> None:
    per_second = twins.TICKS_PER_SECOND[unit]
    ticks = np.arange(0, 86_400, 59) * per_second + per_second // 3
    array = pa.array(ticks).cast(pa.int32() if unit in {"s", "ms"} else pa.int64())
    array = array.cast(pa.time32(unit) if unit in {"s", "ms"} else pa.time64(unit))
    expected = [arrow_twins.time_text(tick, unit) for tick in ticks.tolist()]
    assert kernel_calls.cells(arrow_column(array), len(array)) == expected


@settings(max_examples=examples(300), deadline=None)
@given(
    st.lists(st.binary(max_size=12) | st.sampled_from([b"", b"\xc3", b"\xa9", "é".encode()]), max_size=12), st.data()
)
def test_utf8_of_texts_side_by_side(texts: list[bytes], data: st.DataObject) -> None:
    """A character that is split between two texts is whole in neither."""
    start = data.draw(st.integers(0, len(texts)))
    array = array_of(pa.string(), texts)[start:]
    bad, _ = bad_rows(array)
    expected = [not twins.is_utf8(text) for text in texts[start:]]
    assert (bad.astype(bool).tolist() if bad is not None else [False] * len(expected)) == expected


def test_a_batch_goes_with_its_last_user() -> None:
    """Not when the collector of cycles comes by: rows of many spans would lie in the memory meanwhile."""
    batch = arrow_batch(pa.table({"x": ["a"]}), Span(0, 0, 0, 1, 0, 1), lambda _row: 0, {})
    assert batch.csv_room()
    gone = weakref.ref(batch)
    gc.disable()
    try:
        del batch
        assert gone() is None
    finally:
        gc.enable()


def test_a_very_long_bad_row_is_kept_in_part() -> None:
    table = pa.table({"bad": array_of(pa.string(), [b"\xff"]), "long": ["é" * 200_000]})
    (rejected,) = arrow_batch(table, Span(0, 0, 0, 1, 0, 1), lambda _row: 0, {}).rejected
    assert len(rejected.raw) <= 65536
    assert rejected.raw.decode().startswith('{"bad":"\\\\xff","long":"é')
