"""Cells as integers, decimals, bools and raw bytes: the whole cell or nothing, no blanks, nothing rounded."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined
from etl_batch.kernels.machine import high_product, load, store
from etl_batch.kernels.numbers_text import POINT, POWERS, ZERO, U
from etl_batch.kernels.read_digits import (
    PLUS,
    digits_end,
    first_digits,
    first_marked,
    load_up_to_eight,
    not_digits,
    read_digits,
    read_pointed,
    take_sign,
    zeros_end,
)

_LARGEST_SIGNED = U(2**63 - 1)
_MOST_DIGITS = 38  #: of a 128-bit decimal
_WIDE_LOW = np.array([10**exponent & (2**64 - 1) for exponent in range(_MOST_DIGITS + 1)], dtype=np.uint64)
_WIDE_HIGH = np.array([10**exponent >> 64 for exponent in range(_MOST_DIGITS + 1)], dtype=np.uint64)
_SHORT_SHIFT = U(11)  #: eight digits times 10^11 stay below 2^64

_NO_DIGIT = 255
_NIBBLES = np.array(
    [int(chr(byte), 16) if chr(byte) in "0123456789abcdefABCDEF" else _NO_DIGIT for byte in range(256)], dtype=np.uint8
)
_TENS = np.array([10.0**power for power in range(9)])


def _words(*texts: str) -> tuple[np.uint64, ...]:
    return tuple(U(int.from_bytes(text.encode(), "little")) for text in texts)


_TRUE, _TRUE_CAPITALISED, _TRUE_CAPITALS, _ONE = _words("true", "True", "TRUE", "1")
_FALSE, _FALSE_CAPITALISED, _FALSE_CAPITALS, _NOUGHT = _words("false", "False", "FALSE", "0")


@inlined
def read_unsigned(start: np.uint64, length: np.uint64) -> tuple[bool, np.uint64]:
    """`[+]digits`, up to 2^64 - 1; zeros in front are allowed."""
    if length > U(0) and load(start, np.uint8) == PLUS:
        start += U(1)
        length -= U(1)
    return read_digits(start, length)


@inlined
def read_signed(start: np.uint64, length: np.uint64) -> tuple[bool, np.int64]:
    """`[+-]digits`, from -2^63 to 2^63 - 1; zeros in front are allowed."""
    negative, start, length = take_sign(start, length)
    ok, magnitude = read_digits(start, length)
    ok = ok and magnitude <= _LARGEST_SIGNED + U(negative)
    return ok, np.int64(U(0) - magnitude if negative else magnitude)


@inlined
def _times(low: np.uint64, high: np.uint64, factor: np.uint64, more: np.uint64) -> tuple[np.uint64, np.uint64]:
    """A 128-bit number times one of 64 bits, plus another; the caller knows that it fits."""
    product = low * factor + more
    return product, high * factor + high_product(low, factor) + U(product < more)


@inlined
def _append(at: np.uint64, end: np.uint64, low: np.uint64, high: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Append digits to a 128-bit number."""
    while at < end:
        count = min(end - at, U(8))
        low, high = _times(low, high, POWERS[count], first_digits(load_up_to_eight(at, count), count))
        at += count
    return low, high


@inlined
def _signed_wide(
    negative: bool, low: np.uint64, high: np.uint64, precision: np.uint64
) -> tuple[bool, np.uint64, np.uint64]:
    """The sign put to the magnitude, which must have no more digits than the precision."""
    top = _WIDE_HIGH[precision]
    if high > top or (high == top and low >= _WIDE_LOW[precision]):
        return False, U(0), U(0)
    if negative:
        low = U(0) - low
        high = ~high + U(low == U(0))
    return True, low, high


