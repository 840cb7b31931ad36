"""A column, as the kernels see it: a kind, an address, a stride. Records in place and Arrow buffers alike."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from etl_batch.light_dataclass import dataclass

Array = npt.NDArray[Any]

#: words of a line of `describe`: the width takes the place of `extra` for kinds that have one
KIND, ADDRESS, STRIDE, EXTRA, VALID = range(5)
LINE_WORDS = 5


class Kind(IntEnum):
    """How the value at the address is to be written."""

    I8 = 0
    I16 = 1
    I32 = 2
    I64 = 3
    U8 = 4
    U16 = 5
    U32 = 6
    U64 = 7
    F32 = 8
    F64 = 9
    BOOL = 10
    FIXED_TEXT = 11  #: `width` bytes of UTF-8, padded
    TEXT = 12  #: offsets at the address (int32), bytes at `extra`
    HEX = 13  #: `width` bytes
    DATE = 14  #: int32 days
    TIMESTAMP = 15  #: int64, `extra` ticks a second
    DECIMAL_64 = 16  #: int64, `extra` digits behind the point
    DECIMAL_128 = 17  #: two uint64, low word first, `extra` digits behind the point
    LOCAL_TIMESTAMP = 18  #: as TIMESTAMP, but of no time zone
    TIME = 19  #: int64 since midnight, `extra` ticks a second
    BINARY = 20  #: as TEXT, written as HEX
    ASCII_TEXT = 22  #: as FIXED_TEXT, of ASCII alone
    PLACED_TEXT = 21  #: its offset from `extra` and its length at the address (uint32 each); for strata, never written


_LONGEST_NUMBER = {
    Kind.I8: 4, Kind.I16: 6, Kind.I32: 11, Kind.I64: 20, Kind.U8: 3, Kind.U16: 5, Kind.U32: 10, Kind.U64: 20,
    Kind.F32: 24, Kind.F64: 25, Kind.BOOL: 5, Kind.DATE: 10, Kind.TIMESTAMP: 30, Kind.DECIMAL_64: 22,
    Kind.DECIMAL_128: 42, Kind.LOCAL_TIMESTAMP: 30, Kind.TIME: 18,
}  # fmt: skip
PADDED_TEXTS = {Kind.FIXED_TEXT, Kind.ASCII_TEXT}
_OF_A_WIDTH = PADDED_TEXTS | {Kind.HEX}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a span. It keeps alive what its addresses point to."""

    kind: Kind
    address: int
    stride: int  #: bytes from one value to the next
    width: int = 0  #: bytes of a fixed text or of raw bytes
    extra: int = 0  #: see Kind
    valid: npt.NDArray[np.uint8] | None = None  #: shape (rows,): 0 where the value is null; None: never
    owners: tuple[Any, ...] = ()

    def longest_cells(self, rows: int) -> int:
        """The most bytes that the cells of this column can take, without separators."""
        if self.kind in PADDED_TEXTS:
            return rows * (2 * self.width + 12)  # the text doubled, its quotes, and what a copy may overrun
        if self.kind in {Kind.TEXT, Kind.BINARY}:
            offsets: Array = self.owners[0]
            return 2 * (int(offsets[rows]) - int(offsets[0])) + 12 * rows
        if self.kind is Kind.HEX:
            return rows * 2 * self.width
        return rows * _LONGEST_NUMBER[self.kind]


def describe(columns: Sequence[Column]) -> npt.NDArray[np.uint64]:
    """The columns as the table that kernels take, shape (columns, LINE_WORDS)."""
    return np.array(
        [
            (
                column.kind,
                column.address,
                column.stride,
                column.width if column.kind in _OF_A_WIDTH else column.extra,
                0 if column.valid is None else column.valid.ctypes.data,
            )
            for column in columns
        ],
        dtype=np.uint64,
    )
