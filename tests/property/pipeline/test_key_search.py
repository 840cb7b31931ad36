"""Rows that break rules of keys are those that plain Python finds, whatever the spans, however few fit into memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.accumulators.key_entries import PLACE_BITS, key_blocks
from etl_batch.machine.handed_files import NeededFile
from etl_batch.pipeline.contract_end import broken_rows
from etl_batch.pipeline.key_file import KeyFile
from tests.helpers.chance import examples
from tests.helpers.twins_keys import repeats, strangers

pytestmark = pytest.mark.io

_SECRET = bytes(range(16))
_TYPES: dict[str, tuple[pa.DataType, Any]] = {
    "i8": (pa.int8(), st.integers(-2, 2)),
    "u64": (pa.uint64(), st.sampled_from([0, 1, 2**63, 2**64 - 1])),
    "f64": (pa.float64(), st.sampled_from([0.0, -0.0, 1.5, float("nan"), float("inf")])),
    "f32": (pa.float32(), st.sampled_from([0.0, -0.0, 0.5])),
    "text": (pa.string(), st.sampled_from(["", "a", "ab", "abc", "b", "bc", "c", "ä", "a" * 17])),
    "coded": (pa.dictionary(pa.int32(), pa.string()), st.sampled_from(["a", "ab", ""])),
    "bytes": (pa.binary(), st.sampled_from([b"", b"a", b"\0"])),
    "bool": (pa.bool_(), st.booleans()),
    "day": (pa.date32(), st.sampled_from([date(1969, 12, 31), date(2024, 2, 1)])),
    "moment": (pa.timestamp("us"), st.sampled_from([datetime(1969, 1, 1), datetime(2024, 2, 1)])),  # noqa: DTZ001
    "decimal": (pa.decimal128(9, 2), st.sampled_from([Decimal("1.00"), Decimal("-1.00"), Decimal("0.01")])),
    "wide": (pa.decimal256(40, 0), st.sampled_from([Decimal(10) ** 39, Decimal(0)])),
}


@st.composite
def _tables(draw: st.DrawFn) -> tuple[pa.Table, list[tuple[Any, ...]]]:
    names = draw(st.lists(st.sampled_from(sorted(_TYPES)), min_size=1, max_size=2, unique=True))
    rows = draw(st.lists(st.tuples(*(st.none() | _TYPES[name][1] for name in names)), max_size=14))
    columns = [pa.array([row[at] for row in rows], _TYPES[name][0]) for at, name in enumerate(names)]
    return pa.table([*columns, pa.array(range(1, len(rows) + 1), pa.int64())], [*names, ""]), rows


def _written(table: pa.Table, keys: Sequence[Sequence[str]], cuts: Sequence[int], source: int = 0) -> bytes:
    stops = sorted({min(cut, table.num_rows) for cut in cuts} | {0, table.num_rows})
    return b"".join(key_blocks(table.slice(start, stop - start), keys, source, _SECRET)
                    for start, stop in zip(stops, [*stops[1:], stops[-1]], strict=True))  # fmt: skip


def _file(content: bytes) -> KeyFile:
    with tempfile.TemporaryFile() as file:
        file.write(b"head" + content)
        file.flush()
        descriptor = os.dup(file.fileno())
    return KeyFile(NeededFile(("keys", descriptor), partial(os.dup, descriptor)), "", 4)


def _here(function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
    return map(function, items)


def _broken(own: bytes, among: bytes | None, most: int) -> tuple[int, list[tuple[int, int]]]:
    files = [_file(content) for content in (own, among) if content is not None]
    try:
        first, *others = [(file, 0) for file in files]
        return broken_rows(first, others[0] if others else None, _here, most)
    finally:
        for file in files:
            os.close(file.file.key[1])  # type: ignore[index]


_CUTS = st.lists(st.integers(0, 14), max_size=4)


@settings(max_examples=examples(150))
@given(_tables(), _CUTS, st.integers(1, 20))
def test_a_key_that_comes_twice_breaks_the_rule_in_each_row_but_the_first(
    made: tuple[pa.Table, list[tuple[Any, ...]]], cuts: list[int], most: int
) -> None:
    table, rows = made
    expected = repeats(rows)
    count, first = _broken(_written(table, [table.column_names[:-1]], cuts), None, most)
    assert count == len(expected)
    assert first == [(place + 1, earlier + 1) for place, earlier in expected[:3]]


@settings(max_examples=examples(150))
@given(_tables(), _CUTS, st.lists(st.integers(0, 13)), st.integers(1, 20))
def test_a_foreign_key_is_broken_by_rows_whose_key_is_not_there(
    made: tuple[pa.Table, list[tuple[Any, ...]]], cuts: list[int], there: list[int], most: int
) -> None:
    table, rows = made
    places = [place for place in there if place < len(rows)]
    names = table.column_names[:-1]
    among = _written(table.take(pa.array(places, pa.int64())), [names], cuts)
    expected = strangers(rows, [rows[place] for place in places])
    count, first = _broken(_written(table, [names], cuts), among, most)
    assert count == len(expected)
    assert first == [(place + 1, -1) for place in expected[:3]]


def test_columns_of_a_key_do_not_run_into_each_other() -> None:
    table = pa.table({"x": ["a", "ab", "ab"], "y": ["bc", "c", "c"], "": [1, 2, 3]})
    assert _broken(_written(table, [("x", "y")], []), None, 9) == (1, [(3, 2)])


def test_the_inputs_come_in_their_order() -> None:
    one, other = (pa.table({"x": values, "": [1, 2]}) for values in ([5, 6], [6, 5]))
    content = _written(one, [("x",)], []) + _written(other, [("x",)], [], source=1)
    later = 1 << PLACE_BITS
    assert _broken(content, None, 9) == (2, [(later + 1, 2), (later + 2, 1)])


@pytest.mark.parametrize("kinds", [(pa.int8(), pa.uint64()), (pa.int64(), pa.decimal128(20, 0)),
                                   (pa.float32(), pa.float64()), (pa.string(), pa.large_string())])  # fmt: skip
def test_the_same_value_is_the_same_in_any_width(kinds: tuple[pa.DataType, pa.DataType]) -> None:
    values: list[Any] = ["0", "7"] if pa.types.is_string(kinds[0]) else [0, 7]
    one, other = (pa.table([pa.array(values).cast(kind), pa.array([1, 2])], ["x", ""]) for kind in kinds)
    own, among = _written(one, [("x",)], []), _written(other, [("x",)], [])
    assert _broken(own, among, 9)[0] == 0


def test_a_number_below_zero_is_the_same_as_a_decimal_and_no_large_one() -> None:
    whole, others = pa.array([-1, -5], pa.int8()), pa.array([-5, -1]).cast(pa.decimal128(20, 0))
    own, among, large = (
        _written(pa.table([values, pa.array([1, 2])], ["x", ""]), [("x",)], [])
        for values in (whole, others, pa.array([2**64 - 1, 2**64 - 5], pa.uint64()))
    )
    assert _broken(own, among, 9)[0] == 0
    assert _broken(own, large, 9)[0] == 2


def test_more_keys_of_one_bucket_than_are_looked_at_together_are_halved_and_none_is_lost() -> None:
    numbers = list(range(1200))
    table = pa.table({"x": numbers + numbers, "": list(range(1, 2401))})
    own, among = _written(table, [("x",)], [700]), _written(table.slice(0, 1199), [("x",)], [])
    assert _broken(own, None, 2) == (1200, [(1201, 1), (1202, 2), (1203, 3)])
    assert _broken(own, among, 2) == (2, [(1200, -1), (2400, -1)])
