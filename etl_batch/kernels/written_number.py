"""Numbers as people write them, brought into digits with a point: no digit is lost, and none is made up."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_meaning import (
    DECIMAL,
    PROVES,
    RIVAL_DECIMAL,
    SCALE,
    SEEN,
    SURVIVORS,
    WHOLE_DIGITS,
    Seen,
)
from etl_batch.kernels.compile import inlined, outlined
from etl_batch.kernels.formula_starts import BLANK
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import MINUS, POINT, ZERO, U
from etl_batch.kernels.read_digits import PLUS, first_marked, load_up_to_eight, not_digits

_TAB = np.uint8(9)
_NINE = np.uint8(9)
_NO_BREAK = np.uint16(int.from_bytes("\u00a0".encode(), "little"))
_NARROW = (np.uint16(int.from_bytes("\u202f".encode()[:2], "little")), np.uint8("\u202f".encode()[2]))
_CAPITAL, _EXPONENT = np.uint8(0x20), np.uint8(ord("e"))
_GROUP = U(3)
_FLOAT_DIGITS = U(15)  #: that a float keeps, whatever they are
_ZEROS_OF_SMALL = U(4)  #: behind the point, from which on a float is written with an exponent
_FOUR_ZEROS = U(int.from_bytes(b"0000", "little"))
_BYTE = U(8)  #: bits
_WHOLE, _FRACTION, _ODD = U(Seen.WHOLE), U(Seen.FRACTION), U(Seen.ODD)  #: each twice the one before it


#: how much is allowed of a number: all that its type reads; no plus, no zeros in front, no exponent, and digits before
#: and behind the mark, for it has to prove that it is one; no sign, no exponent, and digits behind the mark
LOOSE, PROOF, AMOUNT = U(0), U(1), U(2)
_PROVES, _SURVIVORS, _DECIMAL, _RIVAL_DECIMAL = (U(8 * at) for at in (PROVES, SURVIVORS, DECIMAL, RIVAL_DECIMAL))
_WHOLE_DIGITS, _SCALE, _SEEN = (U(8 * at) for at in (WHOLE_DIGITS, SCALE, SEEN))


@inlined
def blank_bytes(at: np.uint64, end: np.uint64) -> np.uint64:
    """How many bytes the blank there has, of three that stand between thousands; 0: there is none."""
    if load(at, np.uint8) == BLANK:
        return U(1)
    if end - at >= U(2) and load(at, np.uint16) == _NO_BREAK:
        return U(2)
    if end - at >= U(3) and load(at, np.uint16) == _NARROW[0] and load(at + U(2), np.uint8) == _NARROW[1]:
        return U(3)
    return U(0)


@inlined
def trimmed(start: np.uint64, end: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The cell without the blanks and tabs around it."""
    while start < end:
        blank = U(1) if load(start, np.uint8) == _TAB else blank_bytes(start, end)
        if blank == U(0):
            break
        start += blank
    while start < end:
        size = U(1)
        if load(end - U(1), np.uint8) != _TAB:
            while size <= U(3) and size <= end - start and blank_bytes(end - size, end) != size:
                size += U(1)
        if size > U(3) or size > end - start:
            break
        end -= size
    return start, end


@inlined
def _separator_bytes(at: np.uint64, end: np.uint64, thousands: np.uint8) -> np.uint64:
    if thousands == BLANK:
        return blank_bytes(at, end)
    return U(load(at, np.uint8) == thousands)


