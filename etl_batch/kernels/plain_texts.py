"""Texts as Parquet keeps them plainly, each behind its length, and the least and the greatest of them."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_text import copy_bytes
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import load, store, swap_bytes
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.read_digits import load_up_to_eight
from etl_batch.kernels.stratum_codes import same_bytes

#: fields of what a page holds: rows that have a text, bytes of the texts, where the page ends; where the least text
#: begins and how long it is, and the same of the greatest, once one was met
CODED, BYTES, END, LEAST, LEAST_BYTES, GREATEST, GREATEST_BYTES = range(7)
PAGE_FIELDS = 7
PLAIN_SLACK = 32  #: bytes that are written behind a text, to be overwritten

_CODED, _BYTES, _END = U(CODED), U(BYTES), U(END)
_LEAST, _LEAST_BYTES, _GREATEST, _GREATEST_BYTES = U(LEAST), U(LEAST_BYTES), U(GREATEST), U(GREATEST_BYTES)
_FOUR, _WORD = U(4), U(8)
_SHORT = U(PLAIN_SLACK)
_WORDS_OF_SHORT = 4


@inlined
def _is_below(start: np.uint64, length: np.uint64, other: np.uint64, other_length: np.uint64) -> bool:
    """Whether a text comes before another, byte by byte."""
    both, done = min(length, other_length), U(0)
    while done < both:
        ours = swap_bytes(load_up_to_eight(start + done, both - done))
        theirs = swap_bytes(load_up_to_eight(other + done, both - done))
        if ours != theirs:
            return ours < theirs
        done += _WORD
    return length < other_length


@kernel("uint64(uint64[::1], uint64, uint64, uint64, uint64, uint64, uint64[::1])")
def write_plain_texts(
    column: np.ndarray, row: np.uint64, rows: np.uint64, bounded: np.uint64,
    out: np.uint64, stop: np.uint64, page: np.ndarray,
) -> np.uint64:  # fmt: skip
    """Write the texts of some rows, as far as there is room.

    Args:
        column: shape (4,): see `dictionary_codes.ADDRESS` and what follows it.
        row: the first one.
        rows: the row behind the last one.
        bounded: 1: the least and the greatest text are wanted.
        out: address of the room.
        stop: address behind it; PLAIN_SLACK more bytes are written to.
        page: shape (PAGE_FIELDS,): set.

    Returns:
        The row it stopped at: `rows`, or the first whose text found no room.
    """
    offsets, texts, valid = column[U(0)], column[U(2)], column[U(3)]
    coded, size, start, length = U(0), U(0), U(0), U(0)
    readable = texts + U(load(offsets + rows * _FOUR, np.int32))
    least, least_bytes, greatest, greatest_bytes = U(0), U(0), U(0), U(0)
    while row < rows:
        if valid != U(0) and load(valid + row, np.uint8) == np.uint8(0):
            row += U(1)
            continue
        at = offsets + row * _FOUR
        begin = U(load(at, np.int32))
        before, before_length = start, length
        start, length = texts + begin, U(load(at + _FOUR, np.int32)) - begin
        if out + _FOUR + length > stop:
            break
        store(out, np.uint32(length))
        out += _FOUR
        if length <= _SHORT and start + _SHORT <= readable:
            for place in range(_WORDS_OF_SHORT):
                store(out + _WORD * U(place), load(start + _WORD * U(place), np.uint64))
            out += length
        else:
            out = copy_bytes(out, start, length)
        if bounded != U(0):
            if coded == U(0):
                least, least_bytes, greatest, greatest_bytes = start, length, start, length
            elif length != before_length or not same_bytes(start, before, length, U(0)):
                if _is_below(start, length, least, least_bytes):
                    least, least_bytes = start, length
                elif _is_below(greatest, greatest_bytes, start, length):
                    greatest, greatest_bytes = start, length
        coded += U(1)
        size += length
        row += U(1)
    page[_CODED], page[_BYTES], page[_END] = coded, size, out
    page[_LEAST], page[_LEAST_BYTES], page[_GREATEST], page[_GREATEST_BYTES] = (
        least, least_bytes, greatest, greatest_bytes,
    )  # fmt: skip
    return row