@inlined
def _read_wide(start: np.uint64, end: np.uint64, scale: np.uint64) -> tuple[bool, np.uint64, np.uint64]:
    """The magnitude of an unsigned decimal of any length, times 10^scale."""
    whole_end = digits_end(start, end)
    point = U(whole_end < end)
    fraction = whole_end + point
    if point != U(0) and (load(whole_end, np.uint8) != POINT or digits_end(fraction, end) != end):
        return False, U(0), U(0)
    if end - start == point:
        return False, U(0), U(0)
    while end - fraction > scale:
        end -= U(1)
        if load(end, np.uint8) != ZERO:
            return False, U(0), U(0)
    start = zeros_end(start, whole_end)
    if start < whole_end and whole_end - start + scale > U(_MOST_DIGITS):
        return False, U(0), U(0)
    low, high = _append(start, whole_end, U(0), U(0))
    low, high = _append(fraction, end, low, high)
    missing = scale - (end - fraction)
    while missing > U(0):
        step = min(missing, U(19))
        low, high = _times(low, high, POWERS[step], U(0))
        missing -= step
    return True, low, high


@inlined
def read_decimal(
    start: np.uint64, length: np.uint64, precision: np.uint64, scale: np.uint64
) -> tuple[bool, np.uint64, np.uint64]:
    """`[+-]digits[.digits]`, also `.5` and `5.`, as a 128-bit integer in two's complement.

    Args:
        start: address of the cell.
        length: of the cell, in bytes.
        precision: how many digits the unscaled integer may have, 1 to 38.
        scale: how many of them stand behind the point, 0 to 38; the cell may have more where they are zeros.

    Returns:
        Whether it is one that fits; the low and the high word of value * 10^scale.
    """
    negative, start, length = take_sign(start, length)
    if length <= U(8):
        ok, digits, decimals = read_pointed(start, length)
        if not ok:
            return False, U(0), U(0)
        if decimals <= scale and scale - decimals <= _SHORT_SHIFT:
            return _signed_wide(negative, digits * POWERS[scale - decimals], U(0), precision)
    ok, low, high = _read_wide(start, start + length, scale)
    if not ok:
        return False, U(0), U(0)
    return _signed_wide(negative, low, high, precision)


@inlined
def read_bool(start: np.uint64, length: np.uint64) -> tuple[bool, np.uint8]:
    """`true`, `True`, `TRUE`, `1` and their opposites."""
    if length > U(5):
        return False, np.uint8(0)
    word = load_up_to_eight(start, length)
    # A byte of zero in the cell is no end of it.
    is_true = length == U(4) and word in (_TRUE, _TRUE_CAPITALISED, _TRUE_CAPITALS)
    is_false = length == U(5) and word in (_FALSE, _FALSE_CAPITALISED, _FALSE_CAPITALS)
    if length == U(1):
        is_true, is_false = word == _ONE, word == _NOUGHT
    return is_true or is_false, np.uint8(is_true)


@inlined
def read_hex(start: np.uint64, length: np.uint64, out: np.uint64) -> bool:
    """Pairs of hexadecimal digits of either case, as length / 2 bytes at `out`; where not ok, what is there is junk."""
    if length & U(1) != U(0):
        return False
    seen = np.uint8(0)
    end = start + length
    while start < end:
        upper, lower = _NIBBLES[load(start, np.uint8)], _NIBBLES[load(start + U(1), np.uint8)]
        seen |= upper | lower
        store(out, np.uint8(upper << np.uint8(4) | lower))
        start += U(2)
        out += U(1)
    return seen < np.uint8(16)


@inlined
def read_short_integer(word: np.uint64, length: np.uint64, out: np.uint64) -> bool:
    """Read a cell of one to eight digits, as we would write it; returns whether it is one."""
    is_canonical = (word & U(255) != U(ZERO)) | (length == U(1))
    if not ((first_marked(not_digits(word)) == length) & (length != U(0)) & is_canonical):
        return False
    store(out, first_digits(word, length))
    return True


@inlined
def read_short_float(word: np.uint64, length: np.uint64, out: np.uint64) -> bool:
    """Read a cell of digits with a point, eight bytes at most; returns whether it is one."""
    marked = not_digits(word)
    point = first_marked(marked)
    front = U(8) * (point & U(7))
    is_pointed = ((word >> front) & U(255) == U(POINT)) & (first_marked(marked & (marked - U(1))) == length)
    if not (is_pointed & (length - U(2) <= U(6)) & (point < length)):
        return False
    joined = (word & ((U(1) << front) - U(1))) | (word >> front >> U(8) << front)
    store(out, np.float64(np.int64(first_digits(joined, length - U(1)))) / _TENS[length - U(1) - point])
    return True
