"""Bounds for padded texts of a column: one that keeps to them changes nothing of what is known (`padded_facts`)."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.block16 import SIXTEEN
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
from etl_batch.kernels.machine import load, stay_apart, store
from etl_batch.kernels.numbers_text import U

_SHORTEST, _LONGEST = U(8 * SHORTEST), U(8 * LONGEST)
_FIRST_AT, _FIRST_BYTES, _FIRST_KEY = U(8 * FIRST_AT), U(8 * FIRST_BYTES), U(8 * FIRST_KEY)
_LAST_AT, _LAST_BYTES, _LAST_KEY = U(8 * LAST_AT), U(8 * LAST_BYTES), U(8 * LAST_KEY)
_EIGHT, _ALL = U(8), U(2**64 - 1)
_BLANK = np.uint8(0x20)
_BITS_SIX = U(0x4040404040404040)
_WHOLE, _HIGH_BIT = np.uint8(0xFF), np.uint8(0x80)
WIDEST = U(64)  #: bytes of a field that there are bounds for
#: the bounds, bytes from their beginning: for four times sixteen bytes which bits tell that a text is not in ASCII or
#: longer than all; for which longest text that holds; the least key, how many are allowed from it on, one more that is,
#: and whether it is not; where the word lies that tells that a text is not shorter than all, and what it is at least
MADE_FOR, LOW, SPAN, _TIE, _DENIES, SHORT_AT, _SHORT_LEAST = (U(64 + 8 * place) for place in range(7))


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
    store(bounds + LOW, low)
    store(bounds + SPAN, last_key - low if low < last_key else U(0))
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
    store(bounds + SHORT_AT, at)
    store(bounds + _SHORT_LEAST, least)
    if load(bounds + MADE_FOR, np.uint64) == longest:
        return
    store(bounds + MADE_FOR, longest)
    for number in range(min((width + U(15)) & ~U(15), WIDEST)):
        place, part = U(number) & U(15), U(number) & ~U(15)
        place += min(part, width - SIXTEEN) if width >= SIXTEEN else part
        mask = _WHOLE if place >= longest else _HIGH_BIT
        store(bounds + U(number), mask if place < width else np.uint8(0))


@outlined
def bound(line: np.uint64, width: np.uint64, padding: np.uint64, bounds: np.uint64) -> None:
    """Make all bounds anew."""
    stay_apart()
    store(bounds + _DENIES, U(1))
    store(bounds + SPAN, U(0))
    if load(line + _FIRST_AT, np.uint64) != U(0):
        _keys_between(line, width, padding, bounds)
    _lengths_between(line, width, bounds)


@inlined
def bounds_of(bounds: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64, np.uint64, np.uint64]:
    """The bounds but for the masks."""
    return (
        load(bounds + LOW, np.uint64), load(bounds + SPAN, np.uint64), load(bounds + _TIE, np.uint64),
        load(bounds + _DENIES, np.uint64), load(bounds + SHORT_AT, np.uint64), load(bounds + _SHORT_LEAST, np.uint64),
    )  # fmt: skip
