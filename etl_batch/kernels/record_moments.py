"""Dates and times that fields of records hold as characters of any encoding, or as the digits of a number.

They are written as ISO 8601 beside, by the kernel that reads cells of a CSV in a format, and that is read.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import load, scratch_kilobyte, store
from etl_batch.kernels.numbers_text import ZERO, U
from etl_batch.kernels.read_calendar import read_date, read_timestamp
from etl_batch.kernels.written_moment import write_moment

MOST_BYTES = 256  #: of a field, each of which may be three in UTF-8
_ISO_AT = U(832)  #: of the scratch, behind the characters
_BLANK = np.uint8(ord(" "))
_LENGTH_BITS = np.uint32(24)
_MICRO = U(10**6)
_TEN = np.uint64(10)


@inlined
def _moment(
    at: np.uint64, end: np.uint64, program: np.uint64, is_date: np.uint64, iso: np.uint64
) -> tuple[bool, np.int64]:
    """Characters in UTF-8, perhaps with blanks around them, as days or microseconds since 1970."""
    while at < end and load(at, np.uint8) == _BLANK:
        at += U(1)
    while end > at and load(end - U(1), np.uint8) == _BLANK:
        end -= U(1)
    if at == end:
        return False, np.int64(0)
    behind, _ = write_moment(at, end, program, iso)
    if behind == U(0):
        return False, np.int64(0)
    if is_date != U(0):
        ok, days = read_date(iso, behind - iso)
        return ok, np.int64(days)
    return read_timestamp(iso, behind - iso, _MICRO, True)


@inlined
def _put(ok: bool, value: np.int64, row: np.int64, out: np.uint64, bad: np.ndarray) -> None:
    if not ok:
        bad[U(row)] = np.uint8(1)
        value = np.int64(0)
    store(out + U(8) * U(row), value)


@kernel("void(uint64, uint64, uint64, uint64, uint32[::1], uint64, uint64, uint64, uint8[::1])")
def read_text_moments(
    address: np.uint64, stride: np.uint64, width: np.uint64, rows: np.uint64,
    table: np.ndarray, program: np.uint64, is_date: np.uint64, out: np.uint64, bad: np.ndarray,
) -> None:  # fmt: skip
    """Read a field of characters of many records; `bad[row]` becomes 1 where it does not keep to its format.

    Args:
        address: of the first record's field.
        stride: bytes from one to the next.
        width: bytes of the field, 1 to MOST_BYTES.
        rows: how many.
        table: shape (256,): what stands for each byte in UTF-8, in the low 24 bits, and above them how many bytes it
            has; 0: the encoding has no such byte.
        program: address of the format.
        is_date: 1: days come out; 0: microseconds.
        out: address with room for 8 bytes a row.
        bad: shape (rows,).
    """
    scratch = scratch_kilobyte()
    for row in range(rows):
        start = address + U(row) * stride
        end, is_text = scratch, True
        for place in range(width):
            entry = table[load(start + U(place), np.uint8)]
            is_text &= entry != np.uint32(0)
            store(end, entry)
            end += U(entry >> _LENGTH_BITS)
        ok, value = _moment(scratch, end, program, is_date, scratch + _ISO_AT)
        _put(ok and is_text, value, row, out, bad)


@kernel("void(int64[::1], uint64, uint64, uint64, uint64, uint8[::1])")
def read_digit_moments(
    numbers: np.ndarray, digits: np.uint64, program: np.uint64, is_date: np.uint64, out: np.uint64, bad: np.ndarray
) -> None:
    """As `read_text_moments`, of numbers whose decimal digits are a date.

    Args:
        numbers: shape (rows,).
        digits: that the format has, 1 to 18; a number of more is none.
        program: address of the format.
        is_date: 1: days come out; 0: microseconds.
        out: address with room for 8 bytes a row.
        bad: shape (rows,).
    """
    scratch = scratch_kilobyte()
    for row in range(len(numbers)):
        number = U(numbers[U(row)])  # below 0 it has more digits than any format
        at = scratch + digits
        while at > scratch:
            at -= U(1)
            store(at, np.uint8(U(ZERO) + number % _TEN))
            number //= _TEN
        ok, value = _moment(scratch, scratch + digits, program, is_date, scratch + _ISO_AT)
        _put(ok and number == U(0), value, row, out, bad)