@inlined
def _whole_part(
    at: np.uint64, end: np.uint64, thousands: np.uint8, out: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """The digits before the mark, written without what stands between them.

    Returns:
        The address behind them, 0 where they are wrongly grouped; how many; the address behind what was written.
    """
    first, digits, group, is_grouped = at, U(0), U(0), False
    while at < end:
        digit = load(at, np.uint8) - ZERO
        if digit <= _NINE:
            store(out, np.uint8(digit + ZERO))
            out += U(1)
            at += U(1)
            digits += U(1)
            group += U(1)
            continue
        separator = _separator_bytes(at, end, thousands) if thousands != np.uint8(0) else U(0)
        if separator == U(0):
            break
        if (is_grouped and group != _GROUP) or group - U(1) >= _GROUP:
            return U(0), digits, out
        is_grouped, group = True, U(0)
        at += separator
    if is_grouped and (group != _GROUP or load(first, np.uint8) == ZERO):
        return U(0), digits, out
    return at, digits, out


@inlined
def _digits(at: np.uint64, end: np.uint64, out: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Copy digits; the addresses behind them, and behind the copy."""
    while at < end:
        byte = load(at, np.uint8)
        if np.uint8(byte - ZERO) > _NINE:
            break
        store(out, byte)
        out += U(1)
        at += U(1)
    return at, out


@inlined
def _exponent(at: np.uint64, end: np.uint64, out: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Copy an exponent, if one is there; the addresses behind it, and behind the copy."""
    if at == end or load(at, np.uint8) | _CAPITAL != _EXPONENT:
        return at, out
    store(out, load(at, np.uint8))
    at += U(1)
    out += U(1)
    if at < end and (load(at, np.uint8) == MINUS or load(at, np.uint8) == PLUS):
        store(out, load(at, np.uint8))
        at += U(1)
        out += U(1)
    behind, out = _digits(at, end, out)
    return (behind if behind > at else U(0)), out


@outlined
def write_written(
    start: np.uint64, end: np.uint64, marks: np.uint64, strict: np.uint64, out: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Write a number as digits with a point.

    Args:
        start: address of the cell.
        end: address behind it.
        marks: address of two words: the decimal mark, and what stands between thousands (0: nothing, a blank: any).
        strict: how much is allowed: `LOOSE`, `PROOF`, `AMOUNT`.
        out: where it is written.

    Returns:
        The address behind it, or 0: it is no such number; digits before the mark, and behind it.
    """
    decimal, thousands = load(marks, np.uint8), load(marks + U(8), np.uint8)
    at = start
    has_sign = at < end and (load(at, np.uint8) == MINUS or load(at, np.uint8) == PLUS)
    if has_sign and (strict == AMOUNT or (strict == PROOF and load(at, np.uint8) == PLUS)):
        return U(0), U(0), U(0)
    if has_sign:
        store(out, load(at, np.uint8))
        at += U(1)
        out += U(1)
    first = at
    at, whole, out = _whole_part(at, end, thousands, out)
    if at == U(0) or (strict == PROOF and (whole == U(0) or (whole > U(1) and load(first, np.uint8) == ZERO))):
        return U(0), whole, U(0)
    if strict == AMOUNT and whole == U(0):
        store(out, ZERO)
        out += U(1)
    scale = U(0)
    if at < end and load(at, np.uint8) == decimal:
        store(out, POINT)
        behind, out_behind = _digits(at + U(1), end, out + U(1))
        scale = behind - at - U(1)
        at, out = behind, out_behind
        if scale == U(0) and strict != LOOSE:
            return U(0), whole, scale
    if whole + scale == U(0):
        return U(0), whole, scale
    if strict == LOOSE:
        at, out = _exponent(at, end, out)
    return (out if at == end else U(0)), whole, scale


@inlined
def _look_of(start: np.uint64, end: np.uint64, whole: np.uint64, scale: np.uint64) -> np.uint64:
    """What a written number, strict and in digits with a point, looks like: a bit of `Seen`."""
    if scale == U(0):
        is_minus_nought = load(start, np.uint8) == MINUS and load(start + U(1), np.uint8) == ZERO
        return _ODD if is_minus_nought else _WHOLE
    if whole + scale > _FLOAT_DIGITS or (load(end - U(1), np.uint8) == ZERO and scale > U(1)):
        return _ODD
    zeros, at = U(0), end - scale
    if whole == U(1) and load(end - scale - U(2), np.uint8) == ZERO:
        while at < end and load(at, np.uint8) == ZERO:
            zeros += U(1)
            at += U(1)
    return _ODD if zeros >= _ZEROS_OF_SMALL and at < end else _FRACTION


@inlined
def _keep(rule: np.uint64, look: np.uint64, whole: np.uint64, scale: np.uint64) -> None:
    """Note what a number that was written looks like."""
    store(rule + _WHOLE_DIGITS, max(load(rule + _WHOLE_DIGITS, np.uint64), whole))
    store(rule + _SCALE, max(load(rule + _SCALE, np.uint64), scale))
    store(rule + _SEEN, load(rule + _SEEN, np.uint64) | look)


@inlined
def write_short(
    start: np.uint64, end: np.uint64, decimal: np.uint8, out: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """As `write_written` in the strictness of `PROOF`, for what most cells are: up to eight digits, a mark among them.

    Returns:
        As `write_written`, and what it looks like, see `_look_of`, found without a branch: what digits there are,
        nobody can predict. 0 in the place of the address where it is anything else, be it a number or not.
    """
    sign = U(load(start, np.uint8) == MINUS)
    at = start + sign
    length = end - at
    if length - U(1) > U(7):
        return U(0), U(0), U(0), U(0)
    word = load_up_to_eight(at, length)
    mask = not_digits(word)
    whole = first_marked(mask)
    starts_zero = U(word & U(255) == U(ZERO))
    if whole == U(0) or (whole > U(1)) & (starts_zero != U(0)):
        return U(0), U(0), U(0), U(0)
    look, scale = _WHOLE << (U(2) * (sign & starts_zero)), U(0)
    if whole < length:
        bits = _BYTE * whole
        scale = length - U(1) - whole
        is_pointed = (word >> bits) & U(255) == U(decimal) and first_marked(mask & (mask - U(1))) == length
        if scale == U(0) or not is_pointed:
            return U(0), U(0), U(0), U(0)
        ends_zero = U(word >> (_BYTE * (length - U(1))) == U(ZERO)) & U(scale > U(1))
        begins = U(word << U(16) >> U(32) == _FOUR_ZEROS) & U(scale > _ZEROS_OF_SMALL) & U(whole == U(1))
        look = _FRACTION << (ends_zero | (begins & starts_zero))
        word ^= (U(decimal) ^ U(POINT)) << bits
    store(out, MINUS)
    store(out + sign, word)
    return out + sign + length, whole, scale, look


@inlined
def read_number(start: np.uint64, end: np.uint64, rule: np.uint64, out: np.uint64) -> np.uint64:
    """Write a number in the first of its column's notations; see `cell_reading.read_cell`.

    Where two notations are left, what does not keep to one of them strikes it out.
    """
    strict, left = load(rule + _PROVES, np.uint64), load(rule + _SURVIVORS, np.uint64)
    if left == U(1):
        behind, whole, scale, look = write_short(start, end, load(rule + _DECIMAL, np.uint8), out)
        if behind != U(0):
            if strict != U(0):
                _keep(rule, look, whole, scale)
            return behind
    if strict != U(0) and left & U(2) != U(0):
        rival, _, _ = write_written(start, end, rule + _RIVAL_DECIMAL, strict, out)
        if rival == U(0):
            left &= ~U(2)
            store(rule + _SURVIVORS, left)
    if strict != U(0) and left & U(1) == U(0):
        return U(0)
    behind, whole, scale = write_written(start, end, rule + _DECIMAL, strict, out)
    if behind == U(0):
        store(rule + _SURVIVORS, left & ~U(1))
    elif strict != U(0):
        _keep(rule, _look_of(out, behind, whole, scale), whole, scale)
    return behind
