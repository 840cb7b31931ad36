"""Stored fields into Arrow buffers, and the checks that let not one broken value through."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_text import NOT_ASCII, copy_bytes, is_ascii, is_utf8, trimmed_length
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import U


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
