"""Options as they are typed, and what is meant by them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from etl_batch.errors import ConfigError
from etl_batch.light_dataclass import dataclass
from etl_batch.values import GIB

NO_MEASURES = "-"  #: in place of the columns to total
_NUMBER = re.compile(r"\d{1,18}")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,9})?) ?%")
_WHOLE = 100  #: percent
ONE_COLUMN = "\x1f"  #: what divides lines that are one cell: it stands in no text
_NOTHING = "none"
BOTH = "both"  #: in place of the one item that is read
_WHEN = re.compile(r"\s+when(?:\s+|$)", re.IGNORECASE)
_NAMED = {"\\t": "\t", "tab": "\t", "none": ONE_COLUMN}


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


@dataclass(frozen=True, slots=True)
class ReadAs:
    """What is said of an item of a copybook that others redefine."""

    of: str
    use: str  #: the one of them that is read, or BOTH
    when: str | None = None  #: the condition on the records in which it is; None: in all that no other is said of

    @property
    def is_both(self) -> bool:
        """Whether all of them are read, each as columns of its own."""
        return self.use.lower() == BOTH and self.when is None

    @property
    def in_words(self) -> str:
        """For a note."""
        if self.is_both:
            return f"{self.of} and all that redefine it are read in every record"
        where = "" if self.when is None else f" where {self.when}"
        return f"{self.use} is read in the place of {self.of}{where}"


def read_as(given: str) -> ReadAs:
    """What is meant by `A: B`, `A: B when CONDITION` or `A: both`.

    Raises:
        ConfigError: it is none of these.
    """
    pair, *behind = _WHEN.split(given, maxsplit=1)
    of, mark, use = (part.strip() for part in (pair.partition(": ") if ": " in pair else pair.rpartition(":")))
    if not mark or not of or not use or len(use.split()) > 1 or (behind and not behind[0].strip()):
        raise ConfigError(
            f"--variant is {given!r}",
            mend="give the item that is redefined and the one to read, such as 'A: B', \"A: B when KIND = 'X'\" or "
            "'A: both'",
        )
    return ReadAs(of, use, behind[0].strip() if behind else None)


def record_of_type(given: str) -> tuple[str, str | None]:
    """Of `NAME when CONDITION` the name of a type of record, and what tells it; None: all records are of that type.

    Raises:
        ConfigError: it is neither that, nor a name alone.
    """
    name, *behind = given.split(maxsplit=2) or [""]
    if name and not behind:
        return name, None
    if len(behind) == 2 and behind[0].lower() == "when":
        return name, behind[1].strip()
    raise ConfigError(
        f"--record is {given!r}", mend="give the name of a record, or what tells it too: \"ORDER when TYPE = '01'\""
    )


def read_delimiter(given: str) -> str:
    r"""The character that is meant: a tab may be written as `\t` or `tab`; `none`: each line is one cell."""
    return _NAMED.get(given.lower(), given)


def typed_delimiter(value: str) -> str:
    r"""As it can be typed: a tab is `\t`."""
    return {"\t": "\\t", ONE_COLUMN: "none"}.get(value, value)


def read_thousands(given: str) -> str:
    """What stands between thousands; nothing for `none`."""
    return "" if given.lower() == _NOTHING else given


def typed_thousands(value: str) -> str:
    """As it can be typed."""
    return value or _NOTHING


def read_sign(given: str) -> str:
    """The sign that is meant; of `none` no sign."""
    return "" if given.lower() == _NOTHING else given


def typed_sign(value: str) -> str:
    """As it can be typed."""
    return value or _NOTHING


def read_measures(given: str) -> tuple[str, ...]:
    """The columns to total; none for `-`.

    Raises:
        ConfigError: a name is empty.
    """
    if given.strip() == NO_MEASURES:
        return ()
    names = tuple(name.strip() for name in given.split(","))
    if "" in names:
        mend = f"give --measures quantity,value, or {NO_MEASURES} for none"
        raise ConfigError("--measures names no column", mend=mend)
    return names


def read_names(given: str) -> tuple[str, ...]:
    """The names of columns.

    Raises:
        ConfigError: one is empty, or stands twice.
    """
    names = tuple(name.strip() for name in given.split(","))
    if "" in names or len({*names}) < len(names):
        raise ConfigError("--names has an empty name, or one twice", mend="give each column a name of its own: a,b,c")
    return names


def typed_names(value: Iterable[str]) -> str:
    """As they are typed."""
    return ",".join(value)


def typed_measures(value: Iterable[str]) -> str:
    """As they are typed."""
    return ",".join(value) or NO_MEASURES


def read_gigabytes(given: float) -> int:
    """So many GiB in bytes.

    Raises:
        ConfigError: it is no size.
    """
    if not 0 < given < 2**33:
        raise ConfigError(f"--max-size-gb is {given}; give a number above 0")
    return int(given * GIB)
