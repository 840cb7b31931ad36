"""What is known of the values of a column, of some rows or of all: parts of it merge in any order to the same. Pure.

Cells of a CSV whose columns have no types count as texts and, as long as they look like it, as numbers: only all of
them together say what the column is.
"""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import Any

from etl_batch.kernels.cell_readings import Class, number_word
from etl_batch.light_dataclass import dataclass

Bound = int | float | None
#: bytes of the first and the last text that are kept: the first so many of the least text are the least of these
SHOWN_BYTES = 128
TEXT_WORD = "str"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFacts:
    """Of one column."""

    word: str  #: its type, as `--types` has it; empty: cells without one, see `seen`
    nulls: int = 0
    values: int = 0  #: that are not null
    least: Bound = None  #: of numbers, dates, times; of decimals in their last digits; None: there is none
    most: Bound = None
    total: int = 0  #: exact: of floats in units of 2^-1074, of decimals in their last digits
    odd: int = 0  #: numbers that are not finite: they are in none of these
    shortest: int | None = None  #: of texts, in characters; of raw bytes in bytes; None: there is none
    longest: int | None = None
    first: bytes | None = None  #: the least text by its bytes, as far as SHOWN_BYTES; None: there is none
    last: bytes | None = None
    seen: int = 0  #: of cells: bits of `Class`; TEXT where they are not numbers of one kind

    def merged(self, other: ColumnFacts) -> ColumnFacts:
        """Of the rows of both."""
        ours, theirs = self._as_far_as(other), other._as_far_as(self)
        return ColumnFacts(
            word=max((self, other), key=lambda one: (one.values > 0, one.word != TEXT_WORD, one.word)).word,
            nulls=self.nulls + other.nulls,
            values=self.values + other.values,
            least=_least(ours.least, theirs.least),
            most=_most(ours.most, theirs.most),
            total=ours.total + theirs.total,
            odd=ours.odd + theirs.odd,
            shortest=_least(self.shortest, other.shortest),
            longest=_most(self.longest, other.longest),
            first=_least(self.first, other.first),
            last=_most(self.last, other.last),
            seen=united(self.seen, other.seen),
        )

    def _as_far_as(self, other: ColumnFacts) -> ColumnFacts:
        """Without what is known of numbers, where together they are none."""
        return self.without_numbers() if united(self.seen, other.seen) & Class.TEXT else self

    def without_numbers(self) -> ColumnFacts:
        """As texts alone."""
        return replace(self, least=None, most=None, total=0, odd=0)

    @property
    def type(self) -> str:
        """The type of the column."""
        return self.word or number_word(self.seen) or TEXT_WORD

    def packed(self) -> list[Any]:
        """As JSON values."""
        values = list(astuple(self))
        for place in _TEXTS:
            values[place] = None if values[place] is None else values[place].hex()
        values[_TOTAL] = hex(values[_TOTAL])  # longer than JSON's readers take digits
        return values

    @classmethod
    def unpacked(cls, values: list[Any]) -> ColumnFacts:
        """What `packed` made."""
        made = list(values)
        for place in _TEXTS:
            made[place] = None if made[place] is None else bytes.fromhex(made[place])
        made[_TOTAL] = int(made[_TOTAL], 16)
        return cls(**dict(zip(_NAMES, made, strict=True)))


_NAMES = tuple(ColumnFacts.__dataclass_fields__)
_TOTAL = _NAMES.index("total")
_TEXTS = (_NAMES.index("first"), _NAMES.index("last"))


def united(seen: int, more: int) -> int:
    """What cells look like together: TEXT, where they are not numbers of one kind."""
    together = seen | more
    return together if not together or number_word(together) else int(Class.TEXT)


def _least(one: Any, other: Any) -> Any:  # noqa: ANN401 - numbers, or texts
    return other if one is None else one if other is None else min(one, other)


def _most(one: Any, other: Any) -> Any:  # noqa: ANN401 - numbers, or texts
    return other if one is None else one if other is None else max(one, other)
