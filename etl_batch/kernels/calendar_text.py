"""Dates and timestamps as ISO 8601 text.

The calendar is the proleptic Gregorian one; days become year, month and day as C. Neri and L. Schneider do it
("Euclidean affine functions and their application to calendar algorithms", 2023), counted from 1 March of year 0.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import DIGIT_PAIRS, U, four_digits

FIRST_DAY = -719162  #: 0001-01-01, in days from 1970-01-01
LAST_DAY = 2932896  #: 9999-12-31
_DAYS_TO_MARCH = U(719468)  #: from 1 March of year 0 to 1970-01-01
_EARLIEST = _DAYS_TO_MARCH - U(-FIRST_DAY)
_DAYS = U(LAST_DAY - FIRST_DAY + 1)
_DAY_S = U(86400)
_MILLI, _MICRO, _NANO = U(10**3), U(10**6), U(10**9)
_HYPHENS = U(int.from_bytes(b"\0\0\0\0-\0\0-", "little"))
_T = np.uint8(ord("T"))


#: "11:53:" of each minute of a day, "26." of each second of a minute, "999Z"
_MINUTES = DIGIT_PAIRS[:24].astype(np.uint64).repeat(60) | np.tile(DIGIT_PAIRS[:60].astype(np.uint64) << U(24), 24)
_MINUTES |= U(int.from_bytes(b"\0\0:\0\0:", "little"))
_SECONDS = DIGIT_PAIRS[:60].astype(np.uint32) | np.uint32(ord(".") << 16)
_THREE_AND_Z = np.arange(ord("0"), ord("0") + 10, dtype=np.uint32).repeat(100)
_THREE_AND_Z |= np.tile(DIGIT_PAIRS.astype(np.uint32) << np.uint32(8), 10) | np.uint32(ord("Z") << 24)

#: the days whose text was made last: for each its number, its first eight characters, and the rest
_DAYS_KEPT, _DAY_BYTES = U(32), U(24)
DAYS_BYTES = int(_DAYS_KEPT * _DAY_BYTES)
_NO_DAY = U(2**64 - 1)


@inlined
def forget_days(days: np.uint64) -> None:
    """Make DAYS_BYTES at the address ready for `write_timestamp`."""
    for place in range(_DAYS_KEPT):
        store(days + _DAY_BYTES * U(place), _NO_DAY)


@inlined
def _date_words(since_march: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The date that lies so many days after 1 March of year 0: its first eight characters, the other two."""
    quarters = U(4) * since_march + U(3)
    century = quarters // U(146097)
    quarters = (quarters - century * U(146097)) | U(3)
    years = quarters * U(2939745)
    day_of_year = (years & U(0xFFFFFFFF)) // U(4 * 2939745)
    months = day_of_year * U(2141) + U(197913)
    month = months >> U(16)
    day = (months & U(0xFFFF)) // U(2141) + U(1)
    is_next = U(day_of_year >= U(306))
    year = U(100) * century + (years >> U(32)) + is_next
    month -= U(12) * is_next
    return four_digits(year) | (U(DIGIT_PAIRS[month]) << U(40)) | _HYPHENS, U(DIGIT_PAIRS[day])


@inlined
def write_date(out: np.uint64, days: np.int64) -> tuple[np.uint64, bool]:
    """Write `2017-01-01`.

    Returns:
        The address behind it, and whether there is such a day.
    """
    since = U(days) + _DAYS_TO_MARCH
    if since - _EARLIEST >= _DAYS:
        return out, False
    first, rest = _date_words(since)
    store(out, first)
    store(out + U(8), np.uint16(rest))
    return out + U(10), True


@inlined
def _write_clock(out: np.uint64, seconds: np.uint64) -> np.uint64:
    """Write `11:53:26.`, so many seconds after midnight. Returns the address behind it, and writes a byte past it."""
    minutes = seconds // U(60)
    store(out, _MINUTES[minutes])
    store(out + U(6), _SECONDS[seconds - minutes * U(60)])
    return out + U(9)


@inlined
def _write_six_and_z(out: np.uint64, value: np.uint64) -> np.uint64:
    front = value // U(1000)
    store(out, _THREE_AND_Z[front])
    store(out + U(3), _THREE_AND_Z[value - front * U(1000)])
    return out + U(7)


@inlined
def _write_nine_and_z(out: np.uint64, value: np.uint64) -> np.uint64:
    front = value // U(10**6)
    store(out, _THREE_AND_Z[front])
    return _write_six_and_z(out + U(3), value - front * U(10**6))


@inlined
def write_time(out: np.uint64, ticks: np.uint64, per_second: np.uint64) -> tuple[np.uint64, bool]:
    """Write `11:53:26.000000`, with nine decimals for nanoseconds.

    Returns:
        The address behind it, where it writes a byte more; whether the ticks lie within one day.
    """
    seconds = ticks // per_second
    if seconds >= _DAY_S:
        return out, False
    fraction = ticks - seconds * per_second
    out = _write_clock(out, seconds)
    if per_second == _NANO:
        return _write_nine_and_z(out, fraction) - U(1), True
    return _write_six_and_z(out, fraction * (_MICRO // per_second)) - U(1), True


@inlined
def write_timestamp(out: np.uint64, ticks: np.int64, per_second: np.uint64, days: np.uint64) -> tuple[np.uint64, bool]:
    """Write `2017-01-01T11:53:26.000000Z`, with nine decimals for nanoseconds.

    Args:
        out: where to.
        ticks: since 1970.
        per_second: how many of them.
        days: address of the texts of days, see `forget_days`: most timestamps are of a day that was there before.

    Returns:
        The address behind the text; whether it lies in the years 1 to 9999.
    """
    # Counted from year 0, all that is allowed is unsigned; constant divisors become products.
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
    day = seconds // _DAY_S
    if day - _EARLIEST >= _DAYS:
        return out, False
    kept = days + (day % _DAYS_KEPT) * _DAY_BYTES
    if load(kept, np.uint64) != day:
        first, rest = _date_words(day)
        store(kept, day)
        store(kept + U(8), first)
        store(kept + U(16), rest)
    store(out, load(kept + U(8), np.uint64))
    store(out + U(8), load(kept + U(16), np.uint16))
    store(out + U(10), _T)
    out = _write_clock(out + U(11), seconds - day * _DAY_S)
    if per_second == _NANO:
        return _write_nine_and_z(out, fraction), True
    return _write_six_and_z(out, fraction), True
