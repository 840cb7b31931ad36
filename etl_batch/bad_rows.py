"""How many bad rows a job may set aside and still count as done. Pure: numbers in, an error or none out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from etl_batch.errors import ConfigError, EtlError, NoGoodRow, TooManyBadRows

_NUMBER = re.compile(r"\d{1,18}")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,9})?) ?%")
_WHOLE = 100  #: percent


@dataclass(frozen=True, slots=True)
class BadRowLimit:
    """The most bad rows that a job may have: so many, or a share of the rows read."""

    text: str  #: as it was given
    number: Fraction  #: rows, or percent
    is_share: bool

    @classmethod
    def parse(cls, text: str) -> BadRowLimit:
        """`10`, or `2.5%`.

        Raises:
            ConfigError: it is neither.
        """
        if _NUMBER.fullmatch(text):
            return cls(text, Fraction(text), is_share=False)
        found = _PERCENT.fullmatch(text)
        if found is None or Fraction(found[1]) > _WHOLE:
            raise ConfigError(
                f"--max-bad-rows is {text!r}", mend="give a number of rows such as 10, or a share of them such as 0.5%"
            )
        return cls(text, Fraction(found[1]), is_share=True)

    def allows(self, bad: int, rows: int) -> bool:
        """Whether so many bad rows, of all that were read, are within it. Exact at the boundary."""
        return bad * _WHOLE <= self.number * rows if self.is_share else bad <= self.number


def refusal_of(rows: int, bad: int, limit: str | None) -> EtlError | None:
    """Why a job that sets bad rows aside fails; None: it does not.

    Args:
        rows: read, bad ones included.
        bad: of them.
        limit: as `--max-bad-rows` was given; None: any number, as long as there is one good row.
    """
    if rows and bad == rows:
        return NoGoodRow(f"none of the {rows:,} rows read is good" if rows > 1 else "the one row read is bad")
    if limit is not None and not BadRowLimit.parse(limit).allows(bad, rows):
        return TooManyBadRows(f"{bad:,} of {rows:,} rows read are bad, more than --max-bad-rows {limit} allows")
    return None


def bad_rows_error(code: str, message: str) -> EtlError:
    """The error that somebody wrote down, by its code and its message."""
    return (TooManyBadRows if code == TooManyBadRows.code else NoGoodRow)(message)
