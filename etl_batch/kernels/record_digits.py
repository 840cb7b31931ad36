"""Packed and zoned digits of records as integers: up to eight bytes of them at a time."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import high_product, load, store, swap_bytes
from etl_batch.kernels.numbers_text import POWERS, U
from etl_batch.kernels.read_digits import first_digits, first_marked, load_up_to_eight, not_digits

#: entries of the table of bytes that say a sign
NOT_A_DIGIT = 0xFF
NEGATIVE = 0x10
#: bits of `form`: integers of 128 bits come out, not of 64; of packed digits: the last half byte is a sign
WIDE, SIGNED = 1, 2
#: of zoned digits: they lie as in EBCDIC; the first byte has the sign, not the last; it is no digit
EBCDIC, LEADING, SEPARATE = 4, 8, 16

_HALF_BYTES = U(0x1111111111111111)
_PAIRS = U(0x0F0F0F0F0F0F0F0F)
_FOURS = U(0x00FF00FF00FF00FF)
_EIGHTS = U(0x0000FFFF0000FFFF)
_MINUS_SIGNS = (U(0xB), U(0xD))
_EBCDIC_TO_ASCII = U(0xC0C0C0C0C0C0C0C0)


@inlined
def _times(low: np.uint64, high: np.uint64, factor: np.uint64, more: np.uint64) -> tuple[np.uint64, np.uint64]:
    """A number of 128 bits times one of 64, plus another; the caller knows that it fits."""
    product = low * factor + more
    return product, high * factor + high_product(low, factor) + U(product < more)


@inlined
def _times_power(low: np.uint64, high: np.uint64, zeros: np.uint64) -> tuple[np.uint64, np.uint64]:
    while zeros > U(0):
        step = min(zeros, U(19))
        low, high = _times(low, high, POWERS[step], U(0))
        zeros -= step
    return low, high


@inlined
def _big_word(at: np.uint64, count: np.uint64) -> np.uint64:
    """1 to 8 bytes as a number, the highest byte first."""
    return swap_bytes(load_up_to_eight(at, count)) >> (U(64) - U(8) * count)


@inlined
def _not_decimal(word: np.uint64) -> np.uint64:
    """The lowest bit of each half byte above 9."""
    return (word >> U(3)) & ((word >> U(2)) | (word >> U(1))) & _HALF_BYTES


@inlined
def _from_half_bytes(word: np.uint64) -> np.uint64:
    """The number that 16 half bytes make, a digit in each: pairs of digits, then of pairs, then of those."""
    word -= U(6) * ((word >> U(4)) & _PAIRS)
    word -= U(156) * ((word >> U(8)) & _FOURS)
    word -= U(55536) * ((word >> U(16)) & _EIGHTS)
    return word - U(2**32 - 10**8) * (word >> U(32))


@inlined
def _store_signed(out: np.uint64, low: np.uint64, high: np.uint64, negative: bool, is_wide: bool) -> np.uint64:
    """Write an integer with its sign; returns the address behind it."""
    if negative:
        low = U(0) - low
        high = ~high + U(low == U(0))
    store(out, low)
    if is_wide:
        store(out + U(8), high)
        return out + U(16)
    return out + U(8)


@kernel("void(uint64, uint64, uint64, uint64, uint64, uint64, uint64, uint8[::1])")
def decode_packed(
    address: np.uint64, stride: np.uint64, width: np.uint64, rows: np.uint64,
    form: np.uint64, zeros: np.uint64, out: np.uint64, bad: np.ndarray,
) -> None:  # fmt: skip
    """COBOL COMP-3 and COMP-6: two digits a byte, with or without a sign in the last half byte.

    Args:
        address: of the first record's field.
        stride: bytes from one to the next.
        width: bytes of the field, 1 to 19.
        rows: how many.
        form: WIDE where there may be more than 18 digits and zeros, SIGNED.
        zeros: digits before the point that are not stored.
        out: address with room for 8 bytes a row, or 16.
        bad: shape (rows,): becomes 1 where a digit is none, or a sign.
    """
    is_wide, is_signed = form & U(WIDE) != U(0), form & U(SIGNED) != U(0)
    behind = min(width, U(8))
    front = width - behind
    digits_behind = U(2) * behind - U(is_signed)
    factor = POWERS[zeros] if zeros < U(19) else U(1)
    for row in range(rows):
        start = address + U(row) * stride
        word = _big_word(start + front, behind)
        negative, wrong = False, U(0)
        if is_signed:
            sign = word & U(15)
            negative = sign == _MINUS_SIGNS[0] or sign == _MINUS_SIGNS[1]
            wrong = U(sign < U(10))
            word >>= U(4)
        wrong |= _not_decimal(word)
        low, high = _from_half_bytes(word), U(0)
        if front != U(0):
            low, high, not_decimal = _with_front(start, start + front, low, digits_behind)
            wrong |= not_decimal
        if is_wide:
            low, high = _times_power(low, high, zeros)
        else:
            low *= factor
        if wrong != U(0):
            bad[U(row)] = np.uint8(1)
        out = _store_signed(out, low, high, negative, is_wide)


@inlined
def _with_front(
    at: np.uint64, end: np.uint64, last: np.uint64, last_digits: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Packed digits in front of others that are a number already: their words, and what of them is no digit."""
    low, high, wrong = U(0), U(0), U(0)
    while at < end:
        count = min(end - at, U(8))
        word = _big_word(at, count)
        wrong |= _not_decimal(word)
        low, high = _times(low, high, POWERS[U(2) * count], _from_half_bytes(word))
        at += count
    low, high = _times(low, high, POWERS[last_digits], last)
    return low, high, wrong


