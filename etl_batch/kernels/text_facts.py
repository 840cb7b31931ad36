"""Texts of a column, one after the other: how long they are, and which is the first and the last by its bytes."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.block16 import SIXTEEN, look_at_sixteen, sixteen_readable
from etl_batch.kernels.cell_text import NOT_ASCII, trimmed_length
from etl_batch.kernels.compile import inlined, outlined
from etl_batch.kernels.csv_check import QUOTE
from etl_batch.kernels.fact_fields import (
    DOUBLED,
    FIRST_AT,
    FIRST_BYTES,
    FIRST_KEY,
    FIRST_MORE,
    LAST_AT,
    LAST_BYTES,
    LAST_KEY,
    LAST_MORE,
    LONGEST,
    SHORTEST,
)
from etl_batch.kernels.formula_starts import BLANK
from etl_batch.kernels.machine import leading_zeros, load, load_item, never_inline, stay_apart, store, swap_bytes
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.read_digits import has_eight_in_page, load_up_to_eight

_SHORTEST, _LONGEST = U(8 * SHORTEST), U(8 * LONGEST)
_FIRST_AT, _FIRST_BYTES, _FIRST_KEY = U(8 * FIRST_AT), U(8 * FIRST_BYTES), U(8 * FIRST_KEY)
_LAST_AT, _LAST_BYTES, _LAST_KEY = U(8 * LAST_AT), U(8 * LAST_BYTES), U(8 * LAST_KEY)
_FIRST_MORE, _LAST_MORE = U(8 * FIRST_MORE), U(8 * LAST_MORE)
_EIGHT, _BITS, _ALL = U(8), U(64), U(2**64 - 1)
_DOUBLED = U(DOUBLED)
_OF_FIRST = np.array([2 ** (8 * count) - 1 for count in range(9)], dtype=np.uint64)  #: so many bytes of a word
_CONTINUES, _TOP_TWO = np.uint8(0x80), np.uint8(0xC0)


@outlined
def _is_less_unescaped(start: np.uint64, length: np.uint64, other: np.uint64, its: np.uint64) -> bool:
    """As `_is_less`, where quotes of a text that is marked as `DOUBLED` count once."""
    never_inline()
    doubled, its_doubled = length & _DOUBLED, its & _DOUBLED
    end, other_end = start + (length & ~_DOUBLED), other + (its & ~_DOUBLED)
    while start < end and other < other_end:
        ours, theirs = load(start, np.uint8), load(other, np.uint8)
        if ours != theirs:
            return ours < theirs
        start += U(2) if doubled and ours == QUOTE else U(1)
        other += U(2) if its_doubled and theirs == QUOTE else U(1)
    return start >= end and other < other_end


@inlined
def _is_less(start: np.uint64, length: np.uint64, other: np.uint64, its: np.uint64) -> bool:
    """Whether a text comes before another by its bytes."""
    if (length | its) & _DOUBLED:
        return _is_less_unescaped(start, length, other, its)
    at, shorter = U(0), min(length, its)
    while at < shorter:
        left = min(shorter - at, _EIGHT)
        ours, theirs = load_up_to_eight(start + at, left), load_up_to_eight(other + at, left)
        if ours != theirs:
            return swap_bytes(ours) < swap_bytes(theirs)
        at += _EIGHT
    return length < its


@outlined
def _characters(start: np.uint64, length: np.uint64) -> np.uint64:
    """How many characters a text in UTF-8 has."""
    never_inline()
    found = U(0)
    for place in range(length):
        found += U(load(start + U(place), np.uint8) & _TOP_TWO != _CONTINUES)
    return found


@inlined
def first_eight(start: np.uint64, length: np.uint64) -> np.uint64:
    """As `load_up_to_eight`, without a branch on the length, where most texts lie."""
    if has_eight_in_page(start):
        return load(start, np.uint64) & _OF_FIRST[min(length, _EIGHT)]
    return load_up_to_eight(start, length)


@inlined
def _comes_before(ours: tuple[np.uint64, ...], theirs: tuple[np.uint64, ...]) -> bool:
    """Whether a text is less than another; both as address, bytes, key and the eight bytes behind that."""
    start, length, key, more = ours
    other, its, other_key, other_more = theirs
    if key != other_key:
        return key < other_key
    if more != other_more:
        return more < other_more
    return _is_less(start, length, other, its)


@outlined
def _note_end(line: np.uint64, start: np.uint64, length: np.uint64, key: np.uint64, more: np.uint64) -> None:
    """Take a text for the first or the last one, where it is."""
    never_inline()
    text = start, length, key, more
    first = (
        load(line + _FIRST_AT, np.uint64), load(line + _FIRST_BYTES, np.uint64),
        load(line + _FIRST_KEY, np.uint64), load(line + _FIRST_MORE, np.uint64),
    )  # fmt: skip
    last = (
        load(line + _LAST_AT, np.uint64), load(line + _LAST_BYTES, np.uint64),
        load(line + _LAST_KEY, np.uint64), load(line + _LAST_MORE, np.uint64),
    )  # fmt: skip
    if first[0] == U(0) or _comes_before(text, first):
        store(line + _FIRST_AT, start)
        store(line + _FIRST_BYTES, length)
        store(line + _FIRST_KEY, key)
        store(line + _FIRST_MORE, more)
    if last[0] == U(0) or _comes_before(last, text):
        store(line + _LAST_AT, start)
        store(line + _LAST_BYTES, length)
        store(line + _LAST_KEY, key)
        store(line + _LAST_MORE, more)


@inlined
def begin_texts(line: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """What `note_text` goes on with: the shortest, the longest, the keys of the first and the last text."""
    return (
        load(line + _SHORTEST, np.uint64), load(line + _LONGEST, np.uint64),
        load(line + _FIRST_KEY, np.uint64), load(line + _LAST_KEY, np.uint64),
    )  # fmt: skip


@inlined
def end_texts(line: np.uint64, so_far: tuple[np.uint64, np.uint64, np.uint64, np.uint64]) -> None:
    """Keep what `note_text` came to."""
    store(line + _SHORTEST, so_far[0])
    store(line + _LONGEST, so_far[1])


@inlined
def note_text(
    line: np.uint64,
    text: tuple[np.uint64, np.uint64, np.uint64],
    so_far: tuple[np.uint64, np.uint64, np.uint64, np.uint64],
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Take a text into account.

    Args:
        line: address of the facts of its column.
        text: address of its first byte, which is not 0 and stays there as long as the facts are wanted; its bytes; and
            a number that is not 0 where some of them may be above 127: it is told in characters how long it is.
        so_far: see `begin_texts`.
    """
    start, length, high = text
    shortest, longest, first_key, last_key = so_far
    key = swap_bytes(first_eight(start, length))
    count = length
    if high != U(0) and high_bytes(start, length) != U(0):
        count = _characters(start, length)
    shortest, longest = min(shortest, count), max(longest, count)
    if key <= first_key or key >= last_key:
        is_known = key == first_key and length == load(line + _FIRST_BYTES, np.uint64)
        is_known = is_known or (key == last_key and length == load(line + _LAST_BYTES, np.uint64))
        if length > _EIGHT or not is_known:
            more = U(0)
            if length > _EIGHT:
                more = swap_bytes(first_eight(start + _EIGHT, length - _EIGHT))
            is_behind = key > first_key or (key == first_key and more > load(line + _FIRST_MORE, np.uint64))
            is_before = key < last_key or (key == last_key and more < load(line + _LAST_MORE, np.uint64))
            if is_behind and is_before:
                return shortest, longest, first_key, last_key
            _note_end(line, start, length, key, more)
            first_key, last_key = load(line + _FIRST_KEY, np.uint64), load(line + _LAST_KEY, np.uint64)
    return shortest, longest, first_key, last_key


