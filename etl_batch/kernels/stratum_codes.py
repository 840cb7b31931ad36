"""Which stratum each row belongs to: a number for each key, given in the order in which keys are first met."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_text import trimmed_length
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import high_product, load
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.read_digits import load_up_to_eight

#: how the keys of a column lie in memory: fixed bytes, padded text, text behind offsets of 32 bits, text behind its own
#: offset and length of 32 bits each
FIXED, PADDED, OFFSETS, PLACES = U(0), U(1), U(2), U(3)
#: fields of the description of the strata column
FORM, ADDRESS, STRIDE, WIDTH, TEXTS, VALID = range(6)
#: fields of a stratum: the hash of its key, where the key begins, its bytes, how many rows have it, its first 16 bytes,
#: and its last 16 where it has more
HASH, START, LENGTH, COUNT, WORD, NEXT_WORD, WORD_BEFORE_LAST, LAST_WORD = range(8)
STRATUM_FIELDS = 8
NULL_HASH = U(0)  #: of rows that have no value
LAST_HASH = U(2**64 - 1)  #: of no key at all

_FORM, _ADDRESS, _STRIDE, _WIDTH, _TEXTS, _VALID = (U(place) for place in range(6))
_HASH, _START, _LENGTH, _COUNT, _WORD, _NEXT_WORD, _WORD_BEFORE_LAST, _LAST_WORD = (U(place) for place in range(8))
_ALL = U(2**64 - 1)
_IN_PAGE, _SIXTEEN_BEFORE_PAGE = U(4095), U(4096 - 16)
_FIRST, _SECOND = U(0x9E3779B97F4A7C15), U(0xD6E8FEB86659FD93)
_THIRD, _FOURTH, _FIFTH = U(0xC2B2AE3D27D4EB4F), U(0x165667B19E3779F9), U(0x27D4EB2F165667C5)
_HELD = U(32)  #: bytes of a key that its first and last words hold
_UPPER_HALF = U(32)
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
def first_words(start: np.uint64, length: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The first sixteen bytes, zeros where the key has ended."""
    if length == U(0):
        return U(0), U(0)
    if start & _IN_PAGE > _SIXTEEN_BEFORE_PAGE:
        second = load_up_to_eight(start + U(8), length - U(8)) if length > U(8) else U(0)
        return load_up_to_eight(start, length), second
    # Without a branch on the length, which nobody can predict. What lies behind the key is in the same page.
    bits = U(8) * min(length, U(8))
    bits_behind = U(8) * min(length, U(16)) - bits
    first = load(start, np.uint64) & (_ALL >> ((U(64) - bits) & U(63)))
    second = load(start + U(8), np.uint64) & (_ALL >> ((U(64) - bits_behind) & U(63)))
    return first, second * U(bits_behind != U(0))


@inlined
def _hash(start: np.uint64, length: np.uint64, words: tuple[np.uint64, np.uint64]) -> np.uint64:
    """A hash of a key, neither NULL_HASH nor LAST_HASH; `words` are its first ones."""
    state = _fold(words[0] ^ _FIRST, (length * _SECOND + _FIRST) ^ _SECOND)
    state = _fold(words[1] ^ _FIRST, state ^ _SECOND)
    done = U(16)
    while done < length:
        state = _fold(load_up_to_eight(start + done, length - done) ^ _FIRST, state ^ _SECOND)
        done += U(8)
    found = mix64(state)
    if found in (NULL_HASH, LAST_HASH):
        return U(1)
    return found


@inlined
def hash_bytes(start: np.uint64, length: np.uint64) -> np.uint64:
    """A hash of some bytes, neither NULL_HASH nor LAST_HASH."""
    return _hash(start, length, first_words(start, length))


@inlined
def same_bytes(at: np.uint64, other: np.uint64, length: np.uint64, done: np.uint64) -> bool:
    """Whether two keys of one length are the same behind their first `done` bytes."""
    while done < length:
        if load_up_to_eight(at + done, length - done) != load_up_to_eight(other + done, length - done):
            return False
        done += U(8)
    return True


@inlined
def last_words(start: np.uint64, length: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The last sixteen bytes of a key of more than sixteen; else zeros, for `first_words` has all of it."""
    if length == U(0):
        return U(0), U(0)
    # Without a branch, as there. Of a short key, what is read is in the same page, and is not used.
    is_long = length > U(16)
    at = start + length - U(16) if is_long else start & ~U(15)
    return load(at, np.uint64) * U(is_long), load(at + U(8), np.uint64) * U(is_long)


@inlined
def short_hash(length: np.uint64, words: tuple[np.uint64, np.uint64], last: tuple[np.uint64, np.uint64]) -> np.uint64:
    """Where to look for a key that its first and last words hold: what they make in a few steps that need not wait."""
    mixed = words[0] * _FIRST + words[1] * _SECOND + last[0] * _THIRD + last[1] * _FOURTH + length * _FIFTH
    return (mixed ^ (mixed >> U(29))) * _SECOND >> _UPPER_HALF


@inlined
def _slot_hash(
    start: np.uint64, length: np.uint64, words: tuple[np.uint64, np.uint64], last: tuple[np.uint64, np.uint64]
) -> np.uint64:
    """Where to look for any key."""
    if length > _HELD and length != _NO_KEY:
        return _hash(start, length, words)
    return short_hash(length, words, last)


@inlined
def key_of(column: np.ndarray, row: np.uint64) -> tuple[np.uint64, np.uint64]:
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
    if form == PLACES:
        return column[_TEXTS] + U(load(at, np.uint32)), U(load(at + U(4), np.uint32))
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
        line = strata[U(known)]
        words, last = (line[_WORD], line[_NEXT_WORD]), (line[_WORD_BEFORE_LAST], line[_LAST_WORD])
        slot = _slot_hash(line[_START], line[_LENGTH], words, last) & mask
        while slots[slot] != np.uint32(0):
            slot = (slot + U(1)) & mask
        slots[slot] = np.uint32(known + 1)
    while row < rows:
        start, length = key_of(column, row)
        words = last = (U(0), U(0))
        if length != _NO_KEY:
            words, last = first_words(start, length), last_words(start, length)
        slot = _slot_hash(start, length, words, last) & mask
        while True:
            taken = U(slots[slot])
            if taken == U(0):
                if found[U(0)] == room:
                    return row
                code = found[U(0)]
                found[U(0)] += U(1)
                slots[slot] = np.uint32(code + U(1))
                strata[code, _HASH] = NULL_HASH if length == _NO_KEY else _hash(start, length, words)
                strata[code, _START] = start
                strata[code, _LENGTH] = length
                strata[code, _COUNT] = U(0)
                strata[code, _WORD], strata[code, _NEXT_WORD] = words
                strata[code, _WORD_BEFORE_LAST], strata[code, _LAST_WORD] = last
                break
            code = taken - U(1)
            differing = (strata[code, _WORD] ^ words[0]) | (strata[code, _NEXT_WORD] ^ words[1])
            differing |= (strata[code, _WORD_BEFORE_LAST] ^ last[0]) | (strata[code, _LAST_WORD] ^ last[1])
            differing |= strata[code, _LENGTH] ^ length
            if differing == U(0) and (length <= _HELD or length == _NO_KEY):
                break
            if differing == U(0) and same_bytes(start, strata[code, _START], length, U(16)):
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
        length = U(offsets[number + 1]) - begin
        hashes[number] = _hash(texts + begin, length, first_words(texts + begin, length))
