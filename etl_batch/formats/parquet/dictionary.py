"""A column as its distinct values and a number for each row that has one: found once, by our own kernels.

pyarrow's writer hashes each value, too, and needs two to four times as long (ADR 22).
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.arrow.leaves import leaf_column
from etl_batch.kernels.columns import Array, Column
from etl_batch.kernels.dictionary_codes import (
    ADDRESS,
    BYTES,
    CODED,
    DISTINCT,
    LENGTH,
    TEXT_FIELDS,
    TEXTS,
    VALID,
    WIDTH,
    code_numbers,
    code_texts,
    write_texts,
)
from etl_batch.light_dataclass import dataclass
from etl_batch.values import KIB

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST_BYTES = KIB * KIB  #: of a dictionary; with more, pyarrow's writer goes on without one
SAMPLE_ROWS = 8192
_LENGTH_BYTES = 4  #: before each text
_FIRST_ROOM, _GROWTH = 1024, 4
_EMPTY_SLOTS = 4  #: slots for each value there is room for
_MOST_TEXTS = LARGEST_BYTES // _LENGTH_BYTES

#: how the values of a type lie in Arrow's arrays, and as what Parquet keeps them
_NUMBERS = {
    "int8": ("i1", "i4"), "int16": ("i2", "i4"), "int32": ("i4", "i4"), "int64": ("i8", "i8"),
    "uint8": ("u1", "u4"), "uint16": ("u2", "u4"), "uint32": ("u4", "u4"), "uint64": ("u8", "u8"),
    "float": ("f4", "f4"), "double": ("f8", "f8"), "date32[day]": ("i4", "i4"),
}  # fmt: skip
_TIMES = frozenset({"ms", "us", "ns"})  #: seconds are kept as milliseconds


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The values of a column."""

    rows: int
    codes: npt.NDArray[np.uint32]  #: shape (rows that have a value,)
    valid: npt.NDArray[np.uint8] | None  #: shape (rows,): 0 where there is no value; None: there always is
    count: int  #: of distinct values
    plain: bytes  #: the distinct values, as Parquet keeps them
    values: Array | None  #: shape (count,): the same as numbers; None: they are texts
    text_bytes: int | None  #: of all rows; None: they are numbers

    @property
    def nulls(self) -> int:
        """How many rows have no value."""
        return self.rows - len(self.codes)


def kept_as(kind: pa.DataType) -> tuple[str, str] | None:
    """How the values of a type lie in Arrow's arrays, and as what Parquet keeps them; None: not for `Coder`."""
    import pyarrow as pa

    if pa.types.is_timestamp(kind):
        return ("i8", "i8") if kind.unit in _TIMES else None
    return ("", "") if pa.types.is_string(kind) else _NUMBERS.get(str(kind))


@dataclass(slots=True)
class Coder:
    """Numbers the values of a column, row after row, as far as it is asked to."""

    column: Column
    rows: int
    forms: tuple[str, str]  #: see `kept_as`
    _how: npt.NDArray[np.uint64]
    _known: npt.NDArray[np.uint64]  #: the distinct values so far
    _codes: npt.NDArray[np.uint32]
    _counts: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(3, dtype=np.uint64))
    _row: int = 0

    @classmethod
    def of(cls, array: pa.Array) -> Coder | None:
        """For an array; None: for values of its type there is none."""
        forms = kept_as(array.type)
        if forms is None:
            return None
        column, how = leaf_column(array), np.zeros(4, dtype=np.uint64)
        how[ADDRESS], how[WIDTH], how[TEXTS] = column.address, column.stride, 0 if forms[0] else column.extra
        how[VALID] = 0 if column.valid is None else column.valid.ctypes.data
        known = np.empty((0,) if forms[0] else (0, TEXT_FIELDS), dtype=np.uint64)
        return cls(column, len(array), forms, how, known, np.empty(len(array), dtype=np.uint32))

    @property
    def _distinct(self) -> int:
        return int(self._counts[DISTINCT])

    def repeats(self, share: float) -> bool:
        """Whether the distinct values of the first rows are no more than a share of these."""
        rows = min(self.rows, SAMPLE_ROWS)
        return self._go_on(rows, int(share * rows))

    def dictionary(self) -> Dictionary | None:
        """All rows; None: there is no value, or a dictionary of them would be too large."""
        room = max(_FIRST_ROOM, 2 * self._distinct)
        most = LARGEST_BYTES // int(self.forms[1][1:]) if self.forms[1] else _MOST_TEXTS
        while not self._go_on(self.rows, min(room, most)):
            if room >= most or self._plain_bytes() > LARGEST_BYTES:
                return None
            room *= _GROWTH
        if not self._distinct or self._plain_bytes() > LARGEST_BYTES:
            return None
        codes = self._codes[: int(self._counts[CODED])]
        return self._numbers(codes) if self.forms[0] else self._texts(codes)

    def _go_on(self, stop: int, room: int) -> bool:
        """Number the values of the rows before `stop`; False: there are more distinct ones than room."""
        known = np.empty((room, *self._known.shape[1:]), dtype=np.uint64)
        known[: self._distinct] = self._known[: self._distinct]
        self._known = known
        slots = 1 << (_EMPTY_SLOTS * room).bit_length()
        if self.forms[0]:
            table = np.zeros((slots, 2), dtype=np.uint64)
            self._row = code_numbers(self._how, self._row, stop, table, known, self._codes, self._counts)
        else:
            places = np.zeros(slots, dtype=np.uint32)
            self._row = code_texts(self._how, self._row, stop, places, known, self._codes, self._counts)
        return self._row == stop

    def _plain_bytes(self) -> int:
        """What the distinct values take, as Parquet keeps them."""
        if self.forms[0]:
            return self._distinct * int(self.forms[1][1:])
        return int(self._known[: self._distinct, LENGTH].sum()) + _LENGTH_BYTES * self._distinct

    def _numbers(self, codes: npt.NDArray[np.uint32]) -> Dictionary:
        stored, kept = self.forms
        words = self._known[: self._distinct].astype(f"u{stored[1:]}").view(stored)
        values = words.astype(kept)
        return Dictionary(self.rows, codes, self.column.valid, len(values), values.tobytes(), values, None)

    def _texts(self, codes: npt.NDArray[np.uint32]) -> Dictionary:
        lines = np.ascontiguousarray(self._known[: self._distinct])
        plain = np.empty(self._plain_bytes() + 8, dtype=np.uint8)
        end = write_texts(lines, plain.ctypes.data) - plain.ctypes.data
        content = plain[:end].tobytes()
        return Dictionary(self.rows, codes, self.column.valid, len(lines), content, None, int(self._counts[BYTES]))
