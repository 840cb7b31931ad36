"""The hashes of a column's values, some rows at a time: 64 bits of what a value is, not of how it is written."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.block16 import SIXTEEN, is_same_sixteen
from etl_batch.kernels.columns import Kind
from etl_batch.kernels.compile import inlined, outlined
from etl_batch.kernels.machine import float_bits, high_product, load, never_inline, store
from etl_batch.kernels.measures import is_null, is_signed, whole_at
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.text_facts import first_eight, padded_text
from etl_batch.kernels.value_fields import BLOCK_ROWS, SEEN_TEXTS

_F32, _F64, _DATE = U(Kind.F32), U(Kind.F64), U(Kind.DATE)
_TIMESTAMP, _LOCAL_TIMESTAMP, _TIME = U(Kind.TIMESTAMP), U(Kind.LOCAL_TIMESTAMP), U(Kind.TIME)
_DECIMAL_128 = U(Kind.DECIMAL_128)
_FIXED_TEXT, _ASCII_TEXT, _HEX = U(Kind.FIXED_TEXT), U(Kind.ASCII_TEXT), U(Kind.HEX)
_TEXT, _BINARY = U(Kind.TEXT), U(Kind.BINARY)
_WORD = U(8)
#: of a block, bytes behind its hashes: its rows, its numbers
ROWS_BEHIND, NUMBERS_BEHIND = _WORD * U(BLOCK_ROWS), _WORD * U(2 * BLOCK_ROWS)
_SEEN_SHIFT = U(64 - (SEEN_TEXTS - 1).bit_length())
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
    while at + _EIGHT <= length:
        found = _mixed(found, load(start + at, np.uint64))
        at += _EIGHT
    if at < length:
        found = _mixed(found, first_eight(start + at, length - at))
    return _mixed(found, length)


@outlined
def _hash_of_field(start: np.uint64, width: np.uint64) -> np.uint64:
    """Of a padded text."""
    never_inline()
    begin, length, _ = padded_text(start, width)
    return _hash_of_bytes(begin, length)


@inlined
def _is_same_field(start: np.uint64, other: np.uint64, width: np.uint64) -> bool:
    """Whether two fields of 16 bytes or more have the same bytes."""
    found, place = is_same_sixteen(start, other), SIXTEEN
    while place < width:
        here = min(place, width - SIXTEEN)
        found &= is_same_sixteen(start + here, other + here)
        place += SIXTEEN
    return found


@inlined
def _hash_of_seen_field(start: np.uint64, width: np.uint64, seen: np.uint64) -> np.uint64:
    """The same of a text of 16 bytes or more, by what is known of one with the same bytes, where one was seen."""
    word, more = load(start, np.uint64), load(start + _EIGHT, np.uint64)
    place = ((word * _FIRST_FACTOR) ^ (more * _SECOND_FACTOR)) >> _SEEN_SHIFT
    entry = seen + place * SIXTEEN
    other = load(entry, np.uint64)
    if other != U(0) and _is_same_field(start, other, width):
        return load(entry + _EIGHT, np.uint64)
    found = _hash_of_field(start, width)
    store(entry, start)
    store(entry + _EIGHT, found)
    return found


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
def hash_block(
    column: tuple[np.uint64, ...], first: np.uint64, rows: np.uint64, scratch: np.uint64, seen: np.uint64
) -> np.uint64:
    """Put down the hashes of the values of some rows, the rows themselves, and numbers as floats, or times in ticks.

    Args:
        column: kind, address, stride, extra, valid; a kind that is a constant makes a loop of its own.
        first: the first row.
        rows: how many, at most BLOCKROWS_BEHIND.
        scratch: address of room for three times BLOCKROWS_BEHIND words.
        seen: address of the texts seen.

    Returns:
        How many are not null.
    """
    kind, address, stride, extra, valid = column
    at, out, is_time = address + first * stride, scratch, kind in (_DATE, _TIMESTAMP, _LOCAL_TIMESTAMP)
    for row in range(first, first + rows):
        here = at
        at += stride
        if is_null(valid, U(row)):
            continue
        if kind in (_FIXED_TEXT, _ASCII_TEXT):
            found = _hash_of_field(here, extra) if extra < SIXTEEN else _hash_of_seen_field(here, extra, seen)
        elif kind == _HEX:
            found = _hash_of_bytes(here, extra)
        elif kind in (_TEXT, _BINARY):
            begin = U(load(here, np.int32))
            found = _hash_of_bytes(extra + begin, U(load(here + U(4), np.int32)) - begin)
        else:
            low, high, number = _number_at(kind, here)
            found = _mixed(low, high)
            store(out + NUMBERS_BEHIND, low if is_time else float_bits(number + 0.0))
        store(out, found)
        store(out + ROWS_BEHIND, U(row))
        out += _WORD
    return (out - scratch) >> U(3)
