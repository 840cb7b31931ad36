"""Cells as floats, each rounded once and exactly, for their own width.

Most cells are a few digits and a point: their digits and their power of ten are both floats already, and one division
rounds once (W. Clinger, "How to Read Floating Point Numbers Accurately", 1990). The rest is in `nearest_float`.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined
from etl_batch.kernels.machine import float32_from_bits, float_from_bits, load
from etl_batch.kernels.nearest_float import infinite_bits, nearest_bits, settled_bits
from etl_batch.kernels.numbers_text import POINT, ZERO, U
from etl_batch.kernels.read_digits import add_digits, load_up_to_eight, read_pointed, take_sign

_TENS = np.array([float(10**exponent) for exponent in range(23)])  #: those that are floats exactly
_TENS_32 = np.array([10**exponent for exponent in range(11)], dtype=np.float32)
_EXACT_32 = U(2**24)
_MOST_DIGITS = U(19)  #: that fit a word, whatever they are
_EXPONENT_CAP = 10**15  #: beyond what the length of any cell can make up for
_EXPONENT = np.uint8(ord("e"))
_CAPITAL = np.uint8(0x20)  #: the bit that makes a capital letter small
_WRONG, _FITS, _CUT_OFF = U(0), U(1), U(2)  #: what became of the digits of a cell


def _small(text: str) -> np.uint64:
    return U(int.from_bytes(text.encode(), "little"))


_NAN, _INF, _INFINITY = _small("nan"), _small("inf"), _small("infinity")
_CAPITALS_OF_THREE = U(0x202020)
_CAPITALS_OF_EIGHT = U(0x2020202020202020)


@inlined
def _read_exponent(at: np.uint64, end: np.uint64) -> tuple[bool, np.int64]:
    """What stands behind the `e`, cut off where only its size matters."""
    negative, at, length = take_sign(at, end - at)
    value = 0
    for place in range(length):
        digit = np.int64(load(at + U(place), np.uint8)) - 48
        if digit < 0 or digit > 9:
            return False, np.int64(0)
        value = min(value * 10 + digit, _EXPONENT_CAP)
    return length > U(0), np.int64(-value if negative else value)


@inlined
def _first_digits(start: np.uint64, end: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64]:
    """The first 19 digits from the first that is not zero; how many were left out; whether those are all zeros."""
    value, count, dropped, kept = U(0), U(0), U(0), U(1)
    while start < end:
        byte = load(start, np.uint8)
        start += U(1)
        if byte == POINT or (byte == ZERO and count == U(0)):
            continue
        if count < _MOST_DIGITS:
            value = value * U(10) + U(byte - ZERO)
            count += U(1)
        else:
            dropped += U(1)
            if byte != ZERO:
                kept = U(0)
    return value, dropped, kept


@inlined
def _scan(start: np.uint64, length: np.uint64) -> tuple[np.uint64, np.uint64, np.int64]:
    """A number without its sign, as significand * 10^power.

    Returns:
        _WRONG: it is none; _FITS: it is that; _CUT_OFF: it lies between that and the next significand, which
        has all 19 digits.
    """
    end = start + length
    at, significand = add_digits(start, end, U(0))
    digits = at - start
    decimals = U(0)
    if at < end and load(at, np.uint8) == POINT:
        point = at
        at, significand = add_digits(at + U(1), end, significand)
        decimals = at - point - U(1)
        digits += decimals
    if digits == U(0):
        return _WRONG, U(0), np.int64(0)
    digits_end = at
    power = np.int64(0)
    if at < end:
        if load(at, np.uint8) | _CAPITAL != _EXPONENT:
            return _WRONG, U(0), np.int64(0)
        ok, power = _read_exponent(at + U(1), end)
        if not ok:
            return _WRONG, U(0), np.int64(0)
    power -= np.int64(decimals)
    if digits <= _MOST_DIGITS:
        return _FITS, significand, power
    significand, dropped, all_zeros = _first_digits(start, digits_end)
    return _FITS if all_zeros != U(0) else _CUT_OFF, significand, power + np.int64(dropped)


@inlined
def _named_bits(start: np.uint64, length: np.uint64, single: bool) -> tuple[bool, np.uint64]:
    """`nan`, `inf` and `infinity`, in any case."""
    word = load_up_to_eight(start, length)
    if length == U(3):
        word |= _CAPITALS_OF_THREE
        if word == _NAN:
            return True, infinite_bits(single) | U(1) << (U(22) if single else U(51))
        return word == _INF, infinite_bits(single)
    return length == U(8) and word | _CAPITALS_OF_EIGHT == _INFINITY, infinite_bits(single)


@inlined
def _read_bits(start: np.uint64, length: np.uint64, single: bool) -> tuple[bool, np.uint64]:
    """The bits of a number without its sign."""
    form, significand, power = _scan(start, length)
    if form == _WRONG:
        return _named_bits(start, length, single)
    bits = nearest_bits(significand, power, single)
    if form == _CUT_OFF and nearest_bits(significand + U(1), power, single) != bits:
        bits = settled_bits(start, start + length, power + np.int64(_MOST_DIGITS) - 1, bits, single)
    return True, bits


@inlined
def read_float64(start: np.uint64, length: np.uint64) -> tuple[bool, np.float64]:
    """`[+-]digits[.digits][e[+-]digits]`, or a name of what is not finite, as the nearest 64-bit float.

    What Python's `float` takes, but for blanks and underscores. Above the largest float it is infinity.
    """
    negative, start, length = take_sign(start, length)
    if length <= U(8):
        ok, digits, decimals = read_pointed(start, length)
        if ok:
            value = np.float64(np.int64(digits)) / _TENS[decimals]
            return True, -value if negative else value
    ok, bits = _read_bits(start, length, False)
    return ok, float_from_bits(bits | U(negative) << U(63))


@inlined
def read_float32(start: np.uint64, length: np.uint64) -> tuple[bool, np.float32]:
    """As `read_float64`: the nearest 32-bit float, straight from the decimal digits."""
    negative, start, length = take_sign(start, length)
    if length <= U(8):
        ok, digits, decimals = read_pointed(start, length)
        if ok and digits <= _EXACT_32:
            value = np.float32(np.int64(digits)) / _TENS_32[decimals]
            return True, -value if negative else value
    ok, bits = _read_bits(start, length, True)
    return ok, float32_from_bits(np.uint32(bits | U(negative) << U(31)))
