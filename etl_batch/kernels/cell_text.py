"""Text cells: trimmed of their padding, escaped, quoted. The plain twin is `cell_escape.csv_cell`."""

from __future__ import annotations

import numpy as np

from etl_batch.cell_escape import QUOTED, SEPARATORS
from etl_batch.kernels.block64 import BLOCK, not_ascii_mask, signed_below_mask
from etl_batch.kernels.compile import inlined
from etl_batch.kernels.formula_starts import (
    APOSTROPHE,
    BLANK,
    FORMULA_BYTES,
    QUOTE,
    needs_apostrophe,
    needs_apostrophe_inside,
)
from etl_batch.kernels.machine import leading_zeros, load, store
from etl_batch.kernels.numbers_text import U

_MUST_QUOTE = np.uint8(1)  #: this byte anywhere: the cell is quoted
_LOOK_CLOSER = np.uint8(2)  #: this byte at the start, or behind a separator: there may be a formula
_SEPARATES = np.uint8(4)  #: behind this byte some reader begins another cell


def _byte_classes() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    classes = np.zeros(256, dtype=np.uint8)
    classes[[ord(character) for character in QUOTED]] |= _MUST_QUOTE
    classes[[ord(character) for character in SEPARATORS]] |= _SEPARATES
    classes[FORMULA_BYTES] |= _LOOK_CLOSER
    return classes


_CLASSES = _byte_classes()
NOT_ASCII = U(0x8080808080808080)
#: bytes of UTF-8 that begin a character: all from the first on; not used, for two bytes would be too many; of three
_FIRST_LEAD, _FIRST_OF_TWO, _FIRST_OF_THREE = np.uint8(0xC0), np.uint8(0xC2), np.uint8(0xE0)


@inlined
def trimmed_length(start: np.uint64, width: np.uint64, blank: np.uint8) -> np.uint64:
    """Length of the text in a padded field: without trailing NULs; where there are none, without trailing blanks."""
    length = width
    while length >= U(8):
        word = load(start + length - U(8), np.uint64)
        if word != U(0):
            length -= leading_zeros(word) >> U(3)  # little-endian: the last bytes are the highest ones
            break
        length -= U(8)
    while length > U(0) and load(start + length - U(1), np.uint8) == np.uint8(0):
        length -= U(1)
    if length == width:
        while length > U(0) and load(start + length - U(1), np.uint8) == blank:
            length -= U(1)
    return length


@inlined
def copy_bytes(out: np.uint64, start: np.uint64, length: np.uint64) -> np.uint64:
    """Copy; never reads past the source (it may end with its mapping). Returns the address behind the copy."""
    end = out + length
    if length >= U(8):
        last = end - U(8)
        tail = load(start + length - U(8), np.uint64)
        while out < last:
            store(out, load(start, np.uint64))
            out += U(8)
            start += U(8)
        store(last, tail)
    elif length >= U(4):
        head, tail4 = load(start, np.uint32), load(start + length - U(4), np.uint32)
        store(out, head)
        store(end - U(4), tail4)
    else:
        while length > U(0):
            store(out, load(start, np.uint8))
            out += U(1)
            start += U(1)
            length -= U(1)
    return end


@inlined
def _classes_of_word(word: np.uint64) -> np.uint8:
    """What any of eight bytes calls for."""
    first = _CLASSES[word & U(255)] | _CLASSES[(word >> U(8)) & U(255)]
    second = _CLASSES[(word >> U(16)) & U(255)] | _CLASSES[(word >> U(24)) & U(255)]
    third = _CLASSES[(word >> U(32)) & U(255)] | _CLASSES[(word >> U(40)) & U(255)]
    fourth = _CLASSES[(word >> U(48)) & U(255)] | _CLASSES[word >> U(56)]
    return first | second | third | fourth


@inlined
def _classes_of(start: np.uint64, length: np.uint64) -> np.uint8:
    """What any of the bytes calls for."""
    classes = np.uint8(0)
    at, end = start, start + length
    while at + U(8) <= end:
        classes |= _classes_of_word(load(at, np.uint64))
        at += U(8)
    while at < end:
        classes |= _CLASSES[load(at, np.uint8)]
        at += U(1)
    return classes


@inlined
def starts_odd(at: np.uint64) -> bool:
    """Whether the byte at the address, a text's first, may be that of a formula, or is nothing that is seen."""
    return _CLASSES[load(at, np.uint8)] & _LOOK_CLOSER != np.uint8(0)


@inlined
def may_begin_formula(at: np.uint64, end: np.uint64) -> bool:
    """Whether the bytes at the address, at a text's start or behind a separator, call for a closer look."""
    if at + U(1) < end and load(at, np.uint8) == BLANK:
        at += U(1)  # most that stands behind a separator is a blank and a word
    return _CLASSES[load(at, np.uint8)] & _LOOK_CLOSER != np.uint8(0)


