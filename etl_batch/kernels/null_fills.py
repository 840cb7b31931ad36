"""Fields that hold no value: one byte all over, or some characters with blanks around them."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import load
from etl_batch.kernels.numbers_text import U


@inlined
def _is_all(start: np.uint64, width: np.uint64, byte: np.uint8) -> bool:
    same = True
    for offset in range(width):
        same &= load(start + U(offset), np.uint8) == byte
    return same


@kernel("void(uint64, uint64, uint64, uint64, uint8[::1], uint8[::1])")
def flag_filled(
    address: np.uint64, stride: np.uint64, width: np.uint64, rows: np.uint64, fills: np.ndarray, flags: np.ndarray
) -> None:
    """Set `flags[row]` to 0 where all bytes of the field are the same, and one that stands for no value.

    `fills` has shape (256,), 1 for each of those; `flags` has shape (rows,).
    """
    for row in range(rows):
        start = address + U(row) * stride
        byte = load(start, np.uint8)
        if fills[byte] != np.uint8(0) and _is_all(start, width, byte):
            flags[U(row)] = np.uint8(0)


@kernel("void(uint64, uint64, uint64, uint64, uint8, uint8[::1], uint8[::1])")
def flag_characters(
    address: np.uint64, stride: np.uint64, width: np.uint64, rows: np.uint64,
    blank: np.uint8, characters: np.ndarray, flags: np.ndarray,
) -> None:  # fmt: skip
    """Set `flags[row]` to 0 where the field holds these bytes, and blanks before and behind them.

    `characters` neither begins nor ends with a blank, and is not empty; `flags` has shape (rows,).
    """
    count = U(len(characters))
    for row in range(rows):
        start = address + U(row) * stride
        end = start + width
        while start < end and load(start, np.uint8) == blank:
            start += U(1)
        if end - start < count or load(start, np.uint8) != characters[U(0)]:
            continue
        same = True
        for offset in range(count):
            same &= load(start + U(offset), np.uint8) == characters[U(offset)]
        if same and _is_all(start + count, end - start - count, blank):
            flags[U(row)] = np.uint8(0)
