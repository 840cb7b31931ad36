"""Numbers that fields hold as characters, ASCII or EBCDIC: blanks, a sign, digits, a point; read whole or not at all.

Most are blanks and digits: those are read eight at a time, where they lie. All else is written as ASCII beside, without
blanks and sign, and read as the cells of a CSV are.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined, kernel, outlined
from etl_batch.kernels.machine import float_bits, load, never_inline, scratch_kilobyte, store, trailing_zeros
from etl_batch.kernels.numbers_text import MINUS, POINT, POWERS, U
from etl_batch.kernels.read_digits import PLUS, first_digits, first_marked, load_up_to_eight, not_digits
from etl_batch.kernels.read_float import read_float64
from etl_batch.kernels.read_numbers import read_decimal

#: how the numbers come out: 8 bytes as an integer or a float, or 16 bytes
INTEGER, FLOAT, WIDE = range(3)
#: words of `rules`: which of those, digits after the point where none stands there, the most digits, and the least and
#: the largest value of an INTEGER, in two's complement; whether the largest is above that of 64 bits with a sign
KIND, SCALE, PRECISION, LEAST, LARGEST, UNSIGNED = range(6)
RULE_WORDS = 6
MOST_BYTES = 256  #: of a field: what a kilobyte of scratch has room for, and more than any number needs

_INTEGER, _FLOAT = U(INTEGER), U(FLOAT)
_BLANK = np.uint8(ord(" "))
_SMALL_E, _CAPITAL_E = np.uint8(ord("e")), np.uint8(ord("E"))
_QUICK_DIGITS = U(18)  #: that fit a word with a sign
_EXACT = U(2**53)
_TENS = np.array([float(10**exponent) for exponent in range(23)])
_EACH_BYTE = U(0x0101010101010101)
_ZERO = U(ord("0"))
_INFINITE = U(0x7FF0000000000000)
_SIGN_BIT = U(63)


@inlined
def _blanks_end(at: np.uint64, end: np.uint64, blanks: np.uint64) -> np.uint64:
    """The address of the first byte that is no blank, at most `end`; `blanks` are eight of them."""
    while end - at >= U(8):
        others = load(at, np.uint64) ^ blanks
        if others != U(0):
            return at + (trailing_zeros(others) >> U(3))
        at += U(8)
    if at == end:
        return end
    return at + min(trailing_zeros(load_up_to_eight(at, end - at) ^ blanks) >> U(3), end - at)


@inlined
def _digits_run(at: np.uint64, end: np.uint64, flip: np.uint64, value: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Append digits to a value, modulo 2^64; the address behind them, and the value. `flip` makes them ASCII."""
    while at < end:
        word = load_up_to_eight(at, end - at) ^ flip
        count = min(first_marked(not_digits(word)), end - at)
        if count == U(0):
            break
        value = value * POWERS[count] + first_digits(word, count)
        at += count
        if count < U(8):
            break
    return at, value


@inlined
def _quick(
    start: np.uint64, end: np.uint64, flip: np.uint64, blanks: np.uint64, table: np.ndarray
) -> tuple[bool, bool, np.uint64, np.uint64, bool]:
    """A field of blanks, a minus perhaps, digits and one point among them: most of all there are.

    Returns:
        Whether it is one, of at most 18 digits; whether it is below 0; the digits; how many stand after a point;
        whether there is one.
    """
    at = _blanks_end(start, end, blanks)
    negative = False
    if at < end:
        sign = table[load(at, np.uint8)]
        negative = sign == MINUS
        at += U(negative or sign == PLUS)
    first = at
    at, value = _digits_run(at, end, flip, U(0))
    digits = at - first
    decimals = U(0)
    is_pointed = at < end and table[load(at, np.uint8)] == POINT
    if is_pointed:
        point = at
        at, value = _digits_run(at + U(1), end, flip, value)
        decimals = at - point - U(1)
        digits += decimals
    ok = digits != U(0) and digits <= _QUICK_DIGITS and (at == end or _blanks_end(at, end, blanks) == end)
    return ok, negative, value, decimals, is_pointed


@inlined
def _as_ascii(
    start: np.uint64, end: np.uint64, table: np.ndarray, out: np.uint64, with_exponent: bool
) -> tuple[bool, bool, np.uint64, bool]:
    """A field without its blanks and its sign, which may stand in front or behind, as ASCII.

    Returns:
        Whether all of it is what a number has, and its blanks around it; whether it is below 0; the address behind what
        was written; whether there is a point or an exponent.
    """
    while start < end and table[load(start, np.uint8)] == _BLANK:
        start += U(1)
    while end > start and table[load(end - U(1), np.uint8)] == _BLANK:
        end -= U(1)
    if start == end:
        return False, False, out, False
    first, last = table[load(start, np.uint8)], table[load(end - U(1), np.uint8)]
    negative = MINUS in (first, last)
    if first in (MINUS, PLUS):
        start += U(1)
        while start < end and table[load(start, np.uint8)] == _BLANK:
            start += U(1)
    elif last in (MINUS, PLUS):
        end -= U(1)
        while end > start and table[load(end - U(1), np.uint8)] == _BLANK:
            end -= U(1)
    is_said = False
    may_sign = False  #: within the number: a sign stands behind an e
    while start < end:
        character = table[load(start, np.uint8)]
        is_e = character in (_SMALL_E, _CAPITAL_E)
        if character == POINT or is_e:
            is_said = True
        if character in (np.uint8(0), _BLANK) or (is_e and not with_exponent):
            return False, False, out, False
        if character in (MINUS, PLUS) and not may_sign:
            return False, False, out, False
        may_sign = is_e
        store(out, character)
        out += U(1)
        start += U(1)
    return True, negative, out, is_said


