"""Padded texts of a column: of most it is seen in some steps without a branch that they change nothing.

A text changes nothing if it is not shorter than the shortest so far, not longer than the longest, all in ASCII, and
lies between the first and the last. Bounds for that are made of what is known; whatever may not keep to them is looked
at in full. Texts padded by blanks are compared with their blanks, so the bounds allow for bytes below a blank.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.block16 import SIXTEEN, touches
from etl_batch.kernels.compile import inlined, outlined
from etl_batch.kernels.fact_fields import (
    FIRST_AT,
    FIRST_BYTES,
    FIRST_KEY,
    LAST_AT,
    LAST_BYTES,
    LAST_KEY,
    LONGEST,
    SHORTEST,
)
from etl_batch.kernels.machine import load, never_inline, store, swap_bytes
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.text_facts import begin_texts, end_texts, note_text, padded_text

_SHORTEST, _LONGEST = U(8 * SHORTEST), U(8 * LONGEST)
_FIRST_AT, _FIRST_BYTES, _FIRST_KEY = U(8 * FIRST_AT), U(8 * FIRST_BYTES), U(8 * FIRST_KEY)
_LAST_AT, _LAST_BYTES, _LAST_KEY = U(8 * LAST_AT), U(8 * LAST_BYTES), U(8 * LAST_KEY)
_EIGHT, _BITS, _ALL = U(8), U(64), U(2**64 - 1)
_BLANK, _BLANKS = np.uint8(0x20), U(0x2020202020202020)
_BITS_SIX = U(0x4040404040404040)
_WHOLE, _HIGH_BIT = np.uint8(0xFF), np.uint8(0x80)
_WIDEST = U(64)
#: the bounds, bytes from their beginning: for four times sixteen bytes which bits tell that a text is not in ASCII or
#: longer than all; for which longest text that holds; the least key, how many are allowed from it on, one more that is,
#: and whether it is not; where the word lies that tells that a text is not shorter than all, and what it is at least
_MADE_FOR, _LOW, _SPAN, _TIE, _DENIES, _SHORT_AT, _SHORT_LEAST = (U(64 + 8 * place) for place in range(7))


@inlined
def _padded_key(key: np.uint64, length: np.uint64, width: np.uint64, padding: np.uint64) -> np.uint64:
    """The first eight bytes of a text as its field has them, the first the highest."""
    if length < _EIGHT:
        key |= padding >> (_EIGHT * length)
    return key if width >= _EIGHT else key & ~(_ALL >> (_EIGHT * width))


@inlined
def _ends_plainly(start: np.uint64, length: np.uint64) -> bool:
    """Whether a text has an end that no padding hides."""
    return length == U(0) or load(start + length - U(1), np.uint8) > _BLANK


@inlined
def _keys_between(line: np.uint64, width: np.uint64, padding: np.uint64, bounds: np.uint64) -> None:
    """Make the bounds of keys: what keeps to them is neither before the first text nor behind the last."""
    first_bytes, last_bytes = load(line + _FIRST_BYTES, np.uint64), load(line + _LAST_BYTES, np.uint64)
    first_key, last_key = load(line + _FIRST_KEY, np.uint64), load(line + _LAST_KEY, np.uint64)
    low = _padded_key(first_key, first_bytes, width, padding)
    beside = U(0) if width >= _EIGHT else _ALL >> (_EIGHT * width)
    if padding != U(0) and ((low | low << U(1) | low >> U(1) | beside) & _BITS_SIX) != _BITS_SIX:
        low = _ALL  # a byte below a blank: a shorter text may stand behind it
    elif first_bytes > _EIGHT or not _ends_plainly(load(line + _FIRST_AT, np.uint64), first_bytes):
        low += U(low != _ALL)
    is_decided = load(line + _LONGEST, np.uint64) <= _EIGHT
    is_decided = is_decided and _ends_plainly(load(line + _LAST_AT, np.uint64), last_bytes)
    store(bounds + _LOW, low)
    store(bounds + _SPAN, last_key - low if low < last_key else U(0))
    store(bounds + _TIE, _padded_key(last_key, last_bytes, width, padding))
    store(bounds + _DENIES, U(not is_decided))


@inlined
def _lengths_between(line: np.uint64, width: np.uint64, bounds: np.uint64) -> None:
    """Make the bounds of lengths."""
    shortest, longest = min(load(line + _SHORTEST, np.uint64), width), load(line + _LONGEST, np.uint64)
    at, least = U(0), U(0)
    if shortest != U(0):
        place = shortest - U(1)
        at = min(place & ~U(7), width - _EIGHT) if width >= _EIGHT else U(0)
        least = U(1) << (_EIGHT * (place - at))
    store(bounds + _SHORT_AT, at)
    store(bounds + _SHORT_LEAST, least)
    if load(bounds + _MADE_FOR, np.uint64) == longest:
        return
    store(bounds + _MADE_FOR, longest)
    for number in range(_WIDEST):
        place, part = U(number) & U(15), U(number) & ~U(15)
        place += min(part, width - SIXTEEN) if width >= SIXTEEN else part
        mask = _WHOLE if place >= longest else _HIGH_BIT
        store(bounds + U(number), mask if place < width else np.uint8(0))


@outlined
def _bound(line: np.uint64, width: np.uint64, padding: np.uint64, bounds: np.uint64) -> None:
    """Make all bounds anew."""
    never_inline()
    store(bounds + _DENIES, U(1))
    store(bounds + _SPAN, U(0))
    if load(line + _FIRST_AT, np.uint64) != U(0):
        _keys_between(line, width, padding, bounds)
    _lengths_between(line, width, bounds)


@inlined
def _loaded(bounds: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64, np.uint64, np.uint64]:
    """The bounds but for the masks."""
    return (
        load(bounds + _LOW, np.uint64), load(bounds + _SPAN, np.uint64), load(bounds + _TIE, np.uint64),
        load(bounds + _DENIES, np.uint64), load(bounds + _SHORT_AT, np.uint64), load(bounds + _SHORT_LEAST, np.uint64),
    )  # fmt: skip


@outlined
def _note_one(line: np.uint64, start: np.uint64, width: np.uint64) -> None:
    """Take a text into account, whatever it is."""
    never_inline()
    end_texts(line, note_text(line, padded_text(start, width), begin_texts(line)))


@inlined
def _is_beyond(start: np.uint64, width: np.uint64, parts: np.uint64, padding: np.uint64, bounds: np.uint64) -> bool:
    """Whether a text is longer than all so far, or not in ASCII."""
    found = touches(start, padding, bounds)
    if parts > U(1):
        for part in range(1, parts):
            found |= touches(start + min(SIXTEEN * U(part), width - SIXTEEN), padding, bounds + SIXTEEN * U(part))
    return found


@inlined
def _note_most(
    line: np.uint64, place: tuple[np.uint64, ...], flags: np.uint64, rows: np.uint64, how: tuple[np.uint64, ...],
    bounds: np.uint64,
) -> np.uint64:  # fmt: skip
    """See `note_padded`; `how` is how many times sixteen bytes there are, and eight times what pads the texts."""
    at, stride, width = place
    parts, padding = how
    within = _ALL if width >= _EIGHT else (U(1) << (_EIGHT * width)) - U(1)
    other, found = _BLANK - np.uint8(padding & U(0xFF)), U(0)
    low, span, tie, denies, short_at, short_least = _loaded(bounds)
    for row in range(rows):
        here = at
        at += stride
        if flags != U(0) and load(flags + U(row), np.uint8) == np.uint8(0):
            continue
        found += U(1)
        key = swap_bytes(load(here, np.uint64) & within)
        is_between = (key - low < span) | (((key ^ tie) | denies) == U(0))
        is_between &= (load(here + short_at, np.uint64) ^ padding) & within >= short_least
        is_between &= load(here + width - U(1), np.uint8) != other
        if not is_between or _is_beyond(here, width, parts, padding, bounds):
            _note_one(line, here, width)
            _bound(line, width, padding, bounds)
            low, span, tie, denies, short_at, short_least = _loaded(bounds)
    return found


@inlined
def note_padded(
    line: np.uint64, place: tuple[np.uint64, ...], flags: np.uint64, rows: np.uint64, bounds: np.uint64
) -> np.uint64:
    """Take padded texts into account.

    Args:
        line: address of the facts of their column.
        place: address of the first one, bytes from one to the next, and bytes of each.
        flags: address of the first row's flag; 0: no value is null.
        rows: how many, at least 1.
        bounds: address of 15 words that nobody else needs.

    Returns:
        How many are not null.
    """
    at, stride, width = place
    found, quick = U(0), U(0)
    if width <= _WIDEST and stride != U(0):
        behind = SIXTEEN // stride + U(1)  # rows behind which there may be no sixteen bytes to read
        quick = rows - min(rows, behind)
    if quick != U(0):
        ends = load(at + width - U(1), np.uint8), load(at + (rows - U(1)) * stride + width - U(1), np.uint8)
        padding = _BLANKS if ends[0] == _BLANK or ends[1] == _BLANK else U(0)
        store(bounds + _MADE_FOR, _ALL)
        _bound(line, width, padding, bounds)
        parts = (width + U(15)) // SIXTEEN
        if parts == U(2) and padding == U(0):
            found = _note_most(line, place, flags, quick, (U(2), U(0)), bounds)
        elif parts == U(1):
            found = _note_most(line, place, flags, quick, (U(1), padding), bounds)
        else:
            found = _note_most(line, place, flags, quick, (parts, padding), bounds)
    for row in range(quick, rows):
        if flags == U(0) or load(flags + U(row), np.uint8) != np.uint8(0):
            found += U(1)
            _note_one(line, at + U(row) * stride, width)
    return found
