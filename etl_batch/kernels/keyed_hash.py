"""The hashes of a column's values under a secret: SipHash-2-4 of 128 bits (Aumasson and Bernstein, 2012).

Who does not know the secret cannot make two values with one hash; of n values that differ, two have one by chance with
a probability below n * n / 2**129.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.read_digits import load_up_to_eight

HASH_BYTES = 16
_HASH, _WORD, _BITS = U(HASH_BYTES), U(8), U(64)
_FIRST, _SECOND = U(0x736F6D6570736575), U(0x646F72616E646F6D)
_THIRD, _FOURTH = U(0x6C7967656E657261), U(0x7465646279746573)
_WIDE, _WIDER = U(0xEE), U(0xDD)  #: of the form of 128 bits
_LENGTH_SHIFT = U(56)


@inlined
def _rotated(word: np.uint64, by: np.uint64) -> np.uint64:
    return (word << by) | (word >> (_BITS - by))


@inlined
def _round(
    first: np.uint64, second: np.uint64, third: np.uint64, fourth: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    first += second
    third += fourth
    second = _rotated(second, U(13)) ^ first
    fourth = _rotated(fourth, U(16)) ^ third
    first = _rotated(first, U(32))
    third += second
    first += fourth
    second = _rotated(second, U(17)) ^ third
    fourth = _rotated(fourth, U(21)) ^ first
    return first, second, _rotated(third, U(32)), fourth


@inlined
def _end(
    state: tuple[np.uint64, np.uint64, np.uint64, np.uint64],
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    first, second, third, fourth = state
    for _ in range(4):
        first, second, third, fourth = _round(first, second, third, fourth)
    return first, second, third, fourth


@kernel("void(uint64, uint64, uint64, uint64, uint64, uint64)")
def hash_values(
    offsets: np.uint64, content: np.uint64, rows: np.uint64, low: np.uint64, high: np.uint64, out: np.uint64
) -> None:
    """Put down the hash of each value.

    Args:
        offsets: address of where each value begins in the content, and the last one ends (int64).
        content: its address.
        rows: how many values.
        low: the first half of the secret.
        high: the second.
        out: address of room for HASH_BYTES each.
    """
    for row in range(rows):
        begin = load(offsets + U(row) * _WORD, np.uint64)
        length = load(offsets + U(row) * _WORD + _WORD, np.uint64) - begin
        at, left = content + begin, length
        first, second, third, fourth = low ^ _FIRST, high ^ _SECOND ^ _WIDE, low ^ _THIRD, high ^ _FOURTH
        while left >= _WORD:
            word = load(at, np.uint64)
            fourth ^= word
            first, second, third, fourth = _round(first, second, third, fourth)
            first, second, third, fourth = _round(first, second, third, fourth)
            first ^= word
            at += _WORD
            left -= _WORD
        word = load_up_to_eight(at, left) | (length << _LENGTH_SHIFT)
        fourth ^= word
        first, second, third, fourth = _round(first, second, third, fourth)
        first, second, third, fourth = _round(first, second, third, fourth)
        first ^= word
        first, second, third, fourth = _end((first, second, third ^ _WIDE, fourth))
        store(out + U(row) * _HASH, first ^ second ^ third ^ fourth)
        first, second, third, fourth = _end((first, second ^ _WIDER, third, fourth))
        store(out + U(row) * _HASH + _WORD, first ^ second ^ third ^ fourth)
