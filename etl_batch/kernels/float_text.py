"""Floats as the shortest text that reads back exactly, for their own width.

Schubfach (R. Giulietti, "The Schubfach way to render doubles", 2020): three products with a 128-bit power
of ten find the shortest decimal within the rounding interval. Most real values have few decimals and take
a short cut before that. The layout of the digits is that of Python's `repr`.
"""

from __future__ import annotations

import math

import numpy as np

from etl_batch.kernels.compile import inlined, outlined
from etl_batch.kernels.machine import (
    float32_from_bits,
    float_bits,
    high_product,
    leading_zeros,
    load,
    never_inline,
    store,
)
from etl_batch.kernels.numbers_text import (
    DIGIT_PAIRS,
    DIGITS_OF_EIGHT,
    MINUS,
    POINT,
    ZERO,
    U,
    count_digits,
    eight_digits,
    write_padded,
    write_unsigned,
)

_SMALLEST_POWER = -292
_LARGEST_POWER = 324


def _normalised_power(exponent: int) -> int:
    """10^exponent times the power of two that brings it to 128 bits, rounded up."""
    shift = ((exponent * 1741647) >> 19) - 127
    if exponent >= 0:
        power = 10**exponent
        return power << -shift if shift <= 0 else -(-power >> shift)
    return -(-(1 << -shift) // 10**-exponent)


_GIANT = [_normalised_power(exponent) for exponent in range(_SMALLEST_POWER, _LARGEST_POWER + 1)]
_POWER_HIGH = np.array([power >> 64 for power in _GIANT], dtype=np.uint64)
_POWER_LOW = np.array([power & (2**64 - 1) for power in _GIANT], dtype=np.uint64)

_EXPONENT = np.uint8(ord("e"))
_EIGHT_ZEROS, _BELOW_ONE = (U(int.from_bytes(text, "little")) for text in (b"00000000", b"0.000000"))
_POINT_ZERO = np.uint16(int.from_bytes(b".0", "little"))
_PLUS = np.uint8(ord("+"))
_SHORT_CUT_BELOW = 1e9  #: below it, a value of up to six decimals has at most 15 digits: unique, hence shortest
_SHORT_CUT_BELOW_32 = np.float32(1e4)  #: as well, of two decimals, with at most 6 digits
_MAGNITUDE_32 = np.uint32(0x7FFFFFFF)
_SCIENTIFIC_BELOW = 1e-4
#: ".5" or ".55" as it stands behind a whole number, and in the highest byte how long that is
_CENTS = np.uint32(ord(".")) | DIGIT_PAIRS.astype(np.uint32) << np.uint32(8)
_CENTS |= np.where(np.arange(100) % 10 == 0, 2, 3).astype(np.uint32) << np.uint32(24)
_POSITIONAL_PLACES = 16


@inlined
def _rounded_to_odd(power: np.int64, value: np.uint64) -> np.uint64:
    """The upper 64 bits of value * 10^power (normalised), the last bit set if anything was cut off."""
    high, low = _POWER_HIGH[U(power)], _POWER_LOW[U(power)]
    middle = high * value
    lifted = middle + high_product(low, value)
    upper = high_product(high, value)
    if lifted < middle:
        upper += U(1)
    return upper | (U(1) if lifted > U(1) else U(0))


@inlined
def _shortest(significand: np.uint64, exponent: np.int64, lower_is_closer: np.uint64) -> tuple[np.uint64, np.int64]:
    """Digits and power of ten of the shortest decimal that rounds to significand * 2^exponent."""
    odd = significand & U(1)
    if lower_is_closer != U(0):
        power = (exponent * 1262611 - 524031) >> 22
        lower_quarter = (significand << U(2)) - U(1)
    else:
        power = (exponent * 1262611) >> 22
        lower_quarter = (significand << U(2)) - U(2)
    shift = U(exponent + ((-power * 1741647) >> 19) + 1)
    index = -power - _SMALLEST_POWER
    lower = _rounded_to_odd(index, lower_quarter << shift) + odd
    middle = _rounded_to_odd(index, (significand << U(2)) << shift)
    upper = _rounded_to_odd(index, ((significand << U(2)) + U(2)) << shift) - odd
    digits = middle >> U(2)
    if digits >= U(10):
        fewer = digits // U(10)
        below_fits = lower <= U(40) * fewer
        above_fits = U(40) * fewer + U(40) <= upper
        if below_fits != above_fits:
            return fewer + (U(1) if above_fits else U(0)), power + 1
    below_fits = lower <= U(4) * digits
    above_fits = U(4) * digits + U(4) <= upper
    if below_fits != above_fits:
        return digits + (U(1) if above_fits else U(0)), power
    half = U(4) * digits + U(2)
    round_up = middle > half or (middle == half and (digits & U(1)) != U(0))
    return digits + (U(1) if round_up else U(0)), power


@inlined
def _write_scientific(out: np.uint64, digits: np.uint64, count: np.uint64, exponent: np.int64) -> np.uint64:
    write_unsigned(out + U(1), digits)
    store(out, load(out + U(1), np.uint8))
    store(out + U(1), POINT)
    out += U(1) if count == U(1) else count + U(1)
    store(out, _EXPONENT)
    store(out + U(1), MINUS if exponent < 0 else _PLUS)
    magnitude = U(abs(exponent))
    return write_padded(out + U(2), magnitude, max(count_digits(magnitude), U(2)))


@inlined
def _write_positional(out: np.uint64, digits: np.uint64, count: np.uint64, power: np.int64) -> np.uint64:
    if power >= 0:
        out = write_unsigned(out, digits)
        store(out, _EIGHT_ZEROS)
        store(out + U(8), _EIGHT_ZEROS)
        out += U(power)
        store(out, _POINT_ZERO)
        return out + U(2)
    decimals = U(-power)
    if count <= decimals:
        store(out, _BELOW_ONE)
        return write_unsigned(out + U(2) + (decimals - count), digits)
    write_unsigned(out, digits)
    point = out + (count - decimals)
    first, second = load(point, np.uint64), load(point + U(8), np.uint64)  # of at most 16 decimals
    store(point, POINT)
    store(point + U(1), first)
    store(point + U(9), second)
    return out + count + U(1)


@outlined
def _write_general(out: np.uint64, significand: np.uint64, exponent: np.int64, lower_is_closer: np.uint64) -> np.uint64:
    never_inline()
    digits, power = _shortest(significand, exponent, lower_is_closer)
    while digits % U(10) == U(0):
        digits //= U(10)
        power += 1
    count = count_digits(digits)
    scientific = power + np.int64(count) - 1
    if -4 <= scientific < _POSITIONAL_PLACES:
        return _write_positional(out, digits, count, power)
    return _write_scientific(out, digits, count, scientific)


@inlined
def _write_short_cut(out: np.uint64, millionths: np.uint64) -> np.uint64:
    """A value that is a whole number of millionths, but not of hundredths: its digits, without trailing zeros."""
    whole = millionths // U(1000000)
    decimals = millionths - whole * U(1000000)
    out = write_unsigned(out, whole)
    store(out, POINT)
    out += U(1)
    digits = eight_digits(decimals) >> U(16)
    store(out, digits)
    return out + (U(8) - (leading_zeros(digits & DIGITS_OF_EIGHT) >> U(3)))


@inlined
def _write_money(out: np.uint64, hundredths: np.uint64) -> np.uint64:
    """A value of at most two decimals."""
    whole = hundredths // U(100)
    cents = _CENTS[hundredths - whole * U(100)]
    out = write_unsigned(out, whole)
    store(out, cents)
    return out + U(cents >> np.uint32(24))


@inlined
def _write_not_finite(out: np.uint64, is_nan: bool) -> np.uint64:
    if is_nan:
        store(out, np.uint8(ord("N")))
        store(out + U(1), np.uint8(ord("a")))
        store(out + U(2), np.uint8(ord("N")))
    else:
        store(out, np.uint8(ord("i")))
        store(out + U(1), np.uint8(ord("n")))
        store(out + U(2), np.uint8(ord("f")))
    return out + U(3)


@inlined
def _write_zero(out: np.uint64) -> np.uint64:
    store(out, ZERO)
    store(out + U(1), POINT)
    store(out + U(2), ZERO)
    return out + U(3)


@inlined
def write_float64(out: np.uint64, value: np.float64) -> np.uint64:
    """Write a 64-bit float; returns the address behind it."""
    magnitude = abs(value)
    if magnitude < _SHORT_CUT_BELOW:
        hundredths = np.int64(magnitude * 1e2 + 0.5)
        if np.float64(hundredths) / 1e2 == magnitude:
            store(out, MINUS)
            return _write_money(out + (float_bits(value) >> U(63)), U(hundredths))
    return _write_any_float64(out, value)


@outlined
def _write_any_float64(out: np.uint64, value: np.float64) -> np.uint64:
    """A float that is no amount of money."""
    never_inline()
    bits = float_bits(value)
    fraction = bits & U(0xFFFFFFFFFFFFF)
    biased = (bits >> U(52)) & U(0x7FF)
    is_nan = biased == U(0x7FF) and fraction != U(0)
    if bits >> U(63) != U(0) and not is_nan:
        store(out, MINUS)
        out += U(1)
    if biased == U(0x7FF):
        return _write_not_finite(out, is_nan)
    magnitude = abs(value)
    if _SCIENTIFIC_BELOW <= magnitude < _SHORT_CUT_BELOW:
        millionths = math.floor(magnitude * 1e6 + 0.5)
        if millionths / 1e6 == magnitude:
            return _write_short_cut(out, U(millionths))
    if biased == U(0):
        return _write_general(out, fraction, np.int64(-1074), U(0))
    return _write_general(out, fraction | U(1 << 52), np.int64(biased) - 1075, U(fraction == U(0) and biased > U(1)))


@inlined
def write_float32(out: np.uint64, bits32: np.uint32) -> np.uint64:
    """Write a 32-bit float, given as its bits; returns the address behind it."""
    magnitude = float32_from_bits(bits32 & _MAGNITUDE_32)
    if magnitude < _SHORT_CUT_BELOW_32:
        hundredths = np.int64(np.float64(magnitude) * 1e2 + 0.5)
        if np.float32(np.float64(hundredths) / 1e2) == magnitude:
            store(out, MINUS)
            return _write_money(out + U(bits32 >> np.uint32(31)), U(hundredths))
    return _write_any_float32(out, bits32)


@outlined
def _write_any_float32(out: np.uint64, bits32: np.uint32) -> np.uint64:
    """A float that is no amount of money."""
    never_inline()
    bits = U(bits32)
    fraction = bits & U(0x7FFFFF)
    biased = (bits >> U(23)) & U(0xFF)
    is_nan = biased == U(0xFF) and fraction != U(0)
    if bits >> U(31) != U(0) and not is_nan:
        store(out, MINUS)
        out += U(1)
    if biased == U(0xFF):
        return _write_not_finite(out, is_nan)
    if biased == U(0):
        if fraction == U(0):
            return _write_zero(out)
        return _write_general(out, fraction, np.int64(-149), U(0))
    return _write_general(out, fraction | U(1 << 23), np.int64(biased) - 150, U(fraction == U(0) and biased > U(1)))
