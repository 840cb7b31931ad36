"""Whether a text, or a piece of one, may be run by a spreadsheet. The plain twins are in `cell_escape`."""

from __future__ import annotations

import numpy as np

from etl_batch.cell_escape import FORMULA_STARTS, INVISIBLE, REACHING, SEPARATORS
from etl_batch.kernels.compile import inlined
from etl_batch.kernels.machine import load
from etl_batch.kernels.numbers_text import U


def _table_of(characters: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([chr(byte) in characters for byte in range(256)])


APOSTROPHE = np.uint8(ord("'"))
QUOTE = np.uint8(ord('"'))
BLANK = np.uint8(ord(" "))
_PLUS, _MINUS, _PIPE = np.uint8(ord("+")), np.uint8(ord("-")), np.uint8(ord("|"))
_ASCII_TRIGGERS = _table_of("".join(filter(str.isascii, FORMULA_STARTS)))
_REACHING = _table_of(REACHING)
_SEPARATES = _table_of(SEPARATORS)
_ENDS_BULLET = _REACHING | _SEPARATES
#: by the first byte of a text, or of a piece: only behind these may stand a formula, or apostrophes before one
FORMULA_BYTES = np.array(
    sorted({character.encode()[0] for character in (*INVISIBLE, *FORMULA_STARTS, *"\t\r\n\0'\"")}), dtype=np.uint8
)


@inlined
def invisible_bytes(start: np.uint64, length: np.uint64) -> np.uint64:
    """How many bytes the invisible character at the start takes in UTF-8; 0: it is a visible one."""
    first = load(start, np.uint8)
    if first == np.uint8(0x20):
        return U(1)
    if length >= U(2) and first == np.uint8(0xC2) and load(start + U(1), np.uint8) == np.uint8(0xA0):
        return U(2)
    if length < U(3):
        return U(0)
    second, third = load(start + U(1), np.uint8), load(start + U(2), np.uint8)
    if first == np.uint8(0xEF) and second == np.uint8(0xBB) and third == np.uint8(0xBF):
        return U(3)
    if first == np.uint8(0xE2):
        if second == np.uint8(0x80) and np.uint8(0x8B) <= third <= np.uint8(0x8F):
            return U(3)
        if second == np.uint8(0x81) and third == np.uint8(0xA0):
            return U(3)
    return U(0)


@inlined
def starts_with_trigger(start: np.uint64, length: np.uint64) -> bool:
    """Whether the first character of a text is one that formulas begin with."""
    if length == U(0):
        return False
    first = load(start, np.uint8)
    if _ASCII_TRIGGERS[first]:
        return True
    if length < U(3) or first != np.uint8(0xEF):
        return False
    second, third = load(start + U(1), np.uint8), load(start + U(2), np.uint8)
    if second != np.uint8(0xBC):
        return False
    # the full-width + - = @
    return third == np.uint8(0x8B) or third == np.uint8(0x8D) or third == np.uint8(0x9D) or third == np.uint8(0xA0)


@inlined
def _digits_from(at: np.uint64, end: np.uint64) -> np.uint64:
    while at < end and np.uint8(48) <= load(at, np.uint8) <= np.uint8(57):
        at += U(1)
    return at


@inlined
def is_plain_number(start: np.uint64, end: np.uint64) -> bool:
    """Whether the whole cell is a number as `cell_escape` defines it: sign, digits, point, exponent."""
    at = start
    if at < end and (load(at, np.uint8) == _PLUS or load(at, np.uint8) == _MINUS):
        at += U(1)
    whole_end = _digits_from(at, end)
    digits = whole_end - at
    at = whole_end
    if at < end and load(at, np.uint8) == np.uint8(46):
        fraction_end = _digits_from(at + U(1), end)
        digits += fraction_end - at - U(1)
        at = fraction_end
    if digits == U(0):
        return False
    if at < end and load(at, np.uint8) | np.uint8(0x20) == np.uint8(101):
        at += U(1)
        if at < end and (load(at, np.uint8) == _PLUS or load(at, np.uint8) == _MINUS):
            at += U(1)
        exponent_end = _digits_from(at, end)
        if exponent_end == at:
            return False
        at = exponent_end
    return at == end


@inlined
def is_number_between_blanks(start: np.uint64, end: np.uint64) -> bool:
    """As `is_plain_number`, blanks at its ends aside."""
    while start < end and load(start, np.uint8) == BLANK:
        start += U(1)
    while start < end and load(end - U(1), np.uint8) == BLANK:
        end -= U(1)
    return is_plain_number(start, end)


@inlined
def behind_apostrophes(start: np.uint64, end: np.uint64) -> np.uint64:
    """The first address that holds no apostrophe."""
    while start < end and load(start, np.uint8) == APOSTROPHE:
        start += U(1)
    return start


@inlined
def needs_apostrophe(start: np.uint64, end: np.uint64) -> bool:
    """Whether a text needs an apostrophe before it: `cell_escape.is_formula`, apostrophes aside."""
    start = behind_apostrophes(start, end)
    if start == end:
        return False
    first = load(start, np.uint8)
    if first == np.uint8(0) or first == np.uint8(9) or first == np.uint8(10) or first == np.uint8(13):
        return True
    at = start
    while at < end:
        skip = invisible_bytes(at, end - at)
        if skip == U(0):
            break
        at += skip
    return starts_with_trigger(at, end - at) and not is_number_between_blanks(start, end)


@inlined
def _is_bullet(start: np.uint64, sign: np.uint64, end: np.uint64) -> bool:
    """Whether a piece of a text is a sign, a blank, and nothing that reaches beyond the cell."""
    if load(sign, np.uint8) != _PLUS and load(sign, np.uint8) != _MINUS:
        return False
    if sign + U(1) == end or load(sign + U(1), np.uint8) != BLANK:
        return False
    while start < end and not _ENDS_BULLET[load(start, np.uint8)]:
        start += U(1)
    return start == end or not _REACHING[load(start, np.uint8)]


@inlined
def needs_apostrophe_inside(start: np.uint64, end: np.uint64) -> bool:
    """Whether what stands behind a separator within a text needs an apostrophe before it.

    As `cell_escape.is_formula_inside`, apostrophes aside; quotes may be doubled or not.

    Args:
        start: address behind the separator.
        end: address behind the text.
    """
    separator = load(start - U(1), np.uint8)
    start = behind_apostrophes(start, end)
    if start == end:
        return False
    if load(start, np.uint8) == np.uint8(0):
        return True
    at = start
    while at < end:
        skip = U(1) if load(at, np.uint8) == QUOTE else invisible_bytes(at, end - at)
        if skip == U(0):
            break
        at += skip
    if not starts_with_trigger(at, end - at):
        return False
    if load(at, np.uint8) == _PIPE:
        return separator != _PIPE
    if _is_bullet(start, at, end):
        return False
    stop = at
    while stop < end and not _SEPARATES[load(stop, np.uint8)]:
        stop += U(1)
    return not is_number_between_blanks(start, stop)
