"""The distinct values of a column, numbered in the order in which they are first met, and each row's number."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_text import copy_bytes
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.stratum_codes import first_words, hash_bytes, last_words, same_bytes, short_hash

#: fields of the description of a column: where its values are, or the offsets of its texts (32 bits each); bytes of a
#: value; where the texts are; where a byte for each row says whether there is a value, or 0
ADDRESS, WIDTH, TEXTS, VALID = range(4)
#: fields of a distinct text: where it begins, its bytes, its first 16 bytes, and its last 16 where it has more
START, LENGTH, WORD, NEXT_WORD, WORD_BEFORE_LAST, LAST_WORD = range(6)
TEXT_FIELDS = 6
#: fields of the counts: distinct values, rows that have a value, bytes of the texts of these
DISTINCT, CODED, BYTES = range(3)

_ADDRESS, _WIDTH, _TEXTS, _VALID = (U(place) for place in range(4))
_START, _LENGTH, _WORD, _NEXT_WORD, _WORD_BEFORE_LAST, _LAST_WORD = (U(place) for place in range(6))
_DISTINCT, _CODED, _BYTES = U(0), U(1), U(2)
_SPREAD = U(0x9E3779B97F4A7C15)
_UPPER_HALF = U(32)
_HELD = U(32)  #: bytes of a text that its words hold
_FOUR, _TWO = U(4), U(2)


@inlined
def _number_at(at: np.uint64, width: np.uint64) -> np.uint64:
    if width == U(8):
        return load(at, np.uint64)
    if width == _FOUR:
        return U(load(at, np.uint32))
    if width == _TWO:
        return U(load(at, np.uint16))
    return U(load(at, np.uint8))


@inlined
def _slot_of(value: np.uint64, mask: np.uint64) -> np.uint64:
    return ((value ^ (value >> _UPPER_HALF)) * _SPREAD >> _UPPER_HALF) & mask


@kernel("uint64(uint64[::1], uint64, uint64, uint64[:, ::1], uint64[::1], uint32[::1], uint64[::1])")
def code_numbers(
    column: np.ndarray, row: np.uint64, rows: np.uint64,
    slots: np.ndarray, values: np.ndarray, codes: np.ndarray, counts: np.ndarray,
) -> np.uint64:  # fmt: skip
    """Number the distinct values of a column of 1, 2, 4 or 8 bytes a value; values are told apart by their bits.

    Args:
        column: shape (4,): see ADDRESS and what follows it.
        row: the first one.
        rows: the row behind the last one.
        slots: shape (a power of two, 2): zeros; used for a hash table of the values, each with its number plus one.
        values: shape (room,): the distinct values, added to; room is below the number of slots.
        codes: shape (rows,): the numbers of rows that have a value, side by side, added to.
        counts: shape (3,): see DISTINCT and what follows it; added to.

    Returns:
        The row it stopped at: `rows`, or the first whose value found no room.
    """
    mask, room = U(len(slots) - 1), U(len(values))
    address, width, valid = column[_ADDRESS], column[_WIDTH], column[_VALID]
    distinct, coded = counts[_DISTINCT], counts[_CODED]
    for known in range(distinct):
        slot = _slot_of(values[U(known)], mask)
        while slots[slot, U(1)] != U(0):
            slot = (slot + U(1)) & mask
        slots[slot, U(0)], slots[slot, U(1)] = values[U(known)], U(known) + U(1)
    while row < rows:
        if valid != U(0) and load(valid + row, np.uint8) == np.uint8(0):
            row += U(1)
            continue
        value = _number_at(address + row * width, width)
        slot = _slot_of(value, mask)
        while slots[slot, U(1)] != U(0) and slots[slot, U(0)] != value:
            slot = (slot + U(1)) & mask
        code = slots[slot, U(1)]
        if code == U(0):
            if distinct == room:
                break
            values[distinct] = value
            distinct += U(1)
            slots[slot, U(0)], slots[slot, U(1)] = value, distinct
            code = distinct
        codes[coded] = np.uint32(code - U(1))
        coded += U(1)
        row += U(1)
    counts[_DISTINCT], counts[_CODED] = distinct, coded
    return row


@inlined
def _slot_of_text(
    start: np.uint64, length: np.uint64, words: tuple[np.uint64, np.uint64], last: tuple[np.uint64, np.uint64]
) -> np.uint64:
    return hash_bytes(start, length) if length > _HELD else short_hash(length, words, last)


@inlined
def _is_text(
    line: np.ndarray, start: np.uint64, length: np.uint64,
    words: tuple[np.uint64, np.uint64], last: tuple[np.uint64, np.uint64],
) -> bool:  # fmt: skip
    """Whether a known text is the one that begins there."""
    differing = (line[_WORD] ^ words[0]) | (line[_NEXT_WORD] ^ words[1]) | (line[_LENGTH] ^ length)
    differing |= (line[_WORD_BEFORE_LAST] ^ last[0]) | (line[_LAST_WORD] ^ last[1])
    if differing != U(0):
        return False
    return length <= _HELD or same_bytes(start, line[_START], length, U(16))


@kernel("uint64(uint64[::1], uint64, uint64, uint32[::1], uint64[:, ::1], uint32[::1], uint64[::1])")
def code_texts(
    column: np.ndarray, row: np.uint64, rows: np.uint64,
    slots: np.ndarray, lines: np.ndarray, codes: np.ndarray, counts: np.ndarray,
) -> np.uint64:  # fmt: skip
    """Number the distinct texts of a column.

    Args:
        column: shape (4,): see ADDRESS and what follows it.
        row: the first one.
        rows: the row behind the last one.
        slots: shape (a power of two,): zeros; used for a hash table of the numbers of texts, plus one.
        lines: shape (room, TEXT_FIELDS): the distinct texts, added to; room is below the number of slots.
        codes: shape (rows,): the numbers of rows that have a text, side by side, added to.
        counts: shape (3,): see DISTINCT and what follows it; added to.

    Returns:
        The row it stopped at: `rows`, or the first whose text found no room.
    """
    mask, room = U(len(slots) - 1), U(len(lines))
    offsets, texts, valid = column[_ADDRESS], column[_TEXTS], column[_VALID]
    distinct, coded, size, before = counts[_DISTINCT], counts[_CODED], counts[_BYTES], U(0)
    for known in range(distinct):
        line = lines[U(known)]
        words, last = (line[_WORD], line[_NEXT_WORD]), (line[_WORD_BEFORE_LAST], line[_LAST_WORD])
        slot = _slot_of_text(line[_START], line[_LENGTH], words, last) & mask
        while slots[slot] != np.uint32(0):
            slot = (slot + U(1)) & mask
        slots[slot] = np.uint32(known + 1)
    while row < rows:
        if valid != U(0) and load(valid + row, np.uint8) == np.uint8(0):
            row += U(1)
            continue
        at = offsets + row * _FOUR
        begin = U(load(at, np.int32))
        start, length = texts + begin, U(load(at + _FOUR, np.int32)) - begin
        words, last = first_words(start, length), last_words(start, length)
        if before == U(0) or not _is_text(lines[before - U(1)], start, length, words, last):
            # Another text than that of the row before.
            slot = _slot_of_text(start, length, words, last) & mask
            while slots[slot] != np.uint32(0) and not _is_text(lines[slots[slot] - U(1)], start, length, words, last):
                slot = (slot + U(1)) & mask
            before = U(slots[slot])
            if before == U(0):
                if distinct == room:
                    break
                lines[distinct, _START], lines[distinct, _LENGTH] = start, length
                lines[distinct, _WORD], lines[distinct, _NEXT_WORD] = words
                lines[distinct, _WORD_BEFORE_LAST], lines[distinct, _LAST_WORD] = last
                distinct += U(1)
                slots[slot] = np.uint32(distinct)
                before = distinct
        size += length
        codes[coded] = np.uint32(before - U(1))
        coded += U(1)
        row += U(1)
    counts[_DISTINCT], counts[_CODED], counts[_BYTES] = distinct, coded, size
    return row


@kernel("uint64(uint64[:, ::1], uint64)")
def write_texts(lines: np.ndarray, out: np.uint64) -> np.uint64:
    """Write texts one behind the other, each behind its length of 32 bits: Parquet's PLAIN encoding.

    Args:
        lines: shape (texts, TEXT_FIELDS): see START and what follows it.
        out: address with room for them.

    Returns:
        The address behind them.
    """
    for number in range(len(lines)):
        length = lines[U(number), _LENGTH]
        store(out, np.uint32(length))
        out = copy_bytes(out + _FOUR, lines[U(number), _START], length)
    return out
