"""Where the cells of sound CSV rows begin: all of them, or of a few rows at a time, which stay in the cache."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.block64 import BLOCK, block_at, count_ones, equal_mask, running_parity
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.csv_check import CR, LF, QUOTE
from etl_batch.kernels.machine import load, scratch_kilobyte, store, trailing_zeros
from etl_batch.kernels.numbers_text import U

_LAST = U(63)
_BLOCK_CELLS = U(4096)  #: their text and the list of them are some 50 KB
_FEW = 8
#: that a list must have room for beyond the cells asked for: those of the 64 bytes where the last one ends, and as many
#: again that are written only to be overwritten
LIST_SLACK = 2 * 64 + 1


@inlined
def list_some(at: np.uint64, stop: np.uint64, delimiter: np.uint8, starts: np.uint64, wanted: np.uint64) -> np.uint64:
    """List where at least so many cells begin, or all there are; from a row's start.

    Args:
        at: address of a row.
        stop: address behind the last row, which may lack its line feed.
        delimiter: between cells.
        starts: address of a list of uint32 with room for `wanted + LIST_SLACK`: offsets from `at` are written, and
            behind the last one where the next cell would begin. A cell ends one byte before the next one begins.
        wanted: cells.

    Returns:
        How many are listed.
    """
    spare = scratch_kilobyte()
    start, out = at, starts + U(4)
    enough = out + wanted * U(4)
    store(starts, np.uint32(0))
    carry = U(0)
    while at < stop and out < enough:
        block, valid = block_at(at, stop, spare)
        separators = equal_mask(block, delimiter) | equal_mask(block, LF)
        quotes = equal_mask(block, QUOTE) & valid
        if quotes | carry != U(0):
            enclosed = running_parity(quotes) ^ carry
            separators &= ~enclosed
            carry = U(0) - (enclosed >> _LAST)
        separators &= valid
        behind = at - start + U(1)
        end = out + count_ones(separators) * U(4)
        # Eight at a time, whether there are so many or not: nobody can predict how many there are.
        while True:
            for place in range(_FEW):
                store(out + U(4 * place), np.uint32(behind + trailing_zeros(separators)))
                separators &= separators - U(1)
            if separators == U(0):
                break
            out += U(4 * _FEW)
        out = end
        at += BLOCK
    if at >= stop > start and load(stop - U(1), np.uint8) != LF:
        store(out, np.uint32(stop - start + U(1)))
        out += U(4)
    return ((out - starts) >> U(2)) - U(1)


@inlined
def rows_at_once(columns: np.uint64) -> np.uint64:
    """How many rows are best worked on together."""
    return max(_BLOCK_CELLS // columns, U(1))


def listing_room(columns: int) -> int:
    """Entries that a list of the cells of so many rows needs, when they have so many columns."""
    return max(int(_BLOCK_CELLS), columns) + LIST_SLACK


@kernel("uint64(uint64, uint64, uint8, uint64)")
def list_cells(at: np.uint64, stop: np.uint64, delimiter: np.uint8, starts: np.uint64) -> np.uint64:
    """List where all cells of some rows begin: see `list_some`; returns how many there are."""
    return list_some(at, stop, delimiter, starts, stop - at + U(1))


@inlined
def listed_cell(place: np.uint64, is_last: bool) -> tuple[np.uint64, np.uint64, bool]:
    """A sound cell's text without its quotes: where it begins, where it ends, and whether it had quotes.

    Args:
        place: address of where it begins, in a list of `csv_runs`; the next one begins behind the byte that ends it.
        is_last: it is the last one of its row.
    """
    start, end = load(place, np.uint64), load(place + U(8), np.uint64) - U(1)
    if is_last and end > start and load(end - U(1), np.uint8) == CR:
        end -= U(1)
    if start < end and load(start, np.uint8) == QUOTE:
        return start + U(1), end - U(1), True
    return start, end, False
