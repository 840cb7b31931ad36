"""Integers and decimals as text, two digits at a time."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined
from etl_batch.kernels.machine import leading_zeros, store, trailing_zeros

U = np.uint64
POWERS = np.array([10**exponent for exponent in range(20)], dtype=np.uint64)
DIGIT_PAIRS = np.array([int.from_bytes(f"{pair:02d}".encode(), "little") for pair in range(100)], dtype=np.uint16)
_FOUR_DIGITS = DIGIT_PAIRS.astype(np.uint32).repeat(100) | np.tile(DIGIT_PAIRS.astype(np.uint32) << np.uint32(16), 100)
MINUS = np.uint8(ord("-"))
POINT = np.uint8(ord("."))
ZERO = np.uint8(ord("0"))
_1E8 = U(10**8)
DIGITS_OF_EIGHT = U(0x0F0F0F0F0F0F0F0F)  #: the digits that eight characters stand for
_ONE_IN_FOURTH, _ONE_IN_LAST = U(1 << 24), U(1 << 56)
_LIMB_BITS = U(32)
_LIMB_MASK = U(0xFFFFFFFF)
_BILLION = U(10**9)


@inlined
def count_digits(value: np.uint64) -> np.uint64:
    """Decimal digits of an unsigned number, 1 for 0."""
    estimate = ((U(64) - leading_zeros(value | U(1))) * U(1233)) >> U(12)
    if value < POWERS[estimate]:
        estimate -= U(1)
    return max(estimate + U(1), U(1))


@inlined
def write_padded(out: np.uint64, value: np.uint64, width: np.uint64) -> np.uint64:
    """Write the number into exactly `width` places, zeros in front; returns the address behind it."""
    at = out + width
    while at >= out + U(2):
        quotient = value // U(100)
        at -= U(2)
        store(at, DIGIT_PAIRS[value - quotient * U(100)])
        value = quotient
    if at > out:
        store(out, np.uint8(U(48) + value % U(10)))
    return out + width


@inlined
def four_digits(value: np.uint64) -> np.uint64:
    """A number below 10,000 as four characters, the first in the lowest byte."""
    return U(_FOUR_DIGITS[value])


@inlined
def eight_digits(value: np.uint64) -> np.uint64:
    """A number below 10^8 as eight characters, the first in the lowest byte."""
    front = value // U(10000)
    return four_digits(front) | four_digits(value - front * U(10000)) << U(32)


@inlined
def _write_below_1e8(out: np.uint64, value: np.uint64) -> np.uint64:
    """All four or eight digits, shifted so far that the zeros in front fall off. Writes eight bytes at most."""
    if value < U(10_000):
        digits = four_digits(value)
        zeros = trailing_zeros((digits & DIGITS_OF_EIGHT) | _ONE_IN_FOURTH) >> U(3)
        store(out, np.uint32(digits >> (zeros << U(3))))
        return out + (U(4) - zeros)
    digits = eight_digits(value)
    zeros = trailing_zeros((digits & DIGITS_OF_EIGHT) | _ONE_IN_LAST) >> U(3)
    store(out, digits >> (zeros << U(3)))
    return out + (U(8) - zeros)


@inlined
def write_unsigned(out: np.uint64, value: np.uint64) -> np.uint64:
    """Write the number in as few places as it needs; returns the address behind it, and may write 8 bytes past it."""
    if value < _1E8:
        return _write_below_1e8(out, value)
    front = value // _1E8
    last = value - front * _1E8
    if front < _1E8:
        out = _write_below_1e8(out, front)
    else:
        top = front // _1E8
        out = _write_below_1e8(out, top)
        store(out, eight_digits(front - top * _1E8))
        out += U(8)
    store(out, eight_digits(last))
    return out + U(8)


@inlined
def write_signed(out: np.uint64, value: np.int64) -> np.uint64:
    """Write a signed number; returns the address behind it."""
    magnitude = U(value)
    if value < 0:
        store(out, MINUS)
        out += U(1)
        magnitude = U(0) - magnitude
    return write_unsigned(out, magnitude)


@inlined
def _divide_by_billion(high: np.uint64, low: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Schoolbook division of a 128-bit number in limbs of 32 bits: quotient (high, low) and rest."""
    top, second = high >> _LIMB_BITS, high & _LIMB_MASK
    third, last = low >> _LIMB_BITS, low & _LIMB_MASK
    first_digit = top // _BILLION
    rest = ((top - first_digit * _BILLION) << _LIMB_BITS) | second
    second_digit = rest // _BILLION
    rest = ((rest - second_digit * _BILLION) << _LIMB_BITS) | third
    third_digit = rest // _BILLION
    rest = ((rest - third_digit * _BILLION) << _LIMB_BITS) | last
    last_digit = rest // _BILLION
    return (
        (first_digit << _LIMB_BITS) | second_digit,
        (third_digit << _LIMB_BITS) | last_digit,
        rest - last_digit * _BILLION,
    )


@inlined
def _write_wide(out: np.uint64, high: np.uint64, low: np.uint64, scale: np.uint64) -> np.uint64:
    """Write an unsigned 128-bit number digit by digit, with `scale` of them behind the point."""
    high, low, group0 = _divide_by_billion(high, low)
    high, low, group1 = _divide_by_billion(high, low)
    high, low, group2 = _divide_by_billion(high, low)
    high, group4, group3 = _divide_by_billion(high, low)
    place = U(45)
    started = False
    while place > U(0):
        place -= U(1)
        group = place // U(9)
        value = group4
        if group == U(0):
            value = group0
        elif group == U(1):
            value = group1
        elif group == U(2):
            value = group2
        elif group == U(3):
            value = group3
        digit = value // POWERS[place - group * U(9)] % U(10)
        if place + U(1) == scale:
            store(out, POINT)
            out += U(1)
        if started or digit != U(0) or place <= scale:
            started = True
            store(out, np.uint8(U(48) + digit))
            out += U(1)
    return out


@inlined
def write_small_decimal(out: np.uint64, units: np.int64, scale: np.uint64) -> tuple[np.uint64, bool]:
    """Write a signed integer with its digits behind the point, where it has one digit to seven of them, and few in all.

    Returns:
        The address behind it; whether it was written.
    """
    magnitude = U(abs(units))
    if magnitude >= _1E8 or scale - U(1) >= U(7):
        return out, False
    store(out, MINUS)
    out += U(units < 0)
    digits = eight_digits(magnitude)
    zeros = min(trailing_zeros((digits & DIGITS_OF_EIGHT) | _ONE_IN_LAST) >> U(3), U(7) - scale)
    digits >>= zeros << U(3)
    whole = U(8) - zeros - scale
    store(out, digits)
    store(out + whole, POINT)
    store(out + whole + U(1), digits >> (whole << U(3)))
    return out + U(9) - zeros, True


@inlined
def write_decimal(out: np.uint64, high: np.uint64, low: np.uint64, scale: np.uint64) -> np.uint64:
    """Write a signed 128-bit integer with `scale` digits behind the point; returns the address behind it."""
    if np.int64(high) < 0:
        store(out, MINUS)
        out += U(1)
        low = U(0) - low
        high = ~high + (U(1) if low == U(0) else U(0))
    if high != U(0) or scale > U(18):
        return _write_wide(out, high, low, scale)
    if scale == U(0):
        return write_unsigned(out, low)
    whole = low // POWERS[scale]
    out = write_unsigned(out, whole)
    store(out, POINT)
    return write_padded(out + U(1), low - whole * POWERS[scale], scale)
