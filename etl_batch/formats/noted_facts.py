"""What the kernels note of columns, read as facts."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Sequence
from dataclasses import field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from etl_batch.formats.column_sums import FLOATS
from etl_batch.formats.facts import SHOWN_BYTES, Bound, ColumnFacts
from etl_batch.kernels import fact_fields as noted
from etl_batch.kernels.cell_readings import Class
from etl_batch.kernels.column_facts import note_facts
from etl_batch.kernels.columns import LINE_WORDS, Column, Kind, describe
from etl_batch.kernels.fact_fields import FACT_FIELDS, SCRATCH
from etl_batch.kernels.sample_rows import FLOAT_LIMBS
from etl_batch.light_dataclass import dataclass
from etl_batch.values import TICKS_PER_SECOND

_ALL, _SIGN = 2**64 - 1, 2**63
_NUMBERS = {
    Kind.I8: "i8", Kind.I16: "i16", Kind.I32: "i32", Kind.I64: "i64", Kind.U8: "u8", Kind.U16: "u16", Kind.U32: "u32",
    Kind.U64: "u64", Kind.F32: "f32", Kind.F64: "f64", Kind.BOOL: "bool", Kind.DATE: "date",
}  # fmt: skip
_UNITS = {ticks: unit for unit, ticks in TICKS_PER_SECOND.items()}
_TIMES = {Kind.TIMESTAMP: "timestamp", Kind.LOCAL_TIMESTAMP: "local_timestamp", Kind.TIME: "time"}
_DECIMALS = {Kind.DECIMAL_64: 18, Kind.DECIMAL_128: 38}  #: the most digits
_BYTES = {Kind.HEX, Kind.BINARY}
_TEXTS = {Kind.FIXED_TEXT, Kind.ASCII_TEXT, Kind.TEXT}


@dataclass(slots=True)
class Noted:
    """The facts of some columns while a kernel notes them."""

    columns: int
    lines: npt.NDArray[np.uint64] = field(init=False)  #: shape (columns, FACT_FIELDS): see `fact_fields`
    scratch: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(SCRATCH, np.int64))
    _sums: npt.NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self._sums = np.zeros((self.columns, FLOAT_LIMBS), np.int64)
        self.lines = lines = np.zeros((self.columns, FACT_FIELDS), np.uint64)
        lines[:, noted.LIMBS_AT] = self._sums.ctypes.data + np.arange(self.columns) * 8 * FLOAT_LIMBS
        lines[:, noted.LEAST], lines[:, noted.MOST] = _SIGN - 1, _SIGN
        for of_none in (noted.LEAST_HIGH, noted.SHORTEST, noted.FIRST_KEY, noted.FIRST_BYTES, noted.LAST_BYTES):
            lines[:, of_none] = _ALL

    def total(self, column: int) -> int:
        """The sum of a column, in units of its first limb."""
        return sum(limb << 32 * place for place, limb in enumerate(self._sums[column].tolist()))

    def texts(self, column: int) -> dict[str, Any]:
        """What is known of a column's texts."""
        line = self.lines[column].tolist()
        if not line[noted.FIRST_AT]:
            return {}
        ends = ((noted.FIRST_AT, noted.FIRST_BYTES), (noted.LAST_AT, noted.LAST_BYTES))
        first, last = (_text(line[at], line[length]) for at, length in ends)
        return {"shortest": line[noted.SHORTEST], "longest": line[noted.LONGEST], "first": first, "last": last}


def _text(address: int, length: int) -> bytes:
    if not length & noted.DOUBLED:
        return ctypes.string_at(address, min(length, SHOWN_BYTES))
    doubled = ctypes.string_at(address, min(length - noted.DOUBLED, 2 * SHOWN_BYTES))
    return doubled.replace(b'""', b'"')[:SHOWN_BYTES]


