"""Integers as Parquet keeps their differences: DELTA_BINARY_PACKED, in blocks of 128 with four widths each.

A block begins with its least difference; each 32 of what lies above that take as few bits as the largest of them needs.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import leading_zeros, load, scratch_kilobyte, store
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.pack_codes import write_varint

BLOCK_VALUES, BLOCK_PARTS = 128, 4
_PART = BLOCK_VALUES // BLOCK_PARTS
_BLOCK, _WORD, _BITS = U(BLOCK_VALUES), U(8), U(64)
_FOUR, _TWO, _LAST_BIT = U(4), U(2), U(63)
_LARGEST = np.int64(2**63 - 1)


@inlined
def _value_at(at: np.uint64, width: np.uint64, signed: bool) -> np.int64:
    """A value as Parquet has it: with the sign of its own width; of 32 bits and more the bits alone count."""
    if width == _WORD:
        return load(at, np.int64)
    if width == _FOUR:
        return np.int64(load(at, np.int32))
    if width == _TWO:
        return np.int64(load(at, np.int16)) if signed else np.int64(load(at, np.uint16))
    return np.int64(load(at, np.int8)) if signed else np.int64(load(at, np.uint8))


@inlined
def _zigzag(value: np.int64) -> np.uint64:
    return (U(value) << U(1)) ^ (U(0) - (U(value) >> _LAST_BIT))


@inlined
def _write_part(out: np.uint64, at: np.uint64, width: np.uint64) -> np.uint64:
    """Write 32 numbers of a width; returns the address behind them."""
    word = bits = U(0)
    for place in range(_PART):
        value = load(at + U(place) * _WORD, np.uint64)
        word |= value << bits
        bits += width
        if bits >= _BITS:
            store(out, word)
            out += _WORD
            bits -= _BITS
            word = value >> (width - bits) if bits > U(0) else U(0)
    if bits > U(0):  # then they are 32
        store(out, np.uint32(word))
        out += _FOUR
    return out


@inlined
def _write_block(out: np.uint64, spare: np.uint64, count: np.uint64, least: np.int64) -> np.uint64:
    """Write the differences of a block, at most 128; returns the address behind them."""
    out = write_varint(out, _zigzag(least))
    for place in range(count):
        at = spare + U(place) * _WORD
        store(at, load(at, np.uint64) - U(least))
    for place in range(count, _BLOCK):
        store(spare + U(place) * _WORD, U(0))
    widths = out
    out += U(BLOCK_PARTS)
    for part in range(BLOCK_PARTS):
        first = spare + U(part * _PART) * _WORD
        every = U(0)
        for place in range(_PART):
            every |= load(first + U(place) * _WORD, np.uint64)
        width = _BITS - leading_zeros(every)
        store(widths + U(part), np.uint8(width))
        if width > U(0):
            out = _write_part(out, first, width)
    return out


@kernel("uint64(uint64[::1], uint64, uint64, uint64, uint64, uint64)")
def pack_differences(
    column: np.ndarray, row: np.uint64, rows: np.uint64, signed: np.uint64, count: np.uint64, out: np.uint64
) -> np.uint64:
    """Write integers of 1, 2, 4 or 8 bytes; those of less than 8 as integers of 32 bits, whose differences wrap around.

    Args:
        column: shape (4,): see `dictionary_codes.ADDRESS` and what follows it.
        row: the first one.
        rows: the row behind the last one.
        signed: 1 where the values are, else 0.
        count: how many of these rows have a value.
        out: address with `differences_room` bytes.

    Returns:
        The address behind them.
    """
    address, width, valid = column[U(0)], column[U(1)], column[U(3)]
    out = write_varint(out, _BLOCK)
    out = write_varint(out, U(BLOCK_PARTS))
    out = write_varint(out, count)
    while valid != U(0) and row < rows and load(valid + row, np.uint8) == np.uint8(0):
        row += U(1)
    before = _value_at(address + row * width, width, signed != U(0)) if row < rows else np.int64(0)
    out = write_varint(out, _zigzag(before))
    row += U(1)
    spare = scratch_kilobyte()
    while row < rows:
        found, least = U(0), _LARGEST
        while found < _BLOCK and row < rows:
            if valid == U(0) or load(valid + row, np.uint8) != np.uint8(0):
                value = _value_at(address + row * width, width, signed != U(0))
                difference = np.int64(U(value) - U(before))
                if width != _WORD:
                    difference = np.int64(np.int32(difference))
                before = value
                least = min(least, difference)
                store(spare + found * _WORD, U(difference))
                found += U(1)
            row += U(1)
        if found > U(0):
            out = _write_block(out, spare, found, least)
    return out


def differences_room(count: int, width: int) -> int:
    """The most bytes that so many integers of so many bytes can take, and what is written beyond them."""
    blocks = count // BLOCK_VALUES + 1
    return blocks * (BLOCK_VALUES * max(width, 4) + BLOCK_PARTS + 10) + 64
