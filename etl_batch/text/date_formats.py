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
_MEND = "write one such as %d.%m.%Y, %m/%d/%y or %Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A format of dates, or of dates and times."""

    text: str  #: as it is given
    parts: tuple[str, ...]  #: letters of `strftime` behind a `%`, and signs that stand for themselves

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
