"""Text of an encoding of one byte a character, as UTF-8."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.block64 import BLOCK, copy_block, not_ascii_mask
from etl_batch.kernels.compile import kernel
from etl_batch.kernels.machine import load, store, trailing_zeros
from etl_batch.kernels.numbers_text import U

BYTES_OF_CODE = 3  #: in UTF-8, at most
REFUSED = 1 << 31  #: of an entry of the table: a text with this code is none
ROOM_BEHIND = 64  #: bytes that are written behind the text, and mean nothing

_FIRST_HIGH, _NUL = np.uint8(0x80), np.uint8(0)
_LENGTH_BITS = np.uint32(24)
_LENGTH, _REFUSED = np.uint32(3), np.uint32(REFUSED)


@kernel("uint64(uint64, uint64, uint32[::1], uint64, uint64)")
def write_utf8(
    at: np.uint64, stop: np.uint64, table: np.ndarray, holds_ascii: np.uint64, out: np.uint64
) -> np.uint64:  # fmt: skip
    """Write a text in UTF-8.

    Args:
        at: address of the text.
        stop: address behind it.
        table: shape (256,): what is written for each code, in the low 24 bits, and above them how many bytes; or
            `REFUSED` beside a length.
        holds_ascii: 1 where each code below 128 stands for itself: those are copied 64 at a time. Else 0.
        out: where it is written: room for BYTES_OF_CODE for each byte, and ROOM_BEHIND.

    Returns:
        The address behind what was written; 0: a code is refused.
    """
    met = np.uint32(0)
    while at < stop:
        if holds_ascii != U(0) and stop - at > BLOCK and load(at, np.uint8) < _FIRST_HIGH:
            ahead = trailing_zeros(not_ascii_mask(at))  # 64: all of them
            copy_block(out, at, _NUL, _NUL)
            at += ahead
            out += ahead
        # The one behind by the table, whatever it is: nobody can predict how far the next umlaut is.
        entry = table[load(at, np.uint8)]
        store(out, entry)
        met |= entry
        out += U(entry >> _LENGTH_BITS & _LENGTH)
        at += U(1)
    return out if met & _REFUSED == np.uint32(0) else U(0)
