"""What the values of a column are like: how many different ones there are, how often each is, where they lie.

A value counts by a hash of 64 bits of what it is, not of how it is written. Up to MOST_EXACT different ones are counted
each by itself; a register of each hash's first bits tells how many there are beyond (P. Flajolet et al., "HyperLogLog",
2007). Numbers fall into bins by their first bits, times by their days.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels import columns as words
from etl_batch.kernels.columns import Kind
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import float_bits, high_product, leading_zeros, load
from etl_batch.kernels.measures import is_null, is_signed, whole_at
from etl_batch.kernels.number_facts import ordered
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.read_digits import load_up_to_eight
from etl_batch.kernels.text_facts import padded_text
from etl_batch.kernels.value_fields import (
    BIN_BITS,
    BY_DAYS,
    BY_SIZE,
    COUNT,
    FIRST_BIN,
    HASH,
    HOW,
    KEPT,
    MOST_EXACT,
    REGISTER_BITS,
    ROW,
    SLOTS,
    TICKS,
    USED,
)

_F32, _F64, _DATE = U(Kind.F32), U(Kind.F64), U(Kind.DATE)
_TIMESTAMP, _LOCAL_TIMESTAMP, _TIME = U(Kind.TIMESTAMP), U(Kind.LOCAL_TIMESTAMP), U(Kind.TIME)
_DECIMAL_64, _DECIMAL_128 = U(Kind.DECIMAL_64), U(Kind.DECIMAL_128)
_FIXED_TEXT, _ASCII_TEXT, _HEX = U(Kind.FIXED_TEXT), U(Kind.ASCII_TEXT), U(Kind.HEX)
_TEXT, _BINARY = U(Kind.TEXT), U(Kind.BINARY)
_KIND, _ADDRESS, _STRIDE = U(words.KIND), U(words.ADDRESS), U(words.STRIDE)
_EXTRA, _VALID = U(words.EXTRA), U(words.VALID)
_HASH, _COUNT, _ROW, _USED = U(HASH), U(COUNT), U(ROW), U(USED)
_HOW, _FIRST_BIN, _TICKS = U(HOW), U(FIRST_BIN), U(TICKS)
_BY_SIZE, _BY_DAYS = U(BY_SIZE), U(BY_DAYS)
_SLOT_MASK, _MOST_EXACT = U(SLOTS - 1), U(MOST_EXACT)
_REGISTER_SHIFT, _REGISTER_BITS = U(64 - REGISTER_BITS), U(REGISTER_BITS)
_BIN_SHIFT = U(64 - BIN_BITS)
_SIGN, _EIGHT = U(1 << 63), U(8)
_NOT_FINITE, _FRACTION_BITS = U(0x7FF), U(52)
_NAN = U(0x7FF8000000000000)
_FIRST_FACTOR, _SECOND_FACTOR = U(0xA0761D6478BD642F), U(0xE7037ED1A0B428DB)
_TWO_TO_64 = 2.0**64


@inlined
def _mixed(value: np.uint64, more: np.uint64) -> np.uint64:
    """Two words as one, each bit of which depends on all (Y. Wang, "wyhash", 2019)."""
    left, right = value ^ _FIRST_FACTOR, more ^ _SECOND_FACTOR
    once = (left * right) ^ high_product(left, right)
    return (once * _FIRST_FACTOR) ^ high_product(once ^ _SECOND_FACTOR, _FIRST_FACTOR)


@inlined
def _hash_of_bytes(start: np.uint64, length: np.uint64) -> np.uint64:
    found, at = length, U(0)
    while at < length:
        found = _mixed(found, load_up_to_eight(start + at, length - at))
        at += _EIGHT
    return _mixed(found, length)


@inlined
def _canonical(bits: np.uint64) -> np.uint64:
    """The bits of a float: of both zeros the same, and of all that are no number."""
    if bits == _SIGN:
        return U(0)
    if (bits >> _FRACTION_BITS) & _NOT_FINITE == _NOT_FINITE and bits << U(12) != U(0):
        return _NAN
    return bits


@inlined
def _wide_as_float(low: np.uint64, high: np.int64) -> np.float64:
    return np.float64(high) * _TWO_TO_64 + np.float64(low)


@inlined
def _number_at(kind: np.uint64, at: np.uint64) -> tuple[np.uint64, np.uint64, np.float64]:
    """A value as two words, and as a float to tell its bin by; of times and dates these are their ticks."""
    if kind in (_F64, _F32):
        value = load(at, np.float64) if kind == _F64 else np.float64(load(at, np.float32))
        return _canonical(float_bits(value)), U(0), value
    if kind == _DECIMAL_128:
        low, high = load(at, np.uint64), load(at + _EIGHT, np.int64)
        return low, U(high), _wide_as_float(low, high)
    if kind == _DATE:
        low = U(np.int64(load(at, np.int32)))
    elif kind in (_TIMESTAMP, _LOCAL_TIMESTAMP, _TIME):
        low = load(at, np.uint64)
    else:
        low = whole_at(kind, at)
    if kind in (_DATE, _TIMESTAMP, _LOCAL_TIMESTAMP, _TIME) or is_signed(kind):
        return low, U(np.int64(low) >> np.int64(63)), np.float64(np.int64(low))
    return low, U(0), np.float64(low)


@inlined
def _count(table: np.ndarray, state: np.ndarray, found: np.uint64, row: np.uint64) -> None:
    """Count a value in the table, as long as there is room."""
    slot = found & _SLOT_MASK
    while table[slot, _COUNT] != U(0):
        if table[slot, _HASH] == found:
            table[slot, _COUNT] += U(1)
            return
        slot = (slot + U(1)) & _SLOT_MASK
    state[_USED] += U(1)
    if state[_USED] <= _MOST_EXACT:
        table[slot, _HASH], table[slot, _COUNT], table[slot, _ROW] = found, U(1), row


@inlined
def _keep(kept: np.ndarray, found: np.uint64, row: np.uint64) -> None:
    """Keep the values of the smallest hashes, ascending, and where each stands."""
    place = U(KEPT - 1)
    for number in range(KEPT):
        if kept[U(number), U(0)] == found:
            return
    while place > U(0) and kept[place - U(1), U(0)] > found:
        kept[place, U(0)], kept[place, U(1)] = kept[place - U(1), U(0)], kept[place - U(1), U(1)]
        place -= U(1)
    kept[place, U(0)], kept[place, U(1)] = found, row


@inlined
def _bin(bins: np.ndarray, state: np.ndarray, number: np.float64, low: np.uint64) -> None:
    """Count a number in its bin."""
    if state[_HOW] == _BY_SIZE:
        bits = float_bits(number + 0.0)
        if (bits >> _FRACTION_BITS) & _NOT_FINITE == _NOT_FINITE:
            return
        place = (U(ordered(np.int64(bits))) ^ _SIGN) >> _BIN_SHIFT
    elif state[_HOW] == _BY_DAYS:
        place = U(np.int64(low) // np.int64(state[_TICKS]))
    else:
        return
    place -= state[_FIRST_BIN]
    if place < U(len(bins)):
        bins[place] += U(1)


@kernel("void(uint64[::1], uint64, uint8[::1], uint64[:, ::1], uint64[:, ::1], uint64[::1], uint64[::1])")
def count_values(
    column: np.ndarray, rows: np.uint64, registers: np.ndarray, table: np.ndarray, kept: np.ndarray,
    bins: np.ndarray, state: np.ndarray,
) -> None:  # fmt: skip
    """Count the values of a column.

    Args:
        column: shape (LINE_WORDS,): a line of `columns.describe`.
        rows: how many.
        registers: shape (2 ** REGISTER_BITS,): raised.
        table: shape (SLOTS, VALUE_FIELDS): see `value_fields`; added to while there are MOST_EXACT values.
        kept: shape (KEPT, 2): the smallest hashes and their rows; all ones where there is none.
        bins: shape (bins,): added to.
        state: shape (STATE_FIELDS,): see `value_fields`.
    """
    kind, stride, extra, valid = column[_KIND], column[_STRIDE], column[_EXTRA], column[_VALID]
    at = column[_ADDRESS]
    is_text = kind in (_FIXED_TEXT, _ASCII_TEXT, _HEX, _TEXT, _BINARY)
    for number in range(rows):
        row, here = U(number), at
        at += stride
        if is_null(valid, row):
            continue
        if is_text:
            if kind in (_FIXED_TEXT, _ASCII_TEXT):
                start, length, _ = padded_text(here, extra)
            elif kind == _HEX:
                start, length = here, extra
            else:
                begin = U(load(here, np.int32))
                start, length = extra + begin, U(load(here + U(4), np.int32)) - begin
            found = _hash_of_bytes(start, length)
        else:
            low, high, as_float = _number_at(kind, here)
            found = _mixed(low, high)
            _bin(bins, state, as_float, low)
        if state[_USED] <= _MOST_EXACT:
            _count(table, state, found, row)
        if found < kept[U(KEPT - 1), U(0)]:
            _keep(kept, found, row)
        rank = np.uint8(leading_zeros((found << _REGISTER_BITS) | (U(1) << (_REGISTER_BITS - U(1)))) + U(1))
        place = found >> _REGISTER_SHIFT
        registers[place] = max(registers[place], rank)
