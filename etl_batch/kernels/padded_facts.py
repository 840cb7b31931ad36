"""Padded texts of a column: of most it is seen, some at a time and without a branch, that they change nothing.

A text changes nothing if it is not shorter than the shortest so far, not longer than the longest, all in ASCII, and
lies between the first and the last. Bounds for that are made of what is known; where some texts together may not keep
to them, each is looked at, and one that may not in full. Texts padded by blanks are compared with their blanks, so the
bounds allow for bytes below a blank.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.block16 import SIXTEEN, collect_bits, collect_bits_and_blanks, is_same_sixteen, touches
from etl_batch.kernels.compile import inlined, outlined
from etl_batch.kernels.fact_fields import FIRST_AT, LAST_AT, LONGEST, SHORTEST
from etl_batch.kernels.machine import load, load_item, never_inline, stay_apart, store, swap_bytes
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.padded_bounds import LOW, MADE_FOR, SHORT_AT, SPAN, WIDEST, bound, bounds_of
from etl_batch.kernels.text_facts import begin_texts, end_texts, note_text, padded_text

_SHORTEST, _LONGEST = U(8 * SHORTEST), U(8 * LONGEST)
_FIRST_AT, _LAST_AT = U(8 * FIRST_AT), U(8 * LAST_AT)
_EIGHT, _ALL = U(8), U(2**64 - 1)
_BLANK, _BLANKS = np.uint8(0x20), U(0x2020202020202020)
_ALL_THERE = np.uint32(0x01010101)  #: flags of four values that are not null
_FEW = U(32)  #: texts that are looked at together
#: what is found of some texts: of the last sixteen bytes which bits differ from the padding, and which bytes by what a
#: blank and NUL do; of the first sixteen which bits, where these are others
_FOUND, _FOUND_WORDS = U(128), 6


@outlined
def _note_one(line: np.uint64, start: np.uint64, width: np.uint64) -> bool:
    """Take a text into account, whatever it is; whether that changed what the bounds are made of."""
    never_inline()
    before = load(line + _SHORTEST, np.uint64), load(line + _LONGEST, np.uint64)
    ends = load(line + _FIRST_AT, np.uint64), load(line + _LAST_AT, np.uint64)
    end_texts(line, note_text(line, padded_text(start, width), begin_texts(line)))
    after = load(line + _SHORTEST, np.uint64), load(line + _LONGEST, np.uint64)
    return after != before or ends != (load(line + _FIRST_AT, np.uint64), load(line + _LAST_AT, np.uint64))


@inlined
def _is_beyond(start: np.uint64, width: np.uint64, parts: np.uint64, padding: np.uint64, bounds: np.uint64) -> bool:
    """Whether a text is longer than all so far, or not in ASCII."""
    found = touches(start, padding, bounds)
    if parts > U(1):
        for part in range(1, parts):
            found |= touches(start + min(SIXTEEN * U(part), width - SIXTEEN), padding, bounds + SIXTEEN * U(part))
    return found


@outlined
def _note_each(
    line: np.uint64, place: tuple[np.uint64, ...], rows: np.uint64, how: tuple[np.uint64, ...], bounds: np.uint64
) -> None:
    """Look at texts one by one; see `_change_nothing`."""
    stay_apart()
    at, stride, width, flags = place
    parts, padding = how
    within = _ALL if width >= _EIGHT else (U(1) << (_EIGHT * width)) - U(1)
    other = _BLANK - np.uint8(padding & U(0xFF))
    low, span, tie, denies, short_at, short_least = bounds_of(bounds)
    for row in range(rows):
        here = at
        at += stride
        if flags != U(0) and load(flags + U(row), np.uint8) == np.uint8(0):
            continue
        key = swap_bytes(load(here, np.uint64) & within)
        is_between = (key - low < span) | (((key ^ tie) | denies) == U(0))
        is_between &= (load(here + short_at, np.uint64) ^ padding) & within >= short_least
        is_between &= load(here + width - U(1), np.uint8) != other
        if (not is_between or _is_beyond(here, width, parts, padding, bounds)) and _note_one(line, here, width):
            bound(line, width, padding, bounds)
            low, span, tie, denies, short_at, short_least = bounds_of(bounds)


@inlined
def _is_same_field(start: np.uint64, other: np.uint64, width: np.uint64) -> bool:
    """Whether two fields of 16 to 32 bytes are the same."""
    behind = width - SIXTEEN
    return is_same_sixteen(start, other) and is_same_sixteen(start + behind, other + behind)


@outlined
def _are_known(line: np.uint64, place: tuple[np.uint64, ...], rows: np.uint64, bounds: np.uint64) -> bool:
    """Whether of some texts those that are not between the first and the last are one of these, bit by bit."""
    stay_apart()
    at, stride, width, flags = place
    low, span = load(bounds + LOW, np.uint64), load(bounds + SPAN, np.uint64)
    first, last = load(line + _FIRST_AT, np.uint64), load(line + _LAST_AT, np.uint64)
    if first == U(0):
        return False
    for row in range(rows):
        here = at
        at += stride
        if swap_bytes(load(here, np.uint64)) - low < span:
            continue
        if flags != U(0) and load(flags + U(row), np.uint8) == np.uint8(0):
            continue
        if not _is_same_field(here, last, width) and not _is_same_field(here, first, width):
            return False
    return True


@inlined
def _stand_in(flags: np.uint64, row: np.uint64, at: np.uint64, spare: np.uint64) -> np.uint64:
    """The address of a text; where it is null, of another one."""
    return at if load(flags + row, np.uint8) != np.uint8(0) else spare


@inlined
def _keep_to(
    bounds: np.uint64, found: tuple[np.uint64, np.uint64, np.uint64], how: tuple[np.uint64, ...]
) -> tuple[bool, bool]:
    """Whether what was found of some texts keeps to the bounds, but for the order, and in the order."""
    low, span, tie, denies, _, short_least = bounds_of(bounds)
    least, most, shortest = found
    parts, width = how
    bits, last = bounds + _FOUND, bounds + (SIXTEEN if parts == U(2) else U(0))
    beyond = touches(bits, U(0), last)
    if parts == U(2):
        beyond |= touches(bits + U(32), U(0), bounds)
    beyond |= load(bits + SIXTEEN + min(width, SIXTEEN) - U(1), np.uint8) != np.uint8(0)  # a blank at the end, or NUL
    # Of texts that are padded there may be some between the last one and its padding.
    is_before = (most - low < span) | ((most == tie) & (denies == U(0)) & (tie - low == span))
    return (shortest >= short_least) & (not beyond), (least >= low) & is_before


@inlined
def _change_nothing(
    known: tuple[np.uint64, np.uint64], place: tuple[np.uint64, ...], rows: np.uint64, spare: np.uint64,
    how: tuple[np.uint64, ...],
) -> tuple[bool, np.uint64]:  # fmt: skip
    """Whether all of some texts keep to the bounds: their least and greatest words do, and all their bits together.

    Args:
        known: addresses of the facts of their column, and of the bounds.
        place: address of the first one, bytes from one to the next, bytes of each, and address of the first row's flag;
            0: no value is null.
        rows: how many, a multiple of 4.
        spare: address of a text that stands in for those that are null; 0: there is none.
        how: how many times sixteen bytes there are, at most twice; and eight times what pads the texts.

    Returns:
        Where it is not sure, they are looked at one by one. And the address of a text.
    """
    line, bounds = known
    at, stride, width, flags = place
    parts, padding = how
    if flags != U(0) and spare == U(0) and load(flags, np.uint8) == np.uint8(0):
        return False, spare
    begin = at
    within = _ALL if width >= _EIGHT else (U(1) << (_EIGHT * width)) - U(1)
    short_at, found = load(bounds + SHORT_AT, np.uint64), bounds + _FOUND
    least, most, shortest = _ALL, U(0), _ALL
    for number in range(_FOUND_WORDS):
        store(found + U(8 * number), U(0))
    for four in range(rows >> U(2)):
        row = U(four) << U(2)
        first, second, third, fourth = at, at + stride, at + U(2) * stride, at + U(3) * stride
        if flags != U(0) and load(flags + row, np.uint32) != _ALL_THERE:
            first = _stand_in(flags, row, first, spare)
            second = _stand_in(flags, row + U(1), second, first)
            third = _stand_in(flags, row + U(2), third, second)
            fourth = _stand_in(flags, row + U(3), fourth, third)
        at += U(4) * stride
        spare = fourth
        for here in (first, second, third, spare):
            key = swap_bytes(load(here, np.uint64) & within)
            least, most = min(least, key), max(most, key)
            shortest = min(shortest, (load(here + short_at, np.uint64) ^ padding) & within)
        if parts == U(2):
            behind = width - SIXTEEN
            collect_bits((first, second, third, spare), padding, found + U(32))
            ends = first + behind, second + behind, third + behind, spare + behind
            collect_bits_and_blanks(ends, padding, found)
        else:
            collect_bits_and_blanks((first, second, third, spare), padding, found)
    is_sure, are_between = _keep_to(bounds, (least, most, shortest), (parts, width))
    if is_sure and not are_between and width >= SIXTEEN:
        are_between = _are_known(line, (begin, stride, width, flags), rows, bounds)
    return is_sure and are_between, spare


@inlined
def _note_most(
    line: np.uint64, place: tuple[np.uint64, ...], rows: np.uint64, how: tuple[np.uint64, ...], bounds: np.uint64
) -> None:
    """Look at texts, some at a time; see `_change_nothing`."""
    at, stride, width, flags = place
    done, spare = U(0), U(0)
    while done < rows:
        here = at + done * stride, stride, width, flags + done if flags != U(0) else U(0)
        few, changes_nothing = min(_FEW, (rows - done) & ~U(3)), False
        if few != U(0):
            changes_nothing, spare = _change_nothing((line, bounds), here, few, spare, how)
        else:
            few = rows - done
        if not changes_nothing:
            _note_each(line, here, few, how, bounds)
        done += few


@inlined
def _count_there(flags: np.uint64, rows: np.uint64) -> np.uint64:
    """How many rows are not null."""
    if flags == U(0):
        return rows
    found = U(0)
    for row in range(rows):
        found += U(load_item(flags, U(row), np.uint8) != np.uint8(0))
    return found


@inlined
def note_padded(
    line: np.uint64, place: tuple[np.uint64, ...], rows: np.uint64, more: np.uint64, bounds: np.uint64
) -> np.uint64:
    """Take padded texts into account.

    Args:
        line: address of the facts of their column.
        place: address of the first one, bytes from one to the next, bytes of each, and address of the first row's flag;
            0: no value is null.
        rows: how many, at least 1.
        more: how many there are behind them, or fewer.
        bounds: address of 22 words that nobody else needs.

    Returns:
        How many are not null.
    """
    at, stride, width, flags = place
    quick = U(0)
    if width <= WIDEST and stride != U(0):
        last = SIXTEEN // stride + U(1)  # rows behind which there may be no sixteen bytes to read
        quick = rows - min(rows, last - min(last, more))
    if quick != U(0):
        ends = load(at + width - U(1), np.uint8), load(at + (rows - U(1)) * stride + width - U(1), np.uint8)
        padding = _BLANKS if ends[0] == _BLANK or ends[1] == _BLANK else U(0)
        store(bounds + MADE_FOR, _ALL)
        bound(line, width, padding, bounds)
        parts = (width + U(15)) // SIXTEEN
        if parts > U(2):
            _note_each(line, place, quick, (parts, padding), bounds)
        elif parts == U(1):
            _note_most(line, place, quick, (U(1), padding), bounds)
        elif padding == U(0):
            _note_most(line, place, quick, (U(2), U(0)), bounds)
        else:
            _note_most(line, place, quick, (U(2), padding), bounds)
    for row in range(quick, rows):
        if flags == U(0) or load(flags + U(row), np.uint8) != np.uint8(0):
            _note_one(line, at + U(row) * stride, width)
    return _count_there(flags, rows)
