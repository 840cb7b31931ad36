"""Small numbers as Parquet keeps them: runs of one number, and runs of numbers in as few bits as the largest needs.

The "RLE / bit-packing hybrid" of Parquet's format: a run begins with a number of seven bits a byte, whose lowest bit
says which kind it is.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import U

GROUP = 8  #: packed runs are of whole groups; so many of one number, where a group would begin, are the least run
_GROUP, _HALF = U(GROUP), U(GROUP // 2)
_WORD_BITS = U(32)
_UPPER_HALF = U(32)
_SHORT = U(16)  #: bits of a number, of which half a group fits a word
_FOUR, _WORD = U(4), U(8)


@inlined
def write_varint(out: np.uint64, value: np.uint64) -> np.uint64:
    """Write a number of seven bits a byte; returns the address behind it."""
    while value > U(127):
        store(out, np.uint8(value & U(127) | U(128)))
        value >>= U(7)
        out += U(1)
    store(out, np.uint8(value))
    return out + U(1)


@inlined
def _is_one_number(at: np.uint64) -> bool:
    """Whether the eight numbers there are the same."""
    first = load(at, np.uint64)
    differing = (first >> _UPPER_HALF) ^ (first & U(0xFFFFFFFF))
    for place in range(1, GROUP // 2):
        differing |= load(at + _WORD * U(place), np.uint64) ^ first
    return differing == U(0)


@inlined
def _packed_end(at: np.uint64, stop: np.uint64) -> np.uint64:
    """Where packed numbers end that begin there: at the first group that is of one number, or at `stop`."""
    while at + _GROUP * _FOUR <= stop:
        if _is_one_number(at):
            return at
        at += _GROUP * _FOUR
    return stop


@inlined
def _half_group(at: np.uint64, width: np.uint64) -> np.uint64:
    """Four numbers of 16 bits at most, side by side in a word."""
    word = U(load(at, np.uint32)) | U(load(at + _FOUR, np.uint32)) << width
    word |= U(load(at + _WORD, np.uint32)) << (width + width)
    return word | U(load(at + _WORD + _FOUR, np.uint32)) << (width + width + width)


@inlined
def _write_short(out: np.uint64, at: np.uint64, groups: np.uint64, width: np.uint64) -> None:
    """Write whole groups of numbers of 16 bits at most; up to 16 bytes are written behind them."""
    bits = _HALF * width
    behind, shift = bits >> U(3), bits & U(7)
    for _ in range(groups):
        first, second = _half_group(at, width), _half_group(at + _HALF * _FOUR, width)
        store(out, first)
        # The second half may begin within a byte, whose other bits are the first one's.
        rest = first >> (U(8) * behind) if behind < _WORD else U(0)
        store(out + behind, second << shift | rest)
        at += _GROUP * _FOUR
        out += width


@inlined
def _write_long(out: np.uint64, at: np.uint64, stop: np.uint64, width: np.uint64) -> np.uint64:
    """Write numbers of any width, but for the last bytes of the last group; returns the address behind them."""
    word = bits = U(0)
    while at < stop:
        word |= U(load(at, np.uint32)) << bits
        bits += width
        at += _FOUR
        if bits >= _WORD_BITS:
            store(out, np.uint32(word))
            out += _FOUR
            word >>= _WORD_BITS
            bits -= _WORD_BITS
    store(out, np.uint32(word))
    return out + ((bits + U(7)) >> U(3))


@inlined
def _write_packed(out: np.uint64, at: np.uint64, stop: np.uint64, width: np.uint64) -> np.uint64:
    """Write a packed run, its last group filled up with zeros; returns the address behind it."""
    count = (stop - at) >> U(2)
    groups, whole = (count + _GROUP - U(1)) // _GROUP, count // _GROUP
    out = write_varint(out, groups << U(1) | U(1))
    behind = out + groups * width
    if width <= _SHORT:
        _write_short(out, at, whole, width)
        out += whole * width
        at += whole * _GROUP * _FOUR
    if at < stop:
        out = _write_long(out, at, stop, width)
    while out < behind:
        store(out, np.uint8(0))
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
    at, end = U(codes.ctypes.data) + first * _FOUR, U(codes.ctypes.data) + stop * _FOUR
    while at < end:
        run = _packed_end(at, end)
        if run > at:
            out = _write_packed(out, at, run, width)
            at = run
        if at < end:
            number = load(at, np.uint32)
            while run < end and load(run, np.uint32) == number:
                run += _FOUR
            out = write_varint(out, ((run - at) >> U(2)) << U(1))
            value = U(number)
            for _ in range((width + U(7)) // U(8)):
                store(out, np.uint8(value))
                value >>= U(8)
                out += U(1)
            at = run
    return out


def packed_room(count: int, width: int) -> int:
    """The most bytes that so many numbers of so many bits can take, and what is written beyond them."""
    # A run of one number may be narrower than a group, but what begins it and the packed run behind it is not.
    return (count // GROUP + 1) * (width + 2 * 10) + 32
