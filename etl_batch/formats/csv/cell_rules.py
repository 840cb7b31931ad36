"""What the cells of the columns of a CSV mean, and the table of it that kernels are handed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from etl_batch.formats.date_programs import program_of
from etl_batch.kernels.cell_meaning import (
    CANDIDATES,
    DECIMAL,
    FORMATS,
    KIND,
    MARK,
    MISFIT_BYTES,
    MISFIT_ROW,
    MISFIT_SHOWN,
    MISFIT_TEXT,
    NULLS,
    OFFSET,
    OFFSETS,
    PROVES,
    RIVAL_DECIMAL,
    RIVAL_THOUSANDS,
    RULE_WORDS,
    SCALE,
    SEEN,
    SURVIVORS,
    THOUSANDS,
    TRIM,
    WHOLE_DIGITS,
    WORDS,
    Meaning,
    packed,
)
from etl_batch.light_dataclass import dataclass
from etl_batch.text.date_formats import DateFormat

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Notation:
    """How numbers are written."""

    decimal: str = "."
    thousands: str = ""  #: what stands between them; a blank: any of three blanks


@dataclass(frozen=True, slots=True)
class CellRule:
    """What the cells of a column mean."""

    meaning: Meaning = Meaning.AS_IS
    proposed: bool = (
        False  #: the rows must prove it; else the column is declared so, and what does not fit is a bad row
    )
    trim: bool = False
    nulls: tuple[str, ...] = ()  #: words that stand for nothing
    notations: tuple[Notation, ...] = (Notation(),)  #: of numbers; two, where the rows must tell which it is
    formats: tuple[DateFormat, ...] = ()  #: of dates; several, where the rows must tell which it is
    words: tuple[str, str] | None = None  #: for true and for false

    @property
    def is_plain(self) -> bool:
        """Whether its cells are copied as they are."""
        return self.meaning is Meaning.AS_IS


AS_IS = CellRule()


@dataclass(frozen=True, slots=True)
class Met:
    """What the cells of a column turned out to be."""

    survivors: int  #: bits: the candidates that all keep to
    whole_digits: int
    scale: int
    seen: int  #: bits of `Seen`
    zone: int = 0  #: a number of its own for that of the first cell that has one
    several_zones: bool = False
    misfit_row: int = 0  #: of the first cell that does not fit, from 1; 0: all do
    misfit: str = ""  #: the cell, as far as it is shown

    def __or__(self, other: Met) -> Met:
        """Both."""
        first = self if self.misfit_row or not other.misfit_row else other
        return Met(
            self.survivors & other.survivors,
            max(self.whole_digits, other.whole_digits),
            max(self.scale, other.scale),
            self.seen | other.seen,
            self.zone or other.zone,
            self.several_zones or other.several_zones or 0 not in {self.zone, other.zone, self.zone ^ other.zone},
            first.misfit_row,
            first.misfit,
        )


@dataclass(frozen=True, slots=True)
class RuleTable:
    """Rules, as kernels are handed them; good as long as it lives."""

    rules: tuple[CellRule, ...]
    words: npt.NDArray[np.uint64]  #: shape (columns, RULE_WORDS)
    kept: list[npt.NDArray[np.uint8]] = field(repr=False)  #: what the words point to

    @classmethod
    def of(cls, rules: Sequence[CellRule]) -> RuleTable:
        """The table of the rules of all columns."""
        import numpy as np

        table = cls(tuple(rules), np.zeros((len(rules), RULE_WORDS), dtype=np.uint64), [])
        for line, rule in zip(table.words, rules, strict=True):
            table.fill(line, rule)
        return table

    def fill(self, line: npt.NDArray[np.uint64], rule: CellRule) -> None:
        """Write the record of a column."""
        import numpy as np

        line[KIND], line[PROVES] = rule.meaning, rule.proposed
        line[MARK] = not rule.proposed and rule.meaning not in {Meaning.AS_IS, Meaning.TEXT}
        line[TRIM] = rule.trim
        line[NULLS] = self._address(packed([word.encode() for word in rule.nulls])) if rule.nulls else 0
        first, last = rule.notations[0], rule.notations[-1]
        line[DECIMAL], line[THOUSANDS] = ord(first.decimal), ord(first.thousands or "\0")
        line[RIVAL_DECIMAL], line[RIVAL_THOUSANDS] = ord(last.decimal), ord(last.thousands or "\0")
        line[WORDS] = self._address(packed([word.encode() for word in rule.words])) if rule.words else 0
        programs = np.array([self._address(program_of(form)) for form in rule.formats], dtype=np.uint64)
        line[FORMATS] = self._address(programs.tobytes()) if rule.formats else 0
        line[CANDIDATES] = len(rule.formats or rule.notations)
        line[SURVIVORS] = (1 << int(line[CANDIDATES])) - 1

    def _address(self, content: bytes) -> int:
        import numpy as np

        self.kept.append(np.frombuffer(content, dtype=np.uint8))
        return self.kept[-1].ctypes.data

    def met(self) -> tuple[Met, ...]:
        """What the cells of each column turned out to be, once all of them were read."""
        return tuple(map(_met, self.words))


def _met(line: npt.NDArray[np.uint64]) -> Met:
    shown = line[MISFIT_TEXT : MISFIT_TEXT + MISFIT_SHOWN // 8].tobytes()[: int(line[MISFIT_BYTES])]
    return Met(
        int(line[SURVIVORS]),
        int(line[WHOLE_DIGITS]),
        int(line[SCALE]),
        int(line[SEEN]),
        int(line[OFFSET]),
        bool(line[OFFSETS]),
        int(line[MISFIT_ROW]),
        shown.decode("utf-8", "replace"),
    )
