"""Cells as dates and timestamps: ISO 8601 as it is written in data, and nothing that is not in the calendar.

The calendar is the proleptic Gregorian one; year, month and day become days by H. Hinnant's `days_from_civil`
("chrono-Compatible Low-Level Date Algorithms", 2013), counted from 1 March of year 0.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.calendar_text import FIRST_DAY, LAST_DAY
from etl_batch.kernels.compile import inlined
from etl_batch.kernels.machine import load
from etl_batch.kernels.numbers_text import MINUS, POINT, POWERS, U
from etl_batch.kernels.read_digits import PLUS, digits_end, first_digits, load_up_to_eight, not_digits

_DAYS_TO_MARCH = 719468  #: from 1 March of year 0 to 1970-01-01
_DAY_S = 86_400
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.uint64)
_NIBBLES = U(0x0F0F0F0F0F0F0F0F)
_MILLI, _MICRO, _NANO = U(10**3), U(10**6), U(10**9)
_HYPHENS = U(0xFF0000FF00000000), U(0x2D00002D00000000)  #: `....-..-`: mask, and what must be there
_COLONS = U(0x0000FF0000FF0000), U(0x00003A00003A0000)  #: `..:..:..`
_NO_SECONDS = U(0x30303A0000000000)  #: the `:00` that `HH:MM` lacks
_T, _BLANK, _Z, _COLON = np.uint8(ord("T")), np.uint8(ord(" ")), np.uint8(ord("Z")), np.uint8(ord(":"))
_MOST_DECIMALS = U(9)
_DATE_BYTES, _MINUTE_BYTES, _SECOND_BYTES = U(10), U(16), U(19)
_LAST_SECOND_NS = (2**63 - 1) // 10**9  #: the last second that begins within 64 bits of nanoseconds


@inlined
def _pairs(word: np.uint64) -> np.uint64:
    """Four numbers of two digits, in the bytes 0, 2, 4 and 6."""
    word &= _NIBBLES
    return word * U(10) + (word >> U(8))


@inlined
def _read_day(start: np.uint64) -> tuple[bool, np.int64]:
    """The ten bytes as days from 1970-01-01."""
    front = load(start, np.uint64)
    word = front & U(0xFFFFFFFF) | (front >> U(8) & U(0xFFFF00000000)) | U(load(start + U(8), np.uint16)) << U(48)
    pairs = _pairs(word)
    year = (pairs & U(255)) * U(100) + (pairs >> U(16) & U(255))
    month, day = pairs >> U(32) & U(255), pairs >> U(48) & U(255)
    if front & _HYPHENS[0] != _HYPHENS[1] or not_digits(word) != U(0) or year == U(0) or month > U(12):
        return False, np.int64(0)
    if day == U(0) or day > _MONTH_DAYS[month]:
        leap = year % U(4) == U(0) and (year % U(100) != U(0) or year % U(400) == U(0))
        if month != U(2) or day != U(29) or not leap:
            return False, np.int64(0)
    march_year = year - U(month <= U(2))
    month_from_march = month - U(3) if month > U(2) else month + U(9)
    day_of_year = (U(153) * month_from_march + U(2)) // U(5) + day - U(1)
    century = march_year // U(100)
    days = march_year * U(365) + march_year // U(4) - century + century // U(4) + day_of_year
    return True, np.int64(days) - _DAYS_TO_MARCH


@inlined
def _read_clock(word: np.uint64) -> tuple[bool, np.int64]:
    """`HH:MM:SS` in a word as seconds."""
    digits = word & U(0xFFFF) | (word >> U(8) & U(0xFFFF0000)) | (word >> U(16) & U(0xFFFF00000000))
    pairs = _pairs(digits)
    hours, minutes, seconds = pairs & U(255), pairs >> U(16) & U(255), pairs >> U(32) & U(255)
    # The two bytes on top are zero, so they are marked as no digits, and only they may be.
    ok = word & _COLONS[0] == _COLONS[1] and not_digits(digits) == U(0x8080000000000000)
    ok = ok and hours < U(24) and minutes < U(60) and seconds < U(60)
    return ok, np.int64(hours * U(3600) + minutes * U(60) + seconds)


@inlined
def _read_zone(at: np.uint64, length: np.uint64) -> tuple[bool, np.int64]:
    """`Z`, `+HH:MM` or `+HHMM` as seconds east of UTC."""
    sign = load(at, np.uint8)
    if length == U(1):
        return sign == _Z, np.int64(0)
    if sign not in (PLUS, MINUS) or length < U(5) or length > U(6):
        return False, np.int64(0)
    word = load_up_to_eight(at + U(1), length - U(1))
    if length == U(5):
        word = word & U(0xFFFF) | U(0x3A0000) | (word & U(0xFFFF0000)) << U(8)
    ok, seconds = _read_clock(word | _NO_SECONDS)
    return ok, -seconds if sign == MINUS else seconds


@inlined
def _read_fraction(at: np.uint64, end: np.uint64) -> tuple[bool, np.uint64]:
    """One to nine digits as nanoseconds."""
    count = end - at
    if count == U(0) or count > _MOST_DECIMALS:
        return False, U(0)
    if count <= U(8):
        return True, first_digits(load_up_to_eight(at, count), count) * POWERS[_MOST_DECIMALS - count]
    return True, first_digits(load(at, np.uint64), U(8)) * U(10) + (U(load(at + U(8), np.uint8)) ^ U(0x30))


@inlined
def _ticks(seconds: np.int64, nanoseconds: np.uint64, per_second: np.uint64) -> tuple[bool, np.int64]:
    """The moment in ticks, where it is a whole number of them, of 64 bits."""
    if per_second == _MICRO:
        fraction = nanoseconds // U(1000)
        return nanoseconds == fraction * U(1000), seconds * 1_000_000 + np.int64(fraction)
    if per_second == U(1):
        return nanoseconds == U(0), seconds
    if per_second == _MILLI:
        fraction = nanoseconds // _MICRO
        return nanoseconds == fraction * _MICRO, seconds * 1000 + np.int64(fraction)
    if seconds > _LAST_SECOND_NS or seconds < -_LAST_SECOND_NS - 1:
        return False, np.int64(0)
    # A sum just outside 64 bits has wrapped around to the other sign.
    ticks = np.int64(U(seconds) * _NANO + nanoseconds)
    return (ticks < 0) == (seconds < 0), ticks


@inlined
def read_date(start: np.uint64, length: np.uint64) -> tuple[bool, np.int32]:
    """`YYYY-MM-DD`, years 1 to 9999, as days from 1970-01-01."""
    if length != _DATE_BYTES:
        return False, np.int32(0)
    ok, days = _read_day(start)
    return ok, np.int32(days)


@inlined
def _read_moment(start: np.uint64, length: np.uint64) -> tuple[bool, np.int64, np.uint64, np.uint64]:
    """A timestamp without its zone: its seconds and nanoseconds, and the address behind it."""
    end = start + length
    if length < _DATE_BYTES:
        return False, np.int64(0), U(0), end
    ok, days = _read_day(start)
    if length == _DATE_BYTES or not ok:
        return ok, days * _DAY_S, U(0), end
    separator = load(start + _DATE_BYTES, np.uint8)
    if length < _MINUTE_BYTES or separator not in (_T, _BLANK):
        return False, np.int64(0), U(0), end
    clock = start + _DATE_BYTES + U(1)
    if length < _SECOND_BYTES or load(clock + U(5), np.uint8) != _COLON:
        ok, seconds = _read_clock(load_up_to_eight(clock, U(5)) | _NO_SECONDS)
        return ok, days * _DAY_S + seconds, U(0), start + _MINUTE_BYTES
    ok, seconds = _read_clock(load(clock, np.uint64))
    seconds += days * _DAY_S
    at = start + _SECOND_BYTES
    if not ok or at == end or load(at, np.uint8) != POINT:
        return ok, seconds, U(0), at
    fraction_end = digits_end(at + U(1), end)
    ok, nanoseconds = _read_fraction(at + U(1), fraction_end)
    return ok, seconds, nanoseconds, fraction_end


@inlined
def read_timestamp(start: np.uint64, length: np.uint64, per_second: np.uint64, zoned: bool) -> tuple[bool, np.int64]:
    """`YYYY-MM-DD`, followed by `T` or a blank, `HH:MM`, `:SS`, a fraction of up to nine digits, a zone.

    A date alone is midnight.

    Args:
        start: address of the cell.
        length: of the cell, in bytes.
        per_second: ticks a second: 1, 10^3, 10^6 or 10^9.
        zoned: a zone may follow: `Z`, `+HH:MM` or `+HHMM`; without one it is UTC. Otherwise none may.

    Returns:
        Whether it is one, in UTC within the years 1 to 9999, a whole number of ticks, of 64 bits; and its ticks
        from 1970-01-01.
    """
    ok, seconds, nanoseconds, at = _read_moment(start, length)
    end = start + length
    if not ok or (at < end and not zoned):
        return False, np.int64(0)
    if at < end:
        ok, zone_seconds = _read_zone(at, end - at)
        seconds -= zone_seconds
        # Only a zone can lead out of the calendar.
        if not ok or seconds < FIRST_DAY * _DAY_S or seconds >= (LAST_DAY + 1) * _DAY_S:
            return False, np.int64(0)
    return _ticks(seconds, nanoseconds, per_second)
