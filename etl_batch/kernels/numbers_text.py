"""Integers and decimals as text, two digits at a time."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined
from etl_batch.kernels.machine import leading_zeros, load, store

U = np.uint64
_POWERS = np.array([10**exponent for exponent in range(20)], dtype=np.uint64)
DIGIT_PAIRS = np.array([int.from_bytes(f"{pair:02d}".encode(), "little") for pair in range(100)], dtype=np.uint16)
MINUS = np.uint8(ord("-"))
POINT = np.uint8(ord("."))
ZERO = np.uint8(ord("0"))
_LIMB_BITS = U(32)
_LIMB_MASK = U(0xFFFFFFFF)
_BILLION = U(10**9)


@inlined
def count_digits(value: np.uint64) -> np.uint64:
    """Decimal digits of an unsigned number, 1 for 0."""
    estimate = ((U(64) - leading_zeros(value | U(1))) * U(1233)) >> U(12)
    if value < _POWERS[estimate]:
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
def write_unsigned(out: np.uint64, value: np.uint64) -> np.uint64:
    """Write the number in as few places as it needs; returns the address behind it."""
    if value < U(10):
        store(out, np.uint8(U(48) + value))
        return out + U(1)
    end = out + count_digits(value)
    at = end
    while value >= U(100):
        quotient = value // U(100)
        at -= U(2)
        store(at, DIGIT_PAIRS[value - quotient * U(100)])
        value = quotient
    if value >= U(10):
        store(at - U(2), DIGIT_PAIRS[value])
    else:
        store(at - U(1), np.uint8(U(48) + value))
    return end


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
def _write_wide(out: np.uint64, high: np.uint64, low: np.uint64) -> np.uint64:
    """Write an unsigned 128-bit number: schoolbook division by 10^9, the last nine digits first."""
    if high == U(0):
        return write_unsigned(out, low)
    top, second = high >> _LIMB_BITS, high & _LIMB_MASK
    third, last = low >> _LIMB_BITS, low & _LIMB_MASK
    quotient = top // _BILLION
    rest = ((top - quotient * _BILLION) << _LIMB_BITS) | second
    new_high = quotient << _LIMB_BITS
    quotient = rest // _BILLION
    new_high |= quotient
    rest = ((rest - quotient * _BILLION) << _LIMB_BITS) | third
    quotient = rest // _BILLION
    new_low = quotient << _LIMB_BITS
    rest = ((rest - quotient * _BILLION) << _LIMB_BITS) | last
    quotient = rest // _BILLION
    new_low |= quotient
    out = _write_wide(out, new_high, new_low)
    return write_padded(out, rest - quotient * _BILLION, U(9))


@inlined
def write_decimal(out: np.uint64, high: np.uint64, low: np.uint64, scale: np.uint64) -> np.uint64:
    """Write a signed 128-bit integer with `scale` digits behind the point; returns the address behind it."""
    if np.int64(high) < 0:
        store(out, MINUS)
        out += U(1)
        low = U(0) - low
        high = ~high + (U(1) if low == U(0) else U(0))
    if scale == U(0):
        return _write_wide(out, high, low)
    end = _write_wide(out, high, low)
    digits = end - out
    if digits <= scale:  # 0.05: zeros in front until one digit stands before the point
        missing = scale + U(1) - digits
        _move_right(out, digits, missing)
        for place in range(missing):
            store(out + U(place), ZERO)
        digits += missing
    point = out + digits - scale
    _move_right(point, scale, U(1))
    store(point, POINT)
    return out + digits + U(1)


@inlined
def _move_right(start: np.uint64, length: np.uint64, distance: np.uint64) -> None:
    at = start + length
    while at > start:
        at -= U(1)
        store(at + distance, load(at, np.uint8))