@outlined
def note_alone(line: np.uint64, text: tuple[np.uint64, np.uint64, np.uint64]) -> None:
    """Take the last text of a block into account before the others: where they ascend, none of these is a new last one.

    Args:
        line: see `note_text`.
        text: as well.
    """
    stay_apart()
    end_texts(line, note_text(line, text, begin_texts(line)))


@inlined
def has_quote(start: np.uint64, end: np.uint64) -> bool:
    """Whether there is a quote, or, between quotes of a CSV, two."""
    while start < end and load(start, np.uint8) != QUOTE:
        start += U(1)
    return start < end


@outlined
def note_doubled(
    line: np.uint64, start: np.uint64, end: np.uint64, so_far: tuple[np.uint64, np.uint64, np.uint64, np.uint64]
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """As `note_text`, of a text between quotes of a CSV, which doubles those within."""
    never_inline()
    key, more, place, count, at = U(0), U(0), U(0), U(0), start
    while at < end:
        byte = load(at, np.uint8)
        if place < _EIGHT:
            key |= U(byte) << (_BITS - _EIGHT - _EIGHT * place)
        elif place < U(16):
            more |= U(byte) << (_BITS + _BITS - _EIGHT - _EIGHT * place)
        place += U(1)
        count += U(byte & _TOP_TWO != _CONTINUES)
        at += U(2) if byte == QUOTE else U(1)
    _note_end(line, start, (end - start) | _DOUBLED, key, more)
    first_key, last_key = load(line + _FIRST_KEY, np.uint64), load(line + _LAST_KEY, np.uint64)
    return min(so_far[0], count), max(so_far[1], count), first_key, last_key


@inlined
def high_bytes(start: np.uint64, length: np.uint64) -> np.uint64:
    """Not 0 where some byte is above 127."""
    high, at = U(0), U(0)
    while at < length:
        high |= load_up_to_eight(start + at, length - at) & NOT_ASCII
        at += _EIGHT
    return high


@outlined
def high_among(start: np.uint64, length: np.uint64) -> np.uint64:
    """As `high_bytes`, of many."""
    stay_apart()
    high = U(0)
    for place in range(length >> U(3)):
        high |= U(load_item(start, U(place), np.int64))
    left = length & U(7)
    return (high | load_up_to_eight(start + length - left, left)) & NOT_ASCII


@inlined
def padded_text(start: np.uint64, width: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64]:
    """The text of a padded field, as `note_text` takes it."""
    if width > _BITS or (width < SIXTEEN and not sixteen_readable(start)):
        length = trimmed_length(start, width, BLANK)
        return start, length, high_bytes(start, length)
    filled, not_blank, high = look_at_sixteen(start)
    if width < SIXTEEN:
        field = _ALL >> (_BITS - width)
        filled, not_blank, high = filled & field, not_blank & field, high & field
    place = SIXTEEN
    while place < width:
        here = min(place, width - SIXTEEN)
        more = look_at_sixteen(start + here)
        filled |= more[0] << here
        not_blank |= more[1] << here
        high |= more[2] << here
        place += SIXTEEN
    length = _BITS - leading_zeros(filled)
    if length == width:
        length = _BITS - leading_zeros(not_blank)
    return start, length, high
