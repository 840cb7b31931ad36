"""What the kernel counts of a column's values, read as facts."""

from __future__ import annotations

import ctypes
import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from etl_batch.formats.facts import SHOWN_BYTES, ColumnFacts
from etl_batch.formats.value_facts import Value, ValueFacts
from etl_batch.kernels import value_fields as fields
from etl_batch.kernels.columns import PADDED_TEXTS, Array, Column, Kind, describe
from etl_batch.kernels.value_counts import count_values

_CODES = {
    Kind.I8: "i1", Kind.I16: "i2", Kind.I32: "i4", Kind.I64: "i8", Kind.U8: "u1", Kind.U16: "u2", Kind.U32: "u4",
    Kind.U64: "u8", Kind.F32: "f4", Kind.F64: "f8", Kind.BOOL: "u1", Kind.DATE: "i4", Kind.TIMESTAMP: "i8",
    Kind.LOCAL_TIMESTAMP: "i8", Kind.TIME: "i8", Kind.DECIMAL_64: "i8", Kind.DECIMAL_128: "u8",
}  # fmt: skip
_DAY_SECONDS = 86_400
_SIGN = 1 << 63
_TOGETHER = 16  #: columns whose values are counted at once: what that takes lies in the cache, or in memory
_SLACK_BINS = 2  #: a decimal of 128 bits may come as the float next to it


def counted(columns: Sequence[Column], rows: int, facts: Sequence[ColumnFacts]) -> list[ValueFacts]:
    """What the values of columns are like.

    Args:
        columns: of kinds that a CSV is written of.
        rows: how many.
        facts: of each column, of the same rows.
    """
    found: list[ValueFacts] = []
    for first in range(0, len(columns), _TOGETHER):
        some = columns[first : first + _TOGETHER]
        rooms = [_Room(column, its) for column, its in zip(some, facts[first:], strict=False)]
        states = np.array([room.state() for room in rooms], np.uint64)
        count_values(describe(some), rows, states, np.empty(fields.COUNT_SCRATCH, np.uint64))
        found += [room.found(int(state[fields.USED])) for room, state in zip(rooms, states, strict=True)]
    return found


class _Room:
    """What the kernel counts of a column, and in what."""

    def __init__(self, column: Column, facts: ColumnFacts) -> None:
        self._column = column
        self._registers = np.zeros(2**fields.REGISTER_BITS, np.uint8)
        self._table = np.zeros((fields.SLOTS, fields.VALUE_FIELDS), np.uint64)
        self._kept = np.full((fields.KEPT, 2), 2**64 - 1, np.uint64)
        self._how, self._ticks, self._first, bins = _bins(column, facts)
        self._bins = np.zeros(bins, np.uint64)

    def state(self) -> list[int]:
        """As `value_fields` has it."""
        rooms = (self._registers, self._table, self._kept, self._bins)
        addresses = [int(room.ctypes.data) for room in rooms]
        return [0, self._how, self._first % 2**64, self._ticks, len(self._bins), *addresses]

    def found(self, used: int) -> ValueFacts:
        """What there is, of so many different values."""
        column, kept = self._column, self._kept
        some = kept[kept[:, 0] != np.uint64(2**64 - 1)]
        table = self._table[self._table[:, fields.COUNT] > 0] if used <= fields.MOST_EXACT else None
        filled = np.flatnonzero(self._bins)
        return ValueFacts(
            registers=self._registers.tobytes(),
            counts=None if table is None else _counts(column, table),
            kept=dict(zip(some[:, 0].tolist(), _values(column, some[:, 1]), strict=True)),
            bins=dict(zip((filled + self._first).tolist(), self._bins[filled].tolist(), strict=True)),
        )


def _counts(column: Column, used: Array) -> dict[int, tuple[int, Value]]:
    values = _values(column, used[:, fields.ROW])
    pairs = zip(used[:, fields.COUNT].tolist(), values, strict=True)
    return dict(zip(used[:, fields.HASH].tolist(), pairs, strict=True))


def _bins(column: Column, facts: ColumnFacts) -> tuple[int, int, int, int]:
    """How bins are told, how many ticks a day has, the first bin, and how many there are from the least to the most."""
    if facts.least is None or facts.most is None or column.kind is Kind.BOOL:
        return fields.NO_BINS, 0, 0, 0
    if column.kind in {Kind.DATE, Kind.TIMESTAMP, Kind.LOCAL_TIMESTAMP}:
        ticks = 1 if column.kind is Kind.DATE else _DAY_SECONDS * column.extra
        first, last = int(facts.least) // ticks, int(facts.most) // ticks
        return fields.BY_DAYS, ticks, first, last - first + 1
    first, last = size_bin(facts.least) - _SLACK_BINS, size_bin(facts.most) + _SLACK_BINS
    return fields.BY_SIZE, 0, first, last - first + 1


def size_bin(value: float) -> int:
    """The bin of a number: its first bits, in the order of the numbers."""
    (bits,) = struct.unpack("<Q", struct.pack("<d", float(value) + 0.0))
    ordered = bits ^ (2 * _SIGN - 1 if bits & _SIGN else _SIGN)
    return int(ordered >> 64 - fields.BIN_BITS)


def _values(column: Column, rows: Array) -> list[Value]:
    """The values of some rows."""
    places = rows.astype(np.int64)
    code = _CODES.get(column.kind)
    if code is None:
        return [_text(column, row) for row in places.tolist()]
    if not len(places):
        return []
    count, words = int(places.max()) + 1, 2 if column.kind is Kind.DECIMAL_128 else 1
    size = max((count - 1) * column.stride, 0) + words * int(code[1])
    memory = memoryview((ctypes.c_uint8 * size).from_address(column.address))
    low = np.ndarray((count,), f"<{code}", memory, 0, (column.stride,))[places].tolist()
    if words == 1:
        return [_number(value) for value in low]
    high = np.ndarray((count,), "<i8", memory, 8, (column.stride,))[places].tolist()
    return [(above << 64) + below for below, above in zip(low, high, strict=True)]


def _number(value: Any) -> Value:  # noqa: ANN401 - as it was stored
    if isinstance(value, float):
        return value + 0.0 if not math.isnan(value) else math.nan
    return int(value)


def _text(column: Column, row: int) -> bytes:
    """The beginning of a text."""
    at = column.address + row * column.stride
    if column.kind in {Kind.TEXT, Kind.BINARY}:
        start, stop = np.frombuffer(ctypes.string_at(at, 8), np.int32).tolist()
        return ctypes.string_at(column.extra + start, min(stop - start, SHOWN_BYTES))
    whole = ctypes.string_at(at, column.width)
    if column.kind in PADDED_TEXTS:
        whole = whole.rstrip(b"\0") if whole.endswith(b"\0") else whole.rstrip(b" ")
    return whole[:SHOWN_BYTES]
