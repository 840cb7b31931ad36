"""Which stratum each row belongs to: a number for each key, given in the order in which keys are first met."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_text import trimmed_length
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import high_product, load
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.read_digits import load_up_to_eight

#: how the keys of a column lie in memory: fixed bytes, padded text, text behind offsets of 32 bits
FIXED, PADDED, OFFSETS = U(0), U(1), U(2)
#: fields of the description of the strata column
FORM, ADDRESS, STRIDE, WIDTH, TEXTS, VALID = range(6)
#: fields of a stratum: the hash of its key, where the key begins, its bytes, a row that has it, how many rows have it
HASH, START, LENGTH, ROW, COUNT = range(5)
STRATUM_FIELDS = 5
NULL_HASH = U(0)  #: of rows that have no value
LAST_HASH = U(2**64 - 1)  #: of no key at all

_FORM, _ADDRESS, _STRIDE, _WIDTH, _TEXTS, _VALID = (U(one) for one in range(6))
_HASH, _START, _LENGTH, _ROW, _COUNT = (U(one) for one in range(5))
_FIRST, _SECOND = U(0x9E3779B97F4A7C15), U(0xD6E8FEB86659FD93)
_BLANK = np.uint8(0x20)
_NO_KEY = U(2**64 - 1)  #: the length of a null


@inlined
def mix64(value: np.uint64) -> np.uint64:
    """A bijection in which every bit of the result depends on all (Stafford's variant 13, as in SplitMix64)."""
    value = (value ^ (value >> U(30))) * U(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> U(27))) * U(0x94D049BB133111EB)
    return value ^ (value >> U(31))


@inlined
def _fold(a: np.uint64, b: np.uint64) -> np.uint64:
    return (a * b) ^ high_product(a, b)


@inlined
def hash_bytes(start: np.uint64, length: np.uint64) -> np.uint64:
    """A hash of some bytes, neither NULL_HASH nor LAST_HASH."""
    state = length * _SECOND + _FIRST
    rest = length
    while rest > U(8):
        state = _fold(load(start, np.uint64) ^ _FIRST, state ^ _SECOND)
        start += U(8)
        rest -= U(8)
    found = mix64(_fold(load_up_to_eight(start, rest) ^ _FIRST, state ^ _SECOND))
    if found in (NULL_HASH, LAST_HASH):
        return U(1)
    return found


@inlined
def _same_bytes(one: np.uint64, other: np.uint64, length: np.uint64) -> bool:
    while length > U(8):
        if load(one, np.uint64) != load(other, np.uint64):
            return False
        one += U(8)
        other += U(8)
        length -= U(8)
    return load_up_to_eight(one, length) == load_up_to_eight(other, length)


@inlined
def _key(column: np.ndarray, row: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Where the key of a row begins, and its bytes."""
    valid = column[_VALID]
    if valid != U(0) and load(valid + row, np.uint8) == np.uint8(0):
        return U(0), _NO_KEY
    at = column[_ADDRESS] + row * column[_STRIDE]
    form = column[_FORM]
    if form == PADDED:
        return at, trimmed_length(at, column[_WIDTH], _BLANK)
    if form == OFFSETS:
        begin = U(load(at, np.int32))
        return column[_TEXTS] + begin, U(load(at + U(4), np.int32)) - begin
    return at, column[_WIDTH]


@kernel("uint64(uint64[::1], uint64, uint64, uint32[::1], uint64[:, ::1], uint64[::1], uint32[::1])")
def code_strata(
    column: np.ndarray, row: np.uint64, rows: np.uint64,
    slots: np.ndarray, strata: np.ndarray, found: np.ndarray, codes: np.ndarray,
) -> np.uint64:  # fmt: skip
    """Give each row the number of its stratum, and count the rows of each.

    Args:
        column: shape (6,): see FORM and what follows it.
        row: the first one.
        rows: the row behind the last one.
        slots: shape (a power of two,): zeros; used for a hash table of the numbers of strata, plus one.
        strata: shape (room, STRATUM_FIELDS); room is below the number of slots.
        found: shape (1,): how many strata there are already; added to.
        codes: shape (rows,): set to the number of each row's stratum.

    Returns:
        The row it stopped at: `rows`, or the first whose stratum found no room.
    """
    mask = U(len(slots) - 1)
    room = U(len(strata))
    for known in range(found[U(0)]):
        slot = strata[U(known), _HASH] & mask
        while slots[slot] != np.uint32(0):
            slot = (slot + U(1)) & mask
        slots[slot] = np.uint32(known + 1)
    while row < rows:
        start, length = _key(column, row)
        key_hash = NULL_HASH if length == _NO_KEY else hash_bytes(start, length)
        slot = key_hash & mask
        while True:
            taken = U(slots[slot])
            if taken == U(0):
                if found[U(0)] == room:
                    return row
                code = found[U(0)]
                found[U(0)] += U(1)
                slots[slot] = np.uint32(code + U(1))
                strata[code, _HASH] = key_hash
                strata[code, _START] = start
                strata[code, _LENGTH] = length
                strata[code, _ROW] = row
                strata[code, _COUNT] = U(0)
                break
            code = taken - U(1)
            is_same = strata[code, _HASH] == key_hash and strata[code, _LENGTH] == length
            if is_same and (length == _NO_KEY or _same_bytes(start, strata[code, _START], length)):
                break
            slot = (slot + U(1)) & mask
        strata[code, _COUNT] += U(1)
        codes[row] = np.uint32(code)
        row += U(1)
    return row


@kernel("void(uint64, int64[::1], uint64[::1])")
def hash_texts(texts: np.uint64, offsets: np.ndarray, hashes: np.ndarray) -> None:
    """Hash texts that lie side by side; the hash of a text key is the same.

    Args:
        texts: address of the first one.
        offsets: shape (texts + 1,): where each begins, and the last one ends.
        hashes: shape (texts,): set.
    """
    for number in range(len(hashes)):
        begin = U(offsets[number])
        hashes[number] = hash_bytes(texts + begin, U(offsets[number + 1]) - begin)
