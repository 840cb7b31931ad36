"""Formats of dates and times, in the letters of `strftime`. Pure."""

from __future__ import annotations

import re
from itertools import pairwise

from etl_batch.errors import ConfigError
from etl_batch.light_dataclass import dataclass

_DIRECTIVE = re.compile(r"%(.)|([^%])|(%)", re.DOTALL)
_KNOWN = "dmYybBHMSfIpz"
_NUMBERS = frozenset("dmYyHMSfI")
_TIMES = frozenset("HMSfIpz")
#: of the numbers that have as many digits always, where nothing but numbers stands around them
_DIGITS = {"%d": 2, "%m": 2, "%Y": 4, "%y": 2, "%H": 2, "%M": 2, "%S": 2, "%I": 2}
POSIX_CENTURY = 1969  #: the first year that years of two digits stand for, where nobody says it
FIRST_CENTURIES = range(1, 9901)  #: first years of the hundred that years of two digits may stand for
_MEND = "write one such as %d.%m.%Y, %m/%d/%y or %Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A format of dates, or of dates and times."""

    text: str  #: as it is given
    parts: tuple[str, ...]  #: letters of `strftime` behind a `%`, and signs that stand for themselves
    century: int | None = None  #: the first year that two digits may stand for; None: POSIX_CENTURY

    @classmethod
    def parse(cls, text: str, flag: str) -> DateFormat:
        """Read a format.

        Raises:
            ConfigError: it is none, or does not say which day it is.
        """
        parts = tuple(f"%{letter}" if letter else sign or "%" for letter, sign, _ in _DIRECTIVE.findall(text))
        letters = [part[1] for part in parts if len(part) > 1]
        wrong = next((letter for letter in letters if letter not in _KNOWN), None)
        if wrong is not None:
            raise ConfigError(f"{flag}: %{wrong} in {text!r} is no part of a date that is read", mend=_MEND)
        _refuse_twice(letters, text, flag)
        has_day = "d" in letters and {"m", "b", "B"} & {*letters} and {"Y", "y"} & {*letters}
        has_clock = "H" in letters or {"I", "p"} <= {*letters}
        if not has_day:
            raise ConfigError(f"{flag}: {text!r} lacks the day, the month or the year", mend=_MEND)
        if _TIMES & {*letters} and not (has_clock and "M" in letters):
            raise ConfigError(f"{flag}: {text!r} has a time without its hour or minute", mend=_MEND)
        if any(ord(sign) < ord(" ") for sign in parts if len(sign) == 1):
            raise ConfigError(f"{flag}: {text!r} holds a control character", mend=_MEND)
        return cls(text, parts)

    @property
    def has_time(self) -> bool:
        """Whether there is a time in it."""
        return any(part[1:] in _TIMES for part in self.parts if len(part) > 1)

    @property
    def has_zone(self) -> bool:
        """Whether each cell says how far it is from UTC."""
        return "%z" in self.parts

    @property
    def has_short_year(self) -> bool:
        """Whether a year has two digits."""
        return "%y" in self.parts

    @property
    def years_in_words(self) -> str:
        """What years of two digits stand for."""
        first = POSIX_CENTURY if self.century is None else self.century
        low, hundred = first % 100, first - first % 100
        if not low:
            return f"years 00 to 99 are {first} to {first + 99}"
        return (
            f"years 00 to {low - 1:02} are {hundred + 100} to {hundred + 99 + low}, and {low:02} to 99 are {first} to "
            f"{hundred + 99}"
        )

    @property
    def digits(self) -> int | None:
        """How many digits its dates have, of which nothing else is made; None: they are made of more."""
        return sum(_DIGITS[part] for part in self.parts) if all(part in _DIGITS for part in self.parts) else None

    @property
    def is_iso(self) -> bool:
        """Whether its dates, and times behind them, are written as ours."""
        return self.text.startswith("%Y-%m-%d")

    def is_exact(self, place: int) -> bool:
        """Whether the number at a place has all of its digits, for another one touches it."""
        pairs = list(pairwise(self.parts))
        around = [*pairs[max(place - 1, 0) : place], *pairs[place : place + 1]]
        return any(all(len(part) > 1 and part[1] in _NUMBERS for part in pair) for pair in around)


def _refuse_twice(letters: list[str], text: str, flag: str) -> None:
    same = [{"Y": "y", "b": "m", "B": "m", "I": "H"}.get(letter, letter) for letter in letters]
    for letter in same:
        if same.count(letter) > 1:
            raise ConfigError(f"{flag}: {text!r} says one part of a date twice", mend=_MEND)
