"""Dates and times in a format, brought into ISO 8601: nothing that is not in the calendar, and no zone made up.

A format is a program of `Part`s, one byte each (`cell_meaning`); what else stands in it stands in the cell, too.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_meaning import (
    CANDIDATES,
    FIRST_LITERAL,
    FORMATS,
    OFFSET,
    OFFSETS,
    PROVES,
    SURVIVORS,
    TWO_DIGITS,
    Part,
)
from etl_batch.kernels.compile import inlined, outlined
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.month_names import month_named
from etl_batch.kernels.numbers_text import DIGIT_PAIRS, MINUS, POINT, ZERO, U
from etl_batch.kernels.read_digits import PLUS

_FORMATS, _CANDIDATES, _PROVES = (U(8 * at) for at in (FORMATS, CANDIDATES, PROVES))
_SURVIVORS, _OFFSET, _OFFSETS = (U(8 * at) for at in (SURVIVORS, OFFSET, OFFSETS))
_END, _DAY, _MONTH, _YEAR, _SHORT_YEAR, _NAME = (
    U(part) for part in (Part.END, Part.DAY, Part.MONTH, Part.YEAR, Part.SHORT_YEAR, Part.MONTH_NAME)
)
_SINCE = U(Part.YEAR_SINCE)
_HOUR, _MINUTE, _SECOND, _OF_TWELVE, _HALF, _ZONE = (
    U(part) for part in (Part.HOUR, Part.MINUTE, Part.SECOND, Part.HOUR_OF_TWELVE, Part.HALF_DAY, Part.ZONE)
)
_EXACT, _LITERAL = U(TWO_DIGITS), U(FIRST_LITERAL)
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.uint64)
_T, _Z, _COLON, _CAPITAL = np.uint8(ord("T")), np.uint8(ord("Z")), np.uint8(ord(":")), np.uint8(0x20)
_A, _P, _M = (np.uint8(ord(letter)) for letter in "apm")
_NONE = U(255)  #: no number of two digits
_FIRST_SHORT_OF_1900 = U(69)  #: as POSIX has it: 69 to 99 are 1969 to 1999
_UTC = U(1 << 32)  #: an offset that is written as Z
_MOST_DECIMALS = U(6)  #: as `strptime` has it


@inlined
def _one_or_two(at: np.uint64, end: np.uint64, exact: bool) -> tuple[np.uint64, np.uint64]:
    """A number of one digit or two, or of exactly two: the address behind it, and it; 255: there is none."""
    if at >= end:
        return at, _NONE
    first = U(np.uint8(load(at, np.uint8) - ZERO))
    if first > U(9):
        return at, _NONE
    second = U(np.uint8(load(at + U(1), np.uint8) - ZERO)) if at + U(1) < end else U(10)
    if second <= U(9):
        return at + U(2), first * U(10) + second
    return at + U(1), (_NONE if exact else first)


@inlined
def _four(at: np.uint64, end: np.uint64) -> tuple[np.uint64, np.uint64]:
    """A number of four digits; 0: there is none."""
    if end - at < U(4):
        return at, U(0)
    number = U(0)
    for place in range(U(4)):
        digit = U(np.uint8(load(at + U(place), np.uint8) - ZERO))
        if digit > U(9):
            return at, U(0)
        number = number * U(10) + digit
    return at + U(4), number


@inlined
def _half_of_day(at: np.uint64, end: np.uint64) -> tuple[np.uint64, np.uint64]:
    """`AM` as 0, `PM` as 12; 255: there is neither."""
    if end - at < U(2) or load(at + U(1), np.uint8) | _CAPITAL != _M:
        return at, _NONE
    letter = load(at, np.uint8) | _CAPITAL
    if letter == _A:
        return at + U(2), U(0)
    return at + U(2), (U(12) if letter == _P else _NONE)


@inlined
def _zone(at: np.uint64, end: np.uint64) -> tuple[np.uint64, np.uint64]:
    """`Z`, `+HH:MM` or `+HHMM` as a number of its own, never 0; 0: there is none.

    Its lowest bytes are the sign, hours, minutes.
    """
    if at >= end:
        return at, U(0)
    sign = load(at, np.uint8)
    if sign == _Z:
        return at + U(1), _UTC
    if sign not in (PLUS, MINUS):
        return at, U(0)
    at, hours = _one_or_two(at + U(1), end, True)
    if at < end and load(at, np.uint8) == _COLON:
        at += U(1)
    at, minutes = _one_or_two(at, end, True)
    if hours > U(23) or minutes > U(59):
        return at, U(0)
    return at, U(sign) | hours << U(8) | minutes << U(16)


@inlined
def _two(out: np.uint64, number: np.uint64) -> np.uint64:
    store(out, DIGIT_PAIRS[number])
    return out + U(2)


@inlined
def _is_day(year: np.uint64, month: np.uint64, day: np.uint64) -> bool:
    """Whether it is in the calendar, of the years 1 to 9999."""
    if year == U(0) or month - U(1) > U(11) or day == U(0):
        return False
    leap = year % U(4) == U(0) and (year % U(100) != U(0) or year % U(400) == U(0))
    return day <= _MONTH_DAYS[month] + U(leap and month == U(2))


@outlined
def write_moment(at: np.uint64, end: np.uint64, program: np.uint64, out: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Write a date, or a date and a time, as ISO 8601 has it.

    Args:
        at: address of the cell.
        end: address behind it.
        program: address of its format.
        out: where it is written.

    Returns:
        The address behind it, or 0: it does not keep to the format, or is not in the calendar; its zone, see `_zone`.
    """
    year, month, day = U(0), U(0), U(0)
    hour, minute, second, half, zone = _NONE, U(0), U(0), _NONE, U(0)
    fraction, decimals = U(0), U(0)
    ok = True
    while ok:
        part = U(load(program, np.uint8))
        program += U(1)
        if part == _END:
            break
        if part >= _LITERAL:
            ok = at < end and U(load(at, np.uint8)) == part
            at += U(1)
            continue
        exact = part >= _EXACT
        part &= ~_EXACT
        if part == _YEAR:
            at, year = _four(at, end)
            ok = year != U(0)
        elif part == _SINCE:
            since = U(load(program, np.uint16))
            program += U(2)
            at, number = _one_or_two(at, end, True)
            ok = number != _NONE
            year = since + (number + U(100) - since % U(100)) % U(100)
        elif part == _NAME:
            at, month = month_named(at, end)
            ok = month != U(0)
        elif part == _ZONE:
            at, zone = _zone(at, end)
            ok = zone != U(0)
        elif part == _HALF:
            at, half = _half_of_day(at, end)
            ok = half != _NONE
        elif part in (_DAY, _MONTH, _SHORT_YEAR, _HOUR, _OF_TWELVE, _MINUTE, _SECOND):
            at, number = _one_or_two(at, end, exact or part == _SHORT_YEAR)
            ok = number != _NONE
            if part == _DAY:
                day = number
            elif part == _MONTH:
                month = number
            elif part == _SHORT_YEAR:
                year = number + (U(1900) if number >= _FIRST_SHORT_OF_1900 else U(2000))
            elif part == _MINUTE:
                minute = number
            elif part == _SECOND:
                second = number
            else:
                hour = number
                ok = ok and (part == _HOUR or number - U(1) < U(12))
        else:
            fraction = at
            while at < end and decimals < _MOST_DECIMALS and np.uint8(load(at, np.uint8) - ZERO) <= np.uint8(9):
                at += U(1)
                decimals += U(1)
            ok = decimals != U(0)
    has_time = hour != _NONE
    if half != _NONE and has_time:
        hour = hour % U(12) + half
    ok = ok and at == end and _is_day(year, month, day) and minute < U(60) and second < U(60)
    if not ok or (has_time and hour > U(23)):
        return U(0), U(0)
    century = year // U(100)
    out = _two(_two(out, century), year - century * U(100))
    store(out, MINUS)
    out = _two(out + U(1), month)
    store(out, MINUS)
    out = _two(out + U(1), day)
    if not has_time:
        return out, U(0)
    store(out, _T)
    out = _two(out + U(1), hour)
    store(out, _COLON)
    out = _two(out + U(1), minute)
    store(out, _COLON)
    out = _two(out + U(1), second)
    if decimals != U(0):
        store(out, POINT)
        out += U(1)
        for place in range(decimals):
            store(out, load(fraction + U(place), np.uint8))
            out += U(1)
    if zone == _UTC:
        store(out, _Z)
        out += U(1)
    elif zone != U(0):
        store(out, np.uint8(zone))
        out = _two(out + U(1), zone >> U(8) & U(255))
        store(out, _COLON)
        out = _two(out + U(1), zone >> U(16) & U(255))
    return out, zone


@inlined
def read_moment(start: np.uint64, end: np.uint64, rule: np.uint64, out: np.uint64) -> np.uint64:
    """Write a date or a time in the first of its column's formats that it keeps to; see `cell_reading.read_cell`.

    Where the rows have to prove a format, what does not keep to one strikes it out.
    """
    proves, left = load(rule + _PROVES, np.uint64), load(rule + _SURVIVORS, np.uint64)
    programs, number = load(rule + _FORMATS, np.uint64), load(rule + _CANDIDATES, np.uint64)
    written, zone = U(0), U(0)
    while number > U(0):
        number -= U(1)
        bit = U(1) << number
        if left & bit == U(0):
            continue
        behind, its_zone = write_moment(start, end, load(programs + U(8) * number, np.uint64), out)
        if behind != U(0):
            written, zone = behind, its_zone
        elif proves != U(0):
            left &= ~bit
    if proves != U(0):
        store(rule + _SURVIVORS, left)
        if left & U(1) == U(0):
            return U(0)  # what is written is written in the first
    if zone != U(0):
        known = load(rule + _OFFSET, np.uint64)
        if known == U(0):
            store(rule + _OFFSET, zone)
        elif known != zone:
            store(rule + _OFFSETS, U(1))
    return written
