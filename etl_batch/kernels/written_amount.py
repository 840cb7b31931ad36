"""Percent and money as people write them: `5 %` becomes 0.05, `EUR 5`, `$5`, `(12.50)`, `12,50-` become numbers."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_meaning import DECIMAL, SCALE, WHOLE_DIGITS
from etl_batch.kernels.cell_text import copy_bytes
from etl_batch.kernels.compile import inlined, outlined
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import MINUS, POINT, ZERO, U
from etl_batch.kernels.read_digits import PLUS
from etl_batch.kernels.written_number import AMOUNT, trimmed, write_written

_DECIMAL, _WHOLE_DIGITS, _SCALE = (U(8 * at) for at in (DECIMAL, WHOLE_DIGITS, SCALE))
_PERCENT_SIGN, _OPEN, _CLOSED, _DOLLAR = (np.uint8(ord(sign)) for sign in "%()$")
_FIRST_CAPITAL, _LETTERS = np.uint8(ord("A")), np.uint8(26)
_SHIFT = U(2)  #: digits that a percent lies behind the number
_APART = U(16)  #: bytes between where a number is written first, and last
_POUND_YEN = (np.uint8(0xC2), np.uint8(0xA3), np.uint8(0xA5))
_SIGNS_FRONT = np.uint16(int.from_bytes("\u20ac".encode()[:2], "little"))  #: of U+2080 to U+20BF
_FIRST_SIGN, _SIGNS = np.uint8("\u20a0".encode()[2]), np.uint8(32)
_LONGEST_CURRENCY = U(5)


@inlined
def _sign_bytes(at: np.uint64, end: np.uint64) -> np.uint64:
    """How many bytes the sign of a currency has that begins there; 0: there is none."""
    if at < end and load(at, np.uint8) == _DOLLAR:
        return U(1)
    if end - at >= U(2) and load(at, np.uint8) == _POUND_YEN[0]:
        return U(2) * U(load(at + U(1), np.uint8) in (_POUND_YEN[1], _POUND_YEN[2]))
    if end - at >= U(3) and load(at, np.uint16) == _SIGNS_FRONT:
        return U(3) * U(np.uint8(load(at + U(2), np.uint8) - _FIRST_SIGN) < _SIGNS)
    return U(0)


@inlined
def _currency_bytes(at: np.uint64, end: np.uint64) -> np.uint64:
    """The same of a currency: a sign, with two capitals before it at most (`US$`), or a code of three capitals."""
    capitals = U(0)
    while capitals < U(3) and at + capitals < end:
        if np.uint8(load(at + capitals, np.uint8) - _FIRST_CAPITAL) >= _LETTERS:
            break
        capitals += U(1)
    if capitals == U(3):
        return capitals
    sign = _sign_bytes(at + capitals, end)
    return U(0) if sign == U(0) else capitals + sign


@inlined
def _is_sign(byte: np.uint8) -> bool:
    return byte == MINUS or byte == PLUS  # noqa: PLR1714 - Numba would make a tuple


@outlined
def _amount(start: np.uint64, end: np.uint64) -> tuple[np.uint64, np.uint64, bool]:
    """An amount without currency, sign and brackets.

    Returns:
        Its address, and the one behind it, 0: there are two of one, or a bracket alone; whether it is below 0.
    """
    start, end = trimmed(start, end)
    if start == end:
        return start, U(0), False
    is_open = load(start, np.uint8) == _OPEN
    if is_open != (load(end - U(1), np.uint8) == _CLOSED):
        return start, U(0), False
    signs, currencies, negative = U(is_open), U(0), is_open
    if is_open:
        start, end = trimmed(start + U(1), end - U(1))
    while start < end:
        if _is_sign(load(start, np.uint8)):
            negative |= load(start, np.uint8) == MINUS
            signs += U(1)
            size = U(1)
        else:
            size = _currency_bytes(start, end)
            currencies += U(size != U(0))
        if size == U(0):
            break
        start, end = trimmed(start + size, end)
    while start < end:
        size = U(0)
        if _is_sign(load(end - U(1), np.uint8)):
            negative |= load(end - U(1), np.uint8) == MINUS
            signs += U(1)
            size = U(1)
        else:
            length = min(_LONGEST_CURRENCY, end - start)
            while length > U(0) and size == U(0):
                if _currency_bytes(end - length, end) == length:
                    size = length
                    currencies += U(1)
                length -= U(1)
        if size == U(0):
            break
        start, end = trimmed(start, end - size)
    if start >= end or signs > U(1) or currencies > U(1):
        return start, U(0), False
    return start, end, negative


@inlined
def _keep(rule: np.uint64, whole: np.uint64, scale: np.uint64) -> None:
    if whole > load(rule + _WHOLE_DIGITS, np.uint64):
        store(rule + _WHOLE_DIGITS, whole)
    if scale > load(rule + _SCALE, np.uint64):
        store(rule + _SCALE, scale)


@inlined
def read_money(start: np.uint64, end: np.uint64, rule: np.uint64, out: np.uint64) -> np.uint64:
    """Write an amount of money as a number; see `cell_reading.read_cell`."""
    start, end, negative = _amount(start, end)
    if end == U(0):
        return U(0)
    store(out, MINUS)
    behind, whole, scale = write_written(start, end, rule + _DECIMAL, AMOUNT, out + U(negative))
    if behind != U(0):
        _keep(rule, whole, scale)
    return behind


@inlined
def read_percent(start: np.uint64, end: np.uint64, rule: np.uint64, out: np.uint64) -> np.uint64:
    """Write a hundredth of what stands before a `%`, with its own digits; see `cell_reading.read_cell`."""
    start, end = trimmed(start, end)
    if start == end or load(end - U(1), np.uint8) != _PERCENT_SIGN:
        return U(0)
    start, end = trimmed(start, end - U(1))
    if start < end and _is_sign(load(start, np.uint8)):
        if load(start, np.uint8) == MINUS:
            store(out, MINUS)
            out += U(1)
        start += U(1)
    digits = out + _APART
    behind, whole, scale = write_written(start, end, rule + _DECIMAL, AMOUNT, digits)
    if behind == U(0):
        return U(0)
    whole = max(whole, U(1))
    before = whole - _SHIFT if whole > _SHIFT else U(0)
    out = copy_bytes(out, digits, before)
    if before == U(0):
        store(out, ZERO)
        out += U(1)
    store(out, POINT)
    out += U(1)
    if whole == U(1):
        store(out, ZERO)
        out += U(1)
    out = copy_bytes(out, digits + before, whole - before)
    _keep(rule, max(before, U(1)), scale + _SHIFT)
    return copy_bytes(out, digits + whole + U(1), scale)