@inlined
def is_run_behind(at: np.uint64, end: np.uint64) -> bool:
    """Whether what stands behind a separator, at the address, needs an apostrophe; the text ends at `end`."""
    return at < end and may_begin_formula(at, end) and needs_apostrophe_inside(at, end)


@inlined
def calls_for_quotes(start: np.uint64, length: np.uint64) -> bool:
    """Whether a text must be quoted."""
    return _classes_of(start, length) & _MUST_QUOTE != np.uint8(0)


@inlined
def add_apostrophe(out: np.uint64, counter: np.uint64) -> np.uint64:
    """Write an apostrophe, and count it; returns the address behind it."""
    store(out, APOSTROPHE)
    store(counter, load(counter, np.uint64) + U(1))
    return out + U(1)


@inlined
def write_text(out: np.uint64, start: np.uint64, length: np.uint64, counts: np.uint64) -> np.uint64:
    """Write a text cell; returns the address behind it.

    Args:
        out: address with room for `2 * length + 4` bytes.
        start: address of the text.
        length: of the text, in bytes.
        counts: address of two numbers (uint64): cells that got an apostrophe before them, and apostrophes within cells;
            0: nothing is escaped.
    """
    if length == U(0):
        store(out, QUOTE)
        store(out + U(1), QUOTE)
        return out + U(2)
    classes = _classes_of(start, length)
    end = start + length
    escape = counts != U(0) and may_begin_formula(start, end) and needs_apostrophe(start, end)
    if not escape and not classes & _MUST_QUOTE:
        return copy_bytes(out, start, length)
    store(out, QUOTE)
    out += U(1)
    if escape:
        out = add_apostrophe(out, counts)
    has_pieces = counts != U(0) and classes & _SEPARATES != np.uint8(0)
    while start < end:
        byte = load(start, np.uint8)
        store(out, byte)
        out += U(1)
        start += U(1)
        if byte == QUOTE:
            store(out, byte)
            out += U(1)
        elif has_pieces and _CLASSES[byte] & _SEPARATES and is_run_behind(start, end):
            out = add_apostrophe(out, counts + U(8))
    store(out, QUOTE)
    return out + U(1)


@inlined
def is_ascii(start: np.uint64, length: np.uint64) -> bool:
    """Whether no byte is above 127."""
    seen = U(0)
    at, end = start, start + length
    while end - at >= U(8):
        seen |= load(at, np.uint64)
        at += U(8)
    while at < end:
        seen |= U(load(at, np.uint8))
        at += U(1)
    return seen & NOT_ASCII == U(0)


@inlined
def _two_bytes_block(at: np.uint64) -> np.uint64:
    """How many of 64 bytes, which begin with a character, are whole ones of one byte and of two; 0: there are others.

    What most texts are, without a branch for each character.
    """
    following = signed_below_mask(at, _FIRST_LEAD)
    leads = not_ascii_mask(at) & ~following
    odd = leads & (signed_below_mask(at, _FIRST_OF_TWO) | ~signed_below_mask(at, _FIRST_OF_THREE))
    if odd | (following ^ (leads << U(1))) != U(0):
        return U(0)
    return BLOCK - (leads >> U(63))  # what the last one leads is behind them


@inlined
def is_utf8(start: np.uint64, length: np.uint64) -> bool:
    """Whether the bytes are UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing above U+10FFFF."""
    at, end, slowly_to = start, start + length, start
    while at < end:
        if at >= slowly_to and end - at > BLOCK:
            whole = _two_bytes_block(at)
            if whole != U(0):
                at += whole
                continue
            slowly_to = at + BLOCK
        first = load(at, np.uint8)
        if first < np.uint8(0x80):
            at += U(8) if end - at >= U(8) and load(at, np.uint64) & NOT_ASCII == U(0) else U(1)
            continue
        low, high = np.uint8(0x80), np.uint8(0xBF)  # what the second byte may be
        if np.uint8(0xC2) <= first <= np.uint8(0xDF):
            followers = U(1)
        elif np.uint8(0xE0) <= first <= np.uint8(0xEF):
            followers = U(2)
            if first == np.uint8(0xE0):
                low = np.uint8(0xA0)
            elif first == np.uint8(0xED):
                high = np.uint8(0x9F)
        elif np.uint8(0xF0) <= first <= np.uint8(0xF4):
            followers = U(3)
            if first == np.uint8(0xF0):
                low = np.uint8(0x90)
            elif first == np.uint8(0xF4):
                high = np.uint8(0x8F)
        else:
            return False
        if end - at <= followers:
            return False
        second = load(at + U(1), np.uint8)
        if second < low or second > high:
            return False
        for place in range(U(2), followers + U(1)):
            if load(at + U(place), np.uint8) & np.uint8(0xC0) != np.uint8(0x80):
                return False
        at += followers + U(1)
    return True