@kernel("void(uint64, uint64, uint64, uint64, uint64, uint8[::1], uint64, uint64, uint8[::1])")
def decode_zoned(
    address: np.uint64, stride: np.uint64, width: np.uint64, rows: np.uint64,
    form: np.uint64, signs: np.ndarray, zeros: np.uint64, out: np.uint64, bad: np.ndarray,
) -> None:  # fmt: skip
    """COBOL DISPLAY: a digit a byte, the sign over the last or the first of them, or beside them.

    Args:
        address: of the first record's field.
        stride: bytes from one to the next.
        width: bytes of the field, its sign among them.
        rows: how many.
        form: WIDE where there may be more than 18 digits and zeros; EBCDIC, LEADING, SEPARATE.
        signs: shape (256,): of the byte with the sign its digit, 0 of one that is a sign alone, and NEGATIVE; or
            NOT_A_DIGIT.
        zeros: digits before the point that are not stored.
        out: address with room for 8 bytes a row, or 16.
        bad: shape (rows,): becomes 1 where a digit is none, or a sign.
    """
    is_wide, is_leading = form & U(WIDE) != U(0), form & U(LEADING) != U(0)
    is_apart = form & U(SEPARATE) != U(0)
    flip = _EBCDIC_TO_ASCII if form & U(EBCDIC) != U(0) else U(0)
    factor = POWERS[zeros] if zeros < U(19) else U(1)
    sign_at = U(0) if is_leading else width - U(1)
    for row in range(rows):
        start = address + U(row) * stride
        sign = signs[load(start + sign_at, np.uint8)]
        wrong = sign == np.uint8(NOT_A_DIGIT)
        digit = U(sign & np.uint8(15))
        at = start + U(is_leading)
        end = start + width - U(not is_leading)
        low, high = digit if is_leading else U(0), U(0)
        while at < end:
            count = min(end - at, U(8))
            word = load_up_to_eight(at, count) ^ flip
            wrong |= first_marked(not_digits(word)) < count
            value = first_digits(word, count)
            if is_wide:
                low, high = _times(low, high, POWERS[count], value)
            else:
                low = low * POWERS[count] + value
            at += count
        if not is_leading and not is_apart:
            low, high = _times(low, high, U(10), digit)
        if is_wide:
            low, high = _times_power(low, high, zeros)
        else:
            low *= factor
        if wrong:
            bad[U(row)] = np.uint8(1)
        out = _store_signed(out, low, high, sign & np.uint8(NEGATIVE) != np.uint8(0), is_wide)
