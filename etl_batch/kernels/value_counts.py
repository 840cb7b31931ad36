"""What the values of a column are like: how many different ones there are, how often each is, where they lie.

A value counts by its hash (`value_hashes`). Up to MOST_EXACT different ones are counted each by itself; a register of
each hash's first bits tells how many there are beyond (P. Flajolet et al., "HyperLogLog", 2007). Numbers fall into bins
by their first bits, times by their days. Columns take turns, some thousand rows each, which the cache still holds then.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels import columns as words
from etl_batch.kernels.block16 import SIXTEEN
from etl_batch.kernels.columns import Kind
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import (
    address_of,
    leading_zeros,
    load,
    load_item,
    store,
)
from etl_batch.kernels.number_facts import ordered
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.value_fields import (
    BIN_BITS,
    BINS,
    BINS_AT,
    BLOCK_ROWS,
    BY_DAYS,
    BY_SIZE,
    COUNT,
    FIRST_BIN,
    HASH,
    HOW,
    KEPT,
    KEPT_AT,
    MOST_EXACT,
    NO_BINS,
    REGISTER_BITS,
    REGISTERS_AT,
    ROW,
    SEEN_TEXTS,
    SLOTS,
    STRIP_ROWS,
    TABLE_AT,
    TICKS,
    USED,
    VALUE_FIELDS,
)
from etl_batch.kernels.value_hashes import NUMBERS_BEHIND, ROWS_BEHIND, hash_block

_I32, _I64 = U(Kind.I32), U(Kind.I64)
_F64, _TIMESTAMP = U(Kind.F64), U(Kind.TIMESTAMP)
_FIXED_TEXT, _ASCII_TEXT = U(Kind.FIXED_TEXT), U(Kind.ASCII_TEXT)
_TEXT, _BINARY = U(Kind.TEXT), U(Kind.BINARY)
_KIND, _ADDRESS, _STRIDE = U(words.KIND), U(words.ADDRESS), U(words.STRIDE)
_EXTRA, _VALID = U(words.EXTRA), U(words.VALID)
_WORD = U(8)
_HASH, _COUNT, _ROW, _SLOT_BYTES = _WORD * U(HASH), _WORD * U(COUNT), _WORD * U(ROW), _WORD * U(VALUE_FIELDS)
_USED, _HOW, _FIRST_BIN, _TICKS, _BINS = U(USED), U(HOW), U(FIRST_BIN), U(TICKS), U(BINS)
_REGISTERS_AT, _TABLE_AT, _KEPT_AT, _BINS_AT = U(REGISTERS_AT), U(TABLE_AT), U(KEPT_AT), U(BINS_AT)
_NO_BINS, _BY_SIZE, _BY_DAYS = U(NO_BINS), U(BY_SIZE), U(BY_DAYS)
_BLOCK_ROWS, _STRIP_ROWS = U(BLOCK_ROWS), U(STRIP_ROWS)
_SEEN_AT = _WORD * U(3 * BLOCK_ROWS)  #: the texts seen, behind a block
_LAST_KEPT = U(16 * (KEPT - 1))
_SLOT_MASK, _MOST_EXACT = U(SLOTS - 1), U(MOST_EXACT)
_REGISTER_SHIFT, _REGISTER_BITS = U(64 - REGISTER_BITS), U(REGISTER_BITS)
_BIN_SHIFT = U(64 - BIN_BITS)
_SIGN, _EIGHT = U(1 << 63), U(8)
_NOT_FINITE, _FRACTION_BITS = U(0x7FF), U(52)


@inlined
def _count(table: np.uint64, used: np.uint64, found: np.uint64, row: np.uint64) -> np.uint64:
    """Count a value in the table, as long as there is room; returns how many different ones there are now."""
    slot = found & _SLOT_MASK
    at = table + slot * _SLOT_BYTES
    while load(at + _COUNT, np.uint64) != U(0):
        if load(at + _HASH, np.uint64) == found:
            store(at + _COUNT, load(at + _COUNT, np.uint64) + U(1))
            return used
        slot = (slot + U(1)) & _SLOT_MASK
        at = table + slot * _SLOT_BYTES
    if used < _MOST_EXACT:
        store(at + _HASH, found)
        store(at + _COUNT, U(1))
        store(at + _ROW, row)
    return used + U(1)


@inlined
def _keep(kept: np.uint64, found: np.uint64, row: np.uint64) -> None:
    """Keep the values of the smallest hashes, ascending, and where each stands."""
    for number in range(KEPT):
        if load(kept + U(number) * SIXTEEN, np.uint64) == found:
            return
    at = kept + _LAST_KEPT
    while at > kept and load(at - SIXTEEN, np.uint64) > found:
        store(at, load(at - SIXTEEN, np.uint64))
        store(at + _EIGHT, load(at - _EIGHT, np.uint64))
        at -= SIXTEEN
    store(at, found)
    store(at + _EIGHT, row)


@inlined
def _count_hashes(hashes: np.uint64, count: np.uint64, state: np.ndarray) -> None:
    """Take the hashes of a block into account."""
    registers, kept = state[_REGISTERS_AT], state[_KEPT_AT]
    for place in range(count):
        found = load_item(hashes, U(place), np.uint64)
        rank = np.uint8(leading_zeros((found << _REGISTER_BITS) | (U(1) << (_REGISTER_BITS - U(1)))) + U(1))
        register = registers + (found >> _REGISTER_SHIFT)
        store(register, max(load(register, np.uint8), rank))
        if found < load(kept + _LAST_KEPT, np.uint64):
            _keep(kept, found, load(hashes + U(place) * _WORD + ROWS_BEHIND, np.uint64))
    used, place = state[_USED], U(0)
    while place < count and used <= _MOST_EXACT:
        at = hashes + place * _WORD
        used = _count(state[_TABLE_AT], used, load(at, np.uint64), load(at + ROWS_BEHIND, np.uint64))
        place += U(1)
    state[_USED] = used


@inlined
def _day(ticks: np.int64, of_a_day: np.int64) -> np.int64:
    """The day of a time: a division of floats is much quicker than one of whole numbers, and off by one at most."""
    day = np.int64(np.float64(ticks) / np.float64(of_a_day))
    left = ticks - day * of_a_day
    return day + np.int64(left >= of_a_day) - np.int64(left < 0)


@inlined
def _count_bins(numbers: np.uint64, count: np.uint64, state: np.ndarray) -> None:
    """Count the numbers of a block in their bins."""
    first, bins, number_of_bins = state[_FIRST_BIN], state[_BINS_AT], state[_BINS]
    if state[_HOW] == _BY_SIZE:
        for place in range(count):
            bits = U(load_item(numbers, U(place), np.int64))
            at = ((U(ordered(np.int64(bits))) ^ _SIGN) >> _BIN_SHIFT) - first
            if at < number_of_bins and (bits >> _FRACTION_BITS) & _NOT_FINITE != _NOT_FINITE:
                store(bins + at * _WORD, load(bins + at * _WORD, np.uint64) + U(1))
    elif state[_HOW] == _BY_DAYS:
        ticks = np.int64(state[_TICKS])
        for place in range(count):
            at = U(_day(load_item(numbers, U(place), np.int64), ticks)) - first
            if at < number_of_bins:
                store(bins + at * _WORD, load(bins + at * _WORD, np.uint64) + U(1))


@inlined
def _count_strip(column: np.ndarray, first: np.uint64, stop: np.uint64, state: np.ndarray, scratch: np.uint64) -> None:
    """Count the values of a column in some rows."""
    kind, address, stride = column[_KIND], column[_ADDRESS], column[_STRIDE]
    extra, valid = column[_EXTRA], column[_VALID]
    seen = scratch + _SEEN_AT
    while first < stop:
        rows = min(_BLOCK_ROWS, stop - first)
        if kind == _F64:  # what most columns are has a loop of its own
            count = hash_block((_F64, address, stride, extra, valid), first, rows, scratch, seen)
        elif kind == _I32:
            count = hash_block((_I32, address, stride, extra, valid), first, rows, scratch, seen)
        elif kind in (_I64, _TIMESTAMP):
            count = hash_block((kind, address, stride, extra, valid), first, rows, scratch, seen)
        elif kind in (_FIXED_TEXT, _ASCII_TEXT):
            count = hash_block((_FIXED_TEXT, address, stride, extra, valid), first, rows, scratch, seen)
        elif kind in (_TEXT, _BINARY):
            count = hash_block((_TEXT, address, stride, extra, valid), first, rows, scratch, seen)
        else:
            count = hash_block((kind, address, stride, extra, valid), first, rows, scratch, seen)
        _count_hashes(scratch, count, state)
        if state[_HOW] != _NO_BINS:
            _count_bins(scratch + NUMBERS_BEHIND, count, state)
        first += rows


@kernel("void(uint64[:, ::1], uint64, uint64[:, ::1], uint64[::1])")
def count_values(columns: np.ndarray, rows: np.uint64, states: np.ndarray, scratch: np.ndarray) -> None:
    """Count the values of columns.

    Args:
        columns: shape (columns, LINE_WORDS): lines of `columns.describe`.
        rows: how many.
        states: shape (columns, STATE_FIELDS): see `value_fields`. Registers, 2 ** REGISTER_BITS bytes of each column,
            are raised; the table, SLOTS times VALUE_FIELDS words, is added to while there are MOST_EXACT values; kept
            are KEPT pairs of words, the smallest hashes and their rows, all ones where there is none; bins: added to.
        scratch: shape (COUNT_SCRATCH,).
    """
    room, first = address_of(scratch), U(0)
    while first < rows:
        stop = min(first + _STRIP_ROWS, rows)
        for number in range(len(columns)):
            for place in range(SEEN_TEXTS):
                store(room + _SEEN_AT + U(place) * SIXTEEN, U(0))
            _count_strip(columns[U(number)], first, stop, states[U(number)], room)
        first = stop