@inlined
def _in_range(low: np.uint64, high: np.uint64, rules: np.ndarray) -> bool:
    """Whether a number of 128 bits with a sign lies between the least and the largest of the rules."""
    if high == U(0):
        if rules[U(UNSIGNED)] != U(0):
            return low <= rules[U(LARGEST)]
        return low >> _SIGN_BIT == U(0) and low <= rules[U(LARGEST)]
    return high == ~U(0) and low >> _SIGN_BIT == U(1) and np.int64(low) >= np.int64(rules[U(LEAST)])


@outlined
def _careful(
    start: np.uint64, end: np.uint64, table: np.ndarray, rules: np.ndarray, scratch: np.uint64
) -> tuple[bool, np.uint64, np.uint64]:
    """Any field: whether it is a number that the rules allow, and its words."""
    never_inline()
    is_float = rules[U(KIND)] == _FLOAT
    ok, negative, behind, is_said = _as_ascii(start, end, table, scratch, is_float)
    if not ok or behind == scratch:
        return False, U(0), U(0)
    scale = rules[U(SCALE)]
    if is_float:
        if not is_said and scale != U(0):
            store(behind, _SMALL_E)
            store(behind + U(1), MINUS)
            store(behind + U(2), np.uint8(_ZERO + scale // U(10)))
            store(behind + U(3), np.uint8(_ZERO + scale % U(10)))
            behind += U(4)
        read, value = read_float64(scratch, behind - scratch)
        bits = float_bits(value)
        return read and bits != _INFINITE, bits | U(negative) << _SIGN_BIT, U(0)
    read, low, high = read_decimal(scratch, behind - scratch, rules[U(PRECISION)], scale if is_said else U(0))
    if negative:
        low = U(0) - low
        high = ~high + U(low == U(0))
    return read and (rules[U(KIND)] != _INTEGER or _in_range(low, high, rules)), low, high


@inlined
def _settled(
    quick: tuple[bool, bool, np.uint64, np.uint64, bool], rules: np.ndarray
) -> tuple[bool, np.uint64, np.uint64]:
    """What `_quick` found, by the rules; not ok: `_careful` has to say."""
    ok, negative, value, decimals, is_pointed = quick
    scale = rules[U(SCALE)]
    if rules[U(KIND)] == _FLOAT:
        behind = decimals if is_pointed else scale
        exact = np.float64(np.int64(value)) / _TENS[min(behind, U(22))]
        ok &= (value <= _EXACT) & (behind <= U(22))
        return ok, float_bits(exact) | U(negative) << _SIGN_BIT, U(0)
    if is_pointed:
        missing = scale - decimals
        ok &= (decimals <= scale) & (value < POWERS[_QUICK_DIGITS - min(missing, _QUICK_DIGITS)])
        value *= POWERS[min(missing, _QUICK_DIGITS)]
    ok &= value < POWERS[min(rules[U(PRECISION)], _QUICK_DIGITS)]
    low = U(0) - value if negative else value
    high = U(0) - U(negative and value != U(0))
    if rules[U(KIND)] == _INTEGER:
        ok &= _in_range(low, high, rules)
    return ok, low, high


@kernel("void(uint64, uint64, uint64, uint64, uint8[::1], uint64[::1], uint64, uint8[::1])")
def read_text_numbers(
    address: np.uint64, stride: np.uint64, width: np.uint64, rows: np.uint64,
    table: np.ndarray, rules: np.ndarray, out: np.uint64, bad: np.ndarray,
) -> None:  # fmt: skip
    """Read a field of many records; `bad[row]` becomes 1 where it is no such number, and what is written there is 0.

    Args:
        address: of the first record's field.
        stride: bytes from one to the next.
        width: bytes of the field, 1 to MOST_BYTES.
        rows: how many.
        table: shape (256,): the character of ASCII that each byte stands for, of those that numbers have; 0: another.
            Digits and the blank lie as in ASCII, or as in EBCDIC.
        rules: see RULE_WORDS; the scale is 38 at most.
        out: address with room for 8 bytes a row, 16 of a WIDE.
        bad: shape (rows,).
    """
    scratch = scratch_kilobyte()
    is_ascii = table[U(ord("0"))] == np.uint8(ord("0"))
    flip = U(0) if is_ascii else U(0xC0) * _EACH_BYTE
    blanks = (U(0x20) if is_ascii else U(0x40)) * _EACH_BYTE
    is_wide = rules[U(KIND)] == U(WIDE)
    for row in range(rows):
        start = address + U(row) * stride
        end = start + width
        ok, low, high = _settled(_quick(start, end, flip, blanks, table), rules)
        if not ok:
            ok, low, high = _careful(start, end, table, rules, scratch)
            if not ok:
                bad[U(row)] = np.uint8(1)
                low, high = U(0), U(0)
        store(out, low)
        out += U(8)
        if is_wide:
            store(out, high)
            out += U(8)
