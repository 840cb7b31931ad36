"""Which stratum each row of a block belongs to, where keys are short: a line of the table of strata holds one whole."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import load
from etl_batch.kernels.measures import is_null
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.read_digits import load_up_to_eight
from etl_batch.kernels.stratum_codes import (
    ADDRESS,
    FORM,
    OFFSETS,
    PLACES,
    STRIDE,
    TEXTS,
    VALID,
    WIDTH,
    first_words,
    key_of,
    last_words,
    short_hash,
)

#: why coding stopped: every row is done; a stratum found no room; a key is longer than a line of the table holds
DONE, FULL, LONG = range(3)
LONGEST_KEY = 32  #: bytes
#: fields of a stratum: bytes of its key (NO_KEY: no value), rows, the first 16 bytes, and the last 16 where it has more
KEY_BYTES, ROWS, WORD, NEXT_WORD, WORD_BEFORE_LAST, LAST_WORD = range(6)
KEY_FIELDS = 8  #: a line of the cache
NO_KEY = 2**64 - 1

_DONE, _FULL, _LONG, _LONGEST_KEY, _NO_KEY = U(DONE), U(FULL), U(LONG), U(LONGEST_KEY), U(NO_KEY)
_FORM, _ADDRESS, _STRIDE, _WIDTH = U(FORM), U(ADDRESS), U(STRIDE), U(WIDTH)
_TEXTS, _VALID = U(TEXTS), U(VALID)
_KEY_BYTES, _ROWS, _WORD, _NEXT_WORD = U(KEY_BYTES), U(ROWS), U(WORD), U(NEXT_WORD)
_WORD_BEFORE_LAST, _LAST_WORD = U(WORD_BEFORE_LAST), U(LAST_WORD)
#: how keys are read: at most 8 bytes, at most 16, at most 32 of fixed width; by their places; any others
_EIGHT, _SIXTEEN, _THIRTY_TWO, _PLACED, _ANY = U(0), U(1), U(2), U(3), U(4)
_LOW_HALF, _HALF_BITS = U(0xFFFFFFFF), U(32)


@inlined
def _key_words(
    how: np.uint64, column: np.ndarray, shape: tuple[np.uint64, ...], row: np.uint64, at: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64, np.uint64]:
    """The bytes of a row's key, and its words; `shape` is width, valid and texts of the column.

    Nothing is read that is not the row's own, or in a page with it.
    """
    width, valid, texts = shape
    nothing = U(0)
    if is_null(valid, row):
        return _NO_KEY, nothing, nothing, nothing, nothing
    if how >= _PLACED:
        if how == _PLACED:
            place = load(at, np.uint64)
            start, length = texts + (place & _LOW_HALF), place >> _HALF_BITS
        else:
            start, length = key_of(column, row)
        if length > _LONGEST_KEY:
            return length, nothing, nothing, nothing, nothing
        first, last = first_words(start, length), last_words(start, length)
        return length, first[0], first[1], last[0], last[1]
    if how == _EIGHT:
        return width, load_up_to_eight(at, width), nothing, nothing, nothing
    if how == _SIXTEEN:  # the second load begins within the first eight bytes, whose share of it is shifted out
        behind = load(at + width - U(8), np.uint64) >> (U(8) * (U(16) - width))
        return width, load(at, np.uint64), behind, nothing, nothing
    tail = at + width - U(16)
    return (
        width, load(at, np.uint64), load(at + U(8), np.uint64), load(tail, np.uint64), load(tail + U(8), np.uint64),
    )  # fmt: skip


@inlined
def _code_block(
    how: np.uint64, column: np.ndarray, bounds: tuple[np.uint64, np.uint64], strata: np.ndarray,
    slots: np.ndarray, found: np.ndarray, codes: np.ndarray,
) -> tuple[np.uint64, np.uint64]:  # fmt: skip
    """Give rows the numbers of their strata, and count them; returns the row it stopped at, and why."""
    row, stop = bounds
    mask, room = U(len(slots) - 1), U(len(strata))
    shape, stride = (column[_WIDTH], column[_VALID], column[_TEXTS]), column[_STRIDE]
    at = column[_ADDRESS] + row * stride
    while row < stop:
        length, word, next_word, before_last, last = _key_words(how, column, shape, row, at)
        if how >= _PLACED and length > _LONGEST_KEY and length != _NO_KEY:
            return row, _LONG
        slot = short_hash(length, (word, next_word), (before_last, last)) & mask
        while True:
            taken = U(slots[slot])
            if taken == U(0):
                code = found[U(0)]
                if code == room:
                    return row, _FULL
                found[U(0)] = code + U(1)
                slots[slot] = np.uint32(code + U(1))
                strata[code, _KEY_BYTES], strata[code, _ROWS] = length, U(0)
                strata[code, _WORD], strata[code, _NEXT_WORD] = word, next_word
                strata[code, _WORD_BEFORE_LAST], strata[code, _LAST_WORD] = before_last, last
                break
            code = taken - U(1)
            differing = (strata[code, _WORD] ^ word) | (strata[code, _KEY_BYTES] ^ length)
            if how >= _SIXTEEN:
                differing |= strata[code, _NEXT_WORD] ^ next_word
            if how >= _THIRTY_TWO:
                differing |= (strata[code, _WORD_BEFORE_LAST] ^ before_last) | (strata[code, _LAST_WORD] ^ last)
            if differing == U(0):
                break
            slot = (slot + U(1)) & mask
        strata[code, _ROWS] += U(1)
        codes[row] = np.uint32(code)
        row += U(1)
        at += stride
    return row, _DONE


@inlined
def code_rows(
    column: np.ndarray, bounds: tuple[np.uint64, np.uint64], strata: np.ndarray,
    slots: np.ndarray, found: np.ndarray, codes: np.ndarray,
) -> tuple[np.uint64, np.uint64]:  # fmt: skip
    """See `_code_block`, with a loop of its own for each way of reading keys."""
    form, width = column[_FORM], column[_WIDTH]
    if form == PLACES:
        return _code_block(_PLACED, column, bounds, strata, slots, found, codes)
    if form == OFFSETS:
        return _code_block(_ANY, column, bounds, strata, slots, found, codes)
    if width <= U(8):
        return _code_block(_EIGHT, column, bounds, strata, slots, found, codes)
    if width <= U(16):
        return _code_block(_SIXTEEN, column, bounds, strata, slots, found, codes)
    return _code_block(_THIRTY_TWO, column, bounds, strata, slots, found, codes)


@kernel("void(uint64[:, ::1], uint64, uint32[::1])")
def fill_slots(strata: np.ndarray, found: np.uint64, slots: np.ndarray) -> None:
    """Make the hash table of strata.

    Args:
        strata: shape (room, KEY_FIELDS).
        found: how many there are.
        slots: shape (a power of two, larger than room,): zeros; set to the numbers of strata, plus one.
    """
    mask = U(len(slots) - 1)
    for known in range(found):
        line = strata[U(known)]
        first, last = (line[_WORD], line[_NEXT_WORD]), (line[_WORD_BEFORE_LAST], line[_LAST_WORD])
        slot = short_hash(line[_KEY_BYTES], first, last) & mask
        while slots[slot] != np.uint32(0):
            slot = (slot + U(1)) & mask
        slots[slot] = np.uint32(known + 1)
