"""Whole numbers that have more digits than are meant: how many of the values of a column."""

from __future__ import annotations

import ctypes

import numpy as np

from etl_batch.kernels.columns import Array, Column, Kind

#: of the kinds whose values are whole numbers as they are stored; of 128 bits the low word: what is read has no more
_CODES = {
    Kind.I8: "<i1", Kind.I16: "<i2", Kind.I32: "<i4", Kind.I64: "<i8", Kind.U8: "<u1", Kind.U16: "<u2",
    Kind.U32: "<u4", Kind.U64: "<u8", Kind.DECIMAL_64: "<i8", Kind.DECIMAL_128: "<u8",
}  # fmt: skip


def how_many_beyond(column: Column, rows: int, most: int) -> int:
    """How many values are below `-most`, or above it; nulls are none.

    Args:
        column: of whole numbers, or of decimals, which count as what is stored, without their point.
        rows: how many.
        most: the largest number of so many digits; below 2^63.
    """
    code = np.dtype(_CODES[column.kind])
    size = max((rows - 1) * column.stride, 0) + code.itemsize if rows else 0
    memory = memoryview((ctypes.c_uint8 * size).from_address(column.address))
    values: Array = np.ndarray((rows,), code, memory, 0, (column.stride,))
    beyond = (values > most) | (values < -most)
    return int(np.count_nonzero(beyond if column.valid is None else beyond & (column.valid != 0)))
