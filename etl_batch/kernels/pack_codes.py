"""Small numbers as Parquet keeps them: runs of one number, and runs of numbers in as few bits as the largest needs.

The "RLE / bit-packing hybrid" of Parquet's format: a run begins with a number of seven bits a byte, whose lowest bit
says which kind it is.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import store
from etl_batch.kernels.numbers_text import U

_LEAST_RUN = U(32)  #: so many of one number are written as that number and how often
_GROUP = U(8)  #: packed runs are of whole groups
_WORD_BITS = U(32)


@inlined
def _write_varint(out: np.uint64, value: np.uint64) -> np.uint64:
    while value > U(127):
        store(out, np.uint8(value & U(127) | U(128)))
        value >>= U(7)
        out += U(1)
    store(out, np.uint8(value))
    return out + U(1)


@inlined
def _packed_end(codes: np.ndarray, first: np.uint64, stop: np.uint64) -> np.uint64:
    """Where packed numbers end that begin at `first`: whole groups behind it, where a long run begins; or `stop`."""
    same_from, at = first, first + U(1)
    while at < stop:
        if codes[at] != codes[at - U(1)]:
            same_from = at
        end = first + ((same_from - first + _GROUP - U(1)) & ~(_GROUP - U(1)))
        at += U(1)
        if at >= end + _LEAST_RUN:
            return end
    return stop


@inlined
def _write_packed(out: np.uint64, codes: np.ndarray, first: np.uint64, stop: np.uint64, width: np.uint64) -> np.uint64:
    groups = (stop - first + _GROUP - U(1)) // _GROUP
    out = _write_varint(out, groups << U(1) | U(1))
    behind = out + groups * width
    word = bits = U(0)
    while first < stop:
        word |= U(codes[first]) << bits
        bits += width
        first += U(1)
        if bits >= _WORD_BITS:
            store(out, np.uint32(word))
            out += U(4)
            word >>= _WORD_BITS
            bits -= _WORD_BITS
    while out < behind:
        store(out, np.uint8(word))
        word >>= U(8)
        out += U(1)
    return behind


@kernel("uint64(uint32[::1], uint64, uint64, uint64, uint64)")
def pack_codes(codes: np.ndarray, first: np.uint64, stop: np.uint64, width: np.uint64, out: np.uint64) -> np.uint64:
    """Write some of the numbers.

    Args:
        codes: shape (n,): each below 2 to the power of `width`.
        first: the place of the first one.
        stop: the place behind the last one.
        width: bits of a number, 1 to 32.
        out: address with `packed_room` bytes.

    Returns:
        The address behind them.
    """
    while first < stop:
        end = _packed_end(codes, first, stop)
        if end > first:
            out = _write_packed(out, codes, first, end, width)
            first = end
        if first < stop:
            end = first + U(1)
            while end < stop and codes[end] == codes[first]:
                end += U(1)
            out = _write_varint(out, (end - first) << U(1))
            value = U(codes[first])
            for _ in range((width + U(7)) // U(8)):
                store(out, np.uint8(value))
                value >>= U(8)
                out += U(1)
            first = end
    return out


def packed_room(count: int, width: int) -> int:
    """The most bytes that so many numbers of so many bits can take, and what is written beyond them."""
    return (count + 8) * width // 8 + 2 * (count // int(_LEAST_RUN)) * 10 + 32
