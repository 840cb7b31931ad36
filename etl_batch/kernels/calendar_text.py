"""Dates and timestamps as ISO 8601 text.

The calendar is the proleptic Gregorian one; days become year, month and day by H. Hinnant's
`civil_from_days` ("chrono-Compatible Low-Level Date Algorithms", 2013), counted from 1 March of year 0.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import DIGIT_PAIRS, POINT, U, write_padded

FIRST_DAY = -719162  #: 0001-01-01, in days from 1970-01-01
LAST_DAY = 2932896  #: 9999-12-31
_DAYS_TO_MARCH = U(719468)  #: from 1 March of year 0 to 1970-01-01
_HYPHEN = np.uint8(ord("-"))
_COLON = np.uint8(ord(":"))
_DAY_S = U(86400)
_MILLI, _MICRO, _NANO = U(10**3), U(10**6), U(10**9)
_T, _Z = np.uint8(ord("T")), np.uint8(ord("Z"))


@inlined
def _write_two(out: np.uint64, value: np.uint64) -> None:
    store(out, DIGIT_PAIRS[value])


@inlined
def _write_six(out: np.uint64, value: np.uint64) -> None:
    front = value // U(10000)
    rest = value - front * U(10000)
    middle = rest // U(100)
    _write_two(out, front)
    _write_two(out + U(2), middle)
    _write_two(out + U(4), rest - middle * U(100))


@inlined
def _write_day(out: np.uint64, since_march: np.uint64) -> np.uint64:
    """Write the date that lies so many days after 1 March of year 0."""
    era = since_march // U(146097)
    day_of_era = since_march - era * U(146097)
    year_of_era = (day_of_era - day_of_era // U(1460) + day_of_era // U(36524) - day_of_era // U(146096)) // U(365)
    day_of_year = day_of_era - (U(365) * year_of_era + year_of_era // U(4) - year_of_era // U(100))
    month_from_march = (U(5) * day_of_year + U(2)) // U(153)
    day = day_of_year - (U(153) * month_from_march + U(2)) // U(5) + U(1)
    month = month_from_march + U(3) if month_from_march < U(10) else month_from_march - U(9)
    year = year_of_era + era * U(400) + (U(1) if month <= U(2) else U(0))
    century = year // U(100)
    _write_two(out, century)
    _write_two(out + U(2), year - century * U(100))
    store(out + U(4), _HYPHEN)
    _write_two(out + U(5), month)
    store(out + U(7), _HYPHEN)
    _write_two(out + U(8), day)
    return out + U(10)


@inlined
def write_date(out: np.uint64, days: np.int64) -> np.uint64:
    """Write `2017-01-01`; the day lies between FIRST_DAY and LAST_DAY. Returns the address behind it."""
    return _write_day(out, U(days + np.int64(_DAYS_TO_MARCH)))


@inlined
def _write_clock(out: np.uint64, seconds: np.uint64) -> np.uint64:
    """Write `11:53:26.`, so many seconds after midnight. Returns the address behind it."""
    hours = seconds // U(3600)
    rest = seconds - hours * U(3600)
    minutes = rest // U(60)
    _write_two(out, hours)
    store(out + U(2), _COLON)
    _write_two(out + U(3), minutes)
    store(out + U(5), _COLON)
    _write_two(out + U(6), rest - minutes * U(60))
    store(out + U(8), POINT)
    return out + U(9)


@inlined
def write_time(out: np.uint64, ticks: np.uint64, per_second: np.uint64) -> np.uint64:
    """Write `11:53:26.000000`, with nine decimals for nanoseconds; the ticks lie within one day.

    Returns the address behind it.
    """
    seconds = ticks // per_second
    fraction = ticks - seconds * per_second
    out = _write_clock(out, seconds)
    if per_second == _NANO:
        return write_padded(out, fraction, U(9))
    _write_six(out, fraction * (_MICRO // per_second))
    return out + U(6)


@inlined
def _write_moment(
    out: np.uint64, seconds: np.uint64, last_day: np.uint64, last_at: np.uint64
) -> tuple[np.uint64, np.uint64]:
    """Write date, time and the decimal point; the seconds count from 1 March of year 0. Returns address and day."""
    day = seconds // _DAY_S
    rest = seconds - day * _DAY_S
    if day == last_day and last_at != U(0):
        store(out, load(last_at, np.uint64))
        store(out + U(8), load(last_at + U(8), np.uint16))
    else:
        _write_day(out, day)
    store(out + U(10), _T)
    return _write_clock(out + U(11), rest), day


@inlined
def write_timestamp(
    out: np.uint64, ticks: np.int64, per_second: np.uint64, last_day: np.uint64, last_at: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Write `2017-01-01T11:53:26.000000Z`, with nine decimals for nanoseconds.

    Most timestamps are of the same day as the one before: `last_day` and `last_at` say which day that was and where
    its text stands (0: nowhere yet).

    Returns:
        The address behind the text, its day, and where its text stands.
    """
    start = out
    # Counted from year 0, all that the check let through is unsigned; constant divisors become products.
    if per_second == _MICRO:
        since = U(ticks) + _DAYS_TO_MARCH * _DAY_S * _MICRO
        seconds = since // _MICRO
        fraction = since - seconds * _MICRO
    elif per_second == U(1):
        seconds = U(ticks) + _DAYS_TO_MARCH * _DAY_S
        fraction = U(0)
    elif per_second == _MILLI:
        since = U(ticks) + _DAYS_TO_MARCH * _DAY_S * _MILLI
        seconds = since // _MILLI
        fraction = (since - seconds * _MILLI) * U(1000)
    else:
        signed = ticks // np.int64(_NANO)
        seconds = U(signed) + _DAYS_TO_MARCH * _DAY_S
        fraction = U(ticks - signed * np.int64(_NANO))
    out, day = _write_moment(out, seconds, last_day, last_at)
    if per_second == _NANO:
        out = write_padded(out, fraction, U(9))
    else:
        _write_six(out, fraction)
        out += U(6)
    store(out, _Z)
    return out + U(1), day, start
