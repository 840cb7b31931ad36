"""Stored fields into Arrow buffers, and the checks that let not one broken value through."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_text import NOT_ASCII, copy_bytes, is_ascii, is_utf8, trimmed_length
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import high_product, load, store
from etl_batch.kernels.numbers_text import U

#: entries of a zoned decimal's byte table
NOT_A_DIGIT = 0xFF
NEGATIVE = 0x10
_MINUS_SIGNS = (U(0xB), U(0xD))


@inlined
def _all_ascii(address: np.uint64, stride: np.uint64, width: np.uint64, rows: np.uint64) -> bool:
    """Whether no field of at least eight bytes holds anything but ASCII; the last eight bytes may be seen twice."""
    seen = U(0)
    for row in range(rows):
        start = address + U(row) * stride
        offset = U(0)
        while offset + U(8) < width:
            seen |= load(start + offset, np.uint64)
            offset += U(8)
        seen |= load(start + width - U(8), np.uint64)
    return seen & NOT_ASCII == U(0)


@kernel("void(uint64, uint64, uint64, uint64, uint8[::1])")
def check_utf8(address: np.uint64, stride: np.uint64, width: np.uint64, rows: np.uint64, bad: np.ndarray) -> None:
    """Set `bad[row]` to 1 where the field is not UTF-8; `bad` has shape (rows,)."""
    if width >= U(8) and _all_ascii(address, stride, width, rows):
        return
    for row in range(rows):
        if not is_utf8(address + U(row) * stride, width):
            bad[U(row)] = np.uint8(1)


@kernel("void(uint64, uint64, uint64, uint64, uint8[::1])")
def check_ascii(address: np.uint64, stride: np.uint64, width: np.uint64, rows: np.uint64, bad: np.ndarray) -> None:
    """As `check_utf8`, of ASCII."""
    if width >= U(8) and _all_ascii(address, stride, width, rows):
        return
    for row in range(rows):
        if not is_ascii(address + U(row) * stride, width):
            bad[U(row)] = np.uint8(1)


@kernel("void(int32[::1], uint64, uint8[::1])")
def check_utf8_texts(offsets: np.ndarray, content: np.uint64, bad: np.ndarray) -> None:
    """Set `bad[row]` to 1 where a text of Arrow is not UTF-8.

    `offsets` has shape (rows + 1,), within the bytes at `content`; `bad` has shape (rows,).
    """
    rows = U(len(bad))
    first, last = U(offsets[U(0)]), U(offsets[rows])
    seen = U(0)
    at = content + first
    while at + U(8) <= content + last:
        seen |= load(at, np.uint64)
        at += U(8)
    while at < content + last:
        seen |= U(load(at, np.uint8))
        at += U(1)
    if seen & NOT_ASCII == U(0):
        return
    for row in range(rows):
        begin = U(offsets[U(row)])
        if not is_utf8(content + begin, U(offsets[U(row) + U(1)]) - begin):
            bad[U(row)] = np.uint8(1)


@kernel("uint64(uint64, uint64, uint64, uint64, int32[::1], uint64)")
def gather_text(
    address: np.uint64,
    stride: np.uint64,
    width: np.uint64,
    rows: np.uint64,
    offsets: np.ndarray,
    out: np.uint64,
) -> np.uint64:
    """Collect padded UTF-8 fields into Arrow's offsets (shape (rows + 1,)) and bytes; returns the bytes written."""
    written = U(0)
    for row in range(rows):
        offsets[U(row)] = np.int32(written)
        start = address + U(row) * stride
        length = trimmed_length(start, width, np.uint8(0x20))
        copy_bytes(out + written, start, length)
        written += length
    offsets[rows] = np.int32(written)
    return written


@kernel("uint64(uint64, uint64, uint64, uint64, uint8, uint32[::1], int32[::1], uint64, uint8[::1])")
def transcode_text(
    address: np.uint64, stride: np.uint64, width: np.uint64, rows: np.uint64,
    blank: np.uint8, table: np.ndarray, offsets: np.ndarray, out: np.uint64, bad: np.ndarray,
) -> np.uint64:  # fmt: skip
    """As `gather_text`, from a single-byte encoding.

    `table` has shape (256,): the UTF-8 bytes of each code in the low 24 bits, how many in the high 8; 0 where the
    encoding leaves the code undefined, which sets `bad[row]`. `out` has room for 3 bytes a code, and 4 more.
    """
    written = U(0)
    for row in range(rows):
        offsets[U(row)] = np.int32(written)
        start = address + U(row) * stride
        for offset in range(trimmed_length(start, width, blank)):
            entry = table[load(start + U(offset), np.uint8)]
            if entry == np.uint32(0):
                bad[U(row)] = np.uint8(1)
            store(out + written, entry)
            written += U(entry >> np.uint32(24))
    offsets[rows] = np.int32(written)
    return written


@kernel("void(uint64, uint64, uint64, uint64, uint64, uint8[::1])")
def decode_packed(
    address: np.uint64,
    stride: np.uint64,
    width: np.uint64,
    rows: np.uint64,
    out: np.uint64,
    bad: np.ndarray,
) -> None:
    """COBOL COMP-3, two digits a byte and the sign in the last half byte, into 128-bit integers at `out`."""
    for row in range(rows):
        start = address + U(row) * stride
        high, low = U(0), U(0)
        for place in range(width * U(2) - U(1)):
            byte = U(load(start + (U(place) >> U(1)), np.uint8))
            digit = byte & U(15) if U(place) & U(1) else byte >> U(4)
            if digit > U(9):
                bad[U(row)] = np.uint8(1)
            carry = high_product(low, U(10))
            low = low * U(10) + digit
            high = high * U(10) + carry + (U(1) if low < digit else U(0))
        sign = U(load(start + width - U(1), np.uint8)) & U(15)
        if sign < U(10):
            bad[U(row)] = np.uint8(1)
        if sign == _MINUS_SIGNS[0] or sign == _MINUS_SIGNS[1]:
            low = U(0) - low
            high = ~high + (U(1) if low == U(0) else U(0))
        store(out + U(row) * U(16), low)
        store(out + U(row) * U(16) + U(8), high)


@kernel("void(uint64, uint64, uint64, uint64, uint8[::1], uint8[::1], uint64, uint8[::1])")
def decode_zoned(
    address: np.uint64, stride: np.uint64, width: np.uint64, rows: np.uint64,
    digits: np.ndarray, last_digits: np.ndarray, out: np.uint64, bad: np.ndarray,
) -> None:  # fmt: skip
    """Zoned decimals into 128-bit integers at `out`.

    `digits` and `last_digits` have shape (256,): what a byte means in front, and in the last place with its sign.
    """
    for row in range(rows):
        start = address + U(row) * stride
        high, low = U(0), U(0)
        negative = False
        for place in range(width):
            byte = load(start + U(place), np.uint8)
            entry = last_digits[byte] if U(place) == width - U(1) else digits[byte]
            if entry == np.uint8(NOT_A_DIGIT):
                bad[U(row)] = np.uint8(1)
            negative = entry & np.uint8(NEGATIVE) != np.uint8(0)
            digit = U(entry & np.uint8(15))
            carry = high_product(low, U(10))
            low = low * U(10) + digit
            high = high * U(10) + carry + (U(1) if low < digit else U(0))
        if negative:
            low = U(0) - low
            high = ~high + (U(1) if low == U(0) else U(0))
        store(out + U(row) * U(16), low)
        store(out + U(row) * U(16) + U(8), high)
