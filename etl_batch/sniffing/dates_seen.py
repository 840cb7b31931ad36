"""Which formats of dates and times all cells of a column keep to. Pure.

By elimination: a format remains as long as no cell breaks it, so that one day above 12 in a column settles the order of
day and month, and nothing else does. Between numbers a point is always day, month, year, or year first.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from etl_batch.light_dataclass import dataclass

_DAY, _MONTH = r"(?:0?[1-9]|[12][0-9]|3[01])", r"(?:0?[1-9]|1[0-2])"
_YEAR, _SHORT = r"[12][0-9]{3}", r"[0-9]{2}"
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_NAMES = {"sept", *_MONTHS, *(month[:3] for month in _MONTHS)}
_NAME = "(?:" + "|".join(sorted(_NAMES, key=len, reverse=True)) + ")"
_PARTS = {"%d": _DAY, "%m": _MONTH, "%Y": _YEAR, "%y": _SHORT, "%b": _NAME, "%B": _NAME}
_DATE = re.compile(r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}")
_TIMES = (
    ("%H:%M", r"[0-2]?[0-9]:[0-5][0-9]"),
    ("%H:%M:%S", r"[0-2]?[0-9]:[0-5][0-9]:[0-5][0-9]"),
    ("%H:%M:%S.%f", r"[0-2]?[0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{1,6}"),
    ("%I:%M %p", r"(?:0?[1-9]|1[0-2]):[0-5][0-9] [AaPp][Mm]"),
    ("%I:%M:%S %p", r"(?:0?[1-9]|1[0-2]):[0-5][0-9]:[0-5][0-9] [AaPp][Mm]"),
)
_ZONES = (("", ""), ("%z", r"(?:Z|[+-][0-2][0-9]:?[0-5][0-9])"))

#: of numbers alone, by what stands between: those above are tried first, and where one remains those below are not
_ORDERS = {
    ".": (("%d.%m.%Y", "%Y.%m.%d"), ("%d.%m.%y",)),
    "/": (("%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y"), ("%d/%m/%y", "%m/%d/%y"), ("%y/%m/%d",), ("%Y/%d/%m",)),
    "-": (("%Y-%m-%d", "%d-%m-%Y", "%m-%d-%Y"), ("%d-%m-%y", "%m-%d-%y"), ("%y-%m-%d",), ("%Y-%d-%m",)),
}
_WITH_NAMES = (
    "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d/%b/%Y", "%d.%b.%Y", "%b %d, %Y", "%b %d %Y", "%d. %B %Y", "%Y-%b-%d",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dates:
    """What all cells of a column are, as dates."""

    formats: tuple[str, ...]  #: as `strftime` has them; several: the order of day and month is not known
    has_time: bool


def _pattern(form: str) -> re.Pattern[str]:
    pattern = re.escape(form)
    for part, of_part in _PARTS.items():
        pattern = pattern.replace(re.escape(part), of_part)
    return re.compile(pattern, re.IGNORECASE)


_COMPILED = {form: _pattern(form) for tiers in _ORDERS.values() for tier in tiers for form in tier}
_COMPILED |= {form: _pattern(form) for form in _WITH_NAMES}
_TIME_PATTERNS = [
    (f"{time}{blank}{zone}", re.compile(f"{of_time}{blank}{of_zone}"))
    for time, of_time in _TIMES
    for zone, of_zone in _ZONES
    for blank in (("", " ") if zone else ("",))
]
_LOOKS = re.compile(r"(?=.{6,40}\Z)(?:[0-9]{1,4}[-/. ]|[A-Za-z]{3,9} [0-9])")
_TIME_FOLLOWS = re.compile(r"([T ])(?=[0-9]{1,2}:[0-9]{2})")


def dates_of(cells: Collection[str]) -> Dates | None:
    """What cells are, none of which is empty; None: they are not all dates of one format."""
    first = next(iter(cells), "")
    if not _LOOKS.match(first):
        return None
    if not _TIME_FOLLOWS.search(first):
        return _settled(_formats_of(cells), "")
    parts = [_TIME_FOLLOWS.split(cell, maxsplit=1) for cell in cells]
    if any(len(part) != 3 or part[1] != parts[0][1] for part in parts):
        return None
    times = {part[2] for part in parts}
    form = next((form for form, pattern in _TIME_PATTERNS if all(map(pattern.fullmatch, times))), None)
    return None if form is None else _settled(_formats_of({part[0] for part in parts}), parts[0][1] + form)


def _settled(formats: tuple[str, ...], time: str) -> Dates | None:
    return Dates(tuple(form + time for form in formats), bool(time)) if formats else None


def _formats_of(dates: Collection[str]) -> tuple[str, ...]:
    found = _DATE.fullmatch(next(iter(dates)))
    for tier in _ORDERS[found[1]] if found else (_WITH_NAMES,):
        left = tuple(form for form in tier if all(map(_COMPILED[form].fullmatch, dates)))
        if left:
            return left
    return ()