class ColumnNotes:
    """Notes the facts of columns that have kinds: block by block beside something else, or all at once."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._noted = found = Noted(len(columns))
        for line, column in zip(found.lines, columns, strict=True):
            if column.kind is Kind.U64:
                line[noted.LEAST], line[noted.MOST] = _ALL, 0
            elif column.kind is Kind.DECIMAL_128:
                line[noted.LEAST], line[noted.LEAST_HIGH] = _ALL, _SIGN - 1
                line[noted.MOST], line[noted.MOST_HIGH] = 0, _SIGN
        self._done = np.zeros(1, np.uint64)
        self._answer = np.zeros(2, np.uint64)
        self._table = describe(columns).reshape(-1, LINE_WORDS)
        self._words = note_facts.words(self._answer.ctypes.data, *self._arguments(0))

    def beside(self) -> tuple[int, int]:
        """For a kernel that calls the one that notes: the addresses of its code and of what it takes."""
        return note_facts.address, int(self._words.ctypes.data)

    def facts(self, rows: int) -> list[ColumnFacts]:
        """What is known of each column, once so many rows are noted."""
        note_facts(*self._arguments(rows))
        return [self._of(place, column, rows) for place, column in enumerate(self._columns)]

    def _arguments(self, stop: int) -> tuple[Any, ...]:
        return self._table, stop, self._noted.lines, self._noted.scratch, self._done

    def _of(self, place: int, column: Column, rows: int) -> ColumnFacts:
        line = self._noted.lines[place].tolist()
        values = line[noted.VALUES]
        common: dict[str, Any] = {"word": word_of(column), "nulls": rows - values, "values": values}
        if column.kind in _BYTES or column.kind in _TEXTS:
            return ColumnFacts(**common, **self._noted.texts(place))
        odd = line[noted.ODD]
        least, most = _bounds(column.kind, line) if values > odd else (None, None)
        return ColumnFacts(**common, least=least, most=most, total=self._noted.total(place), odd=odd)


def word_of(column: Column) -> str:
    """The type of a column, as `--types` has it; of decimals with the most digits that there may be."""
    if column.kind in _DECIMALS:
        return f"decimal({_DECIMALS[column.kind]},{column.extra})"
    if column.kind in _TIMES:
        return f"{_TIMES[column.kind]}[{_UNITS[column.extra]}]"
    return _NUMBERS.get(column.kind) or ("bytes" if column.kind in _BYTES else "str")


def _bounds(kind: Kind, line: Sequence[int]) -> tuple[Bound, Bound]:
    least, most = line[noted.LEAST], line[noted.MOST]
    if kind in FLOATS:
        return _float(least), _float(most)
    if kind is Kind.U64:
        return least, most
    if kind is Kind.DECIMAL_128:
        return (_signed(line[noted.LEAST_HIGH]) << 64) + least, (_signed(line[noted.MOST_HIGH]) << 64) + most
    return _signed(least), _signed(most)


def _signed(word: int) -> int:
    return word - 2**64 if word >= _SIGN else word


def _float(word: int) -> float:
    """A float from its bits in the order of whole numbers; negative zero is zero."""
    bits = word ^ (_SIGN - 1) if word >= _SIGN else word
    (value,) = struct.unpack("<d", bits.to_bytes(8, "little"))
    return float(value) + 0.0


class CellNotes:
    """Notes the facts of the cells of a CSV whose columns have no types, as its rows are taken."""

    def __init__(self, columns: int) -> None:
        self.noted = Noted(columns)

    def facts(self, rows: int) -> list[ColumnFacts]:
        """What is known of each column, once so many rows are taken."""
        return [self._of(place, rows) for place in range(self.noted.columns)]

    def _of(self, place: int, rows: int) -> ColumnFacts:
        line = self.noted.lines[place].tolist()
        values, seen = line[noted.VALUES], line[noted.SEEN]
        known = ColumnFacts(word="", nulls=rows - values, values=values, seen=seen, **self.noted.texts(place))
        if not seen or seen & Class.TEXT:
            return known
        odd = line[noted.ODD]
        least, most = (None, None) if odd == values else _bounds_of_cells(seen, line)
        return replace(known, least=least, most=most, total=self.noted.total(place), odd=odd)


def _bounds_of_cells(seen: int, line: Sequence[int]) -> tuple[Bound, Bound]:
    """Of numbers; those beyond 63 bits stand apart."""
    if seen & Class.FLOAT:
        return _float(line[noted.LEAST]), _float(line[noted.MOST])
    least, most = _signed(line[noted.LEAST]), _signed(line[noted.MOST])
    if not seen & Class.UNSIGNED:
        return least, most
    is_only_large = least > most  # nothing else was met
    return line[noted.LEAST_HIGH] if is_only_large else least, line[noted.MOST_HIGH]
