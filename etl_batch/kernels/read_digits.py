"""Digits to numbers, eight at a time in one word (D. Lemire, "Quickly parsing eight digits", 2018).

Nothing here reads a byte of a page that the cell does not lie in: the cell may end where its mapping ends.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined
from etl_batch.kernels.machine import high_product, load, trailing_zeros
from etl_batch.kernels.numbers_text import MINUS, POINT, POWERS, ZERO, U

PLUS = np.uint8(ord("+"))
_ZEROS = U(0x3030303030303030)
_HIGH_BITS = U(0x8080808080808080)
_LOW_BITS = U(0x7F7F7F7F7F7F7F7F)
_OVER_NINE = U(0x7676767676767676)  #: carries a byte above 9 into its high bit
_NIBBLES = U(0x0F0F0F0F0F0F0F0F)
_PAIRS = U(0x000000FF000000FF)
_IN_PAGE, _EIGHT_BEFORE_PAGE = U(4095), U(4096 - 8)  #: pages are at least so large, and a multiple of it
_LONGEST_UNSIGNED = U(20)


@inlined
def has_eight_in_page(start: np.uint64) -> bool:
    """Whether eight bytes can be read there, however few of them are ours: they lie in the page of the first one."""
    return start & _IN_PAGE <= _EIGHT_BEFORE_PAGE


@inlined
def load_up_to_eight(start: np.uint64, length: np.uint64) -> np.uint64:
    """The first bytes of the cell, eight at most: the first in the lowest byte, zeros where the cell has ended."""
    if length >= U(8):
        return load(start, np.uint64)
    if length == U(0):
        return U(0)
    if has_eight_in_page(start):
        # Without a branch on the length, which nobody can predict. What lies behind the cell is in the same page.
        return load(start, np.uint64) & ((U(1) << (U(8) * length)) - U(1))
    if length >= U(4):
        # The two loads overlap, and agree where they do.
        behind = length - U(4)
        return U(load(start, np.uint32)) | U(load(start + behind, np.uint32)) << (U(8) * behind)
    middle, last = length >> U(1), length - U(1)
    first = U(load(start, np.uint8))
    return (
        first | U(load(start + middle, np.uint8)) << (U(8) * middle) | U(load(start + last, np.uint8)) << (U(8) * last)
    )


@inlined
def not_digits(word: np.uint64) -> np.uint64:
    """The high bit of every byte that is no digit."""
    apart = word ^ _ZEROS
    return (((apart & _LOW_BITS) + _OVER_NINE) | apart) & _HIGH_BITS


@inlined
def first_marked(mask: np.uint64) -> np.uint64:
    """Which byte is the first with its high bit set; 8: none."""
    return trailing_zeros(mask) >> U(3)


@inlined
def eight_digits(word: np.uint64) -> np.uint64:
    """The number that eight digits make, the first in the lowest byte; zero bytes in front count as zeros."""
    word &= _NIBBLES
    word = word * U(10) + (word >> U(8))
    return ((word & _PAIRS) * U(0x000F424000000064) + ((word >> U(16)) & _PAIRS) * U(0x0000271000000001)) >> U(32)


@inlined
def first_digits(word: np.uint64, count: np.uint64) -> np.uint64:
    """The number that the first 1 to 8 bytes of the word make."""
    return eight_digits(word << (U(64) - U(8) * count))


@inlined
def digits_end(at: np.uint64, end: np.uint64) -> np.uint64:
    """The address of the first byte that is no digit, at most `end`."""
    while end - at >= U(8):
        mask = not_digits(load(at, np.uint64))
        if mask != U(0):
            return at + first_marked(mask)
        at += U(8)
    return at + first_marked(not_digits(load_up_to_eight(at, end - at)))


@inlined
def add_digits(at: np.uint64, end: np.uint64, value: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Append the digits from here on to the value, modulo 2^64; returns the address behind them, and the value."""
    while at < end:
        word = load_up_to_eight(at, end - at)
        count = first_marked(not_digits(word))
        if count == U(0):
            break
        value = value * POWERS[count] + first_digits(word, count)
        at += count
        if count < U(8):
            break
    return at, value


@inlined
def zeros_end(at: np.uint64, end: np.uint64) -> np.uint64:
    """The address behind the zeros in front."""
    while end - at >= U(8) and load(at, np.uint64) == _ZEROS:
        at += U(8)
    while at < end and load(at, np.uint8) == ZERO:
        at += U(1)
    return at


@inlined
def _read_long(start: np.uint64, length: np.uint64) -> tuple[bool, np.uint64]:
    """As `read_digits`, for more than 16 bytes."""
    end = start + length
    start = zeros_end(start, end)
    length = end - start
    if length > _LONGEST_UNSIGNED:
        return False, U(0)
    at, front = add_digits(start, end - U(1), U(0))  # 19 digits always fit
    last = U(load(end - U(1), np.uint8)) ^ U(0x30) if length > U(0) else U(0)
    if length > U(0) and (at != end - U(1) or last > U(9)):
        return False, U(0)
    value = front * U(10) + last
    return high_product(front, U(10)) == U(0) and value >= last, value


@inlined
def read_digits(start: np.uint64, length: np.uint64) -> tuple[bool, np.uint64]:
    """The number that the bytes make; not ok where one of them is no digit, where there are none, above 2^64 - 1."""
    if length <= U(8):
        word = load_up_to_eight(start, length)
        if length == U(0) or first_marked(not_digits(word)) != length:
            return False, U(0)
        return True, first_digits(word, length)
    if length <= U(16):
        first, last = load(start, np.uint64), load(start + length - U(8), np.uint64)
        if not_digits(first) | not_digits(last) != U(0):
            return False, U(0)
        # Of the last word only what the first one has not: the bytes before are shifted out and back in as zeros.
        front_bits = U(8) * (U(16) - length)
        back = eight_digits(last >> front_bits << front_bits)
        return True, eight_digits(first) * POWERS[length - U(8)] + back
    return _read_long(start, length)


@inlined
def read_pointed(start: np.uint64, length: np.uint64) -> tuple[bool, np.uint64, np.uint64]:
    """A cell of at most 8 bytes, `digits`, `digits.digits`, `.digits` or `digits.`, as its digits and the decimals."""
    word = load_up_to_eight(start, length)
    mask = not_digits(word)
    point = first_marked(mask)
    if point == length:
        if length == U(0):
            return False, U(0), U(0)
        return True, first_digits(word, length), U(0)
    front_bits = U(8) * point
    is_point = (word >> front_bits) & U(255) == U(POINT)
    if not is_point or length == U(1) or first_marked(mask & (mask - U(1))) != length:
        return False, U(0), U(0)
    joined = (word & ((U(1) << front_bits) - U(1))) | (word >> front_bits >> U(8) << front_bits)
    return True, first_digits(joined, length - U(1)), length - U(1) - point


@inlined
def take_sign(start: np.uint64, length: np.uint64) -> tuple[bool, np.uint64, np.uint64]:
    """Whether the cell starts with a minus, and the cell without its sign."""
    if length == U(0):
        return False, start, length
    first = load(start, np.uint8)
    negative = first == MINUS
    sign = U(negative or first == PLUS)
    return negative, start + sign, length - sign
