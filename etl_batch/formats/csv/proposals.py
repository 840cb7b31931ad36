"""What the cells of each column of some CSVs mean: as somebody said it, and, where nobody did, as some of them look.

What they look like is a proposal, which every row has to prove. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from etl_batch.errors import ConfigError
from etl_batch.formats.csv.cell_rules import AS_IS, CellRule, Notation
from etl_batch.formats.csv.given_types import GivenType
from etl_batch.kernels.cell_meaning import Meaning
from etl_batch.kernels.cell_readings import Reading
from etl_batch.light_dataclass import dataclass
from etl_batch.options.input_reading import BLANKS, NO_DATES, InputReading
from etl_batch.sniffing.column_kind import Kind, kind_of
from etl_batch.text.date_formats import DateFormat

_NUMBERS = frozenset({Reading.SIGNED, Reading.UNSIGNED, Reading.FLOAT, Reading.DECIMAL})
_TIMES = frozenset({Reading.DATE, Reading.TIMESTAMP, Reading.LOCAL_TIMESTAMP})
_DATE_FLAG = "--date-format"


@dataclass(frozen=True, slots=True)
class Said:
    """What flags say of how cells are written."""

    notation: Notation | None  #: None: nobody said it
    formats: Mapping[str | None, tuple[DateFormat, ...]]  #: by column; None: of any
    nulls: Mapping[str | None, tuple[str, ...]]
    trim: bool
    century: int | None = None  #: the first year that years of two digits stand for; None: 1969
    leaves_dates: bool = False  #: those of which nobody says how they are written

    @classmethod
    def of(cls, how: InputReading, names: Sequence[str]) -> Said:
        """What they say of these columns.

        Raises:
            ConfigError: a column is not there, or a format is none.
        """
        formats: dict[str | None, tuple[DateFormat, ...]] = {}
        for given in how.date_format:
            if given == NO_DATES:
                continue
            column, form = _of_column(given, names, _DATE_FLAG, is_whole="%" in given.partition("=")[0])
            formats[column] = (*formats.get(column, ()), _format(form, how.century))
        nulls: dict[str | None, tuple[str, ...]] = {}
        for given in how.null:
            column, word = _of_column(given, names, "--null", is_whole=False)
            nulls[column] = (*nulls.get(column, ()), word)
        is_said = how.decimal is not None or how.thousands is not None
        notation = Notation(how.decimal or ".", how.thousands or "") if is_said else None
        return cls(notation, formats, nulls, how.trim, how.century, NO_DATES in how.date_format)

    def formats_of(self, name: str) -> tuple[DateFormat, ...]:
        """Those of a column."""
        return self.formats.get(name, self.formats.get(None, ()))

    def nulls_of(self, name: str) -> tuple[str, ...]:
        """The words for nothing of a column."""
        return (*self.nulls.get(None, ()), *self.nulls.get(name, ()))

    def plain(self, name: str) -> CellRule:
        """What the cells of a column of text mean."""
        rule = CellRule(Meaning.TEXT, trim=self.trim, nulls=self.nulls_of(name))
        return rule if rule.trim or rule.nulls else AS_IS


def _of_column(given: str, names: Sequence[str], flag: str, *, is_whole: bool) -> tuple[str | None, str]:
    name, equals, rest = given.partition("=")
    if not equals or is_whole:
        return None, given
    if not name:
        return None, rest
    if name not in names:
        raise ConfigError(
            f"{flag} names column {name!r}, which is not there", mend=f"the columns are {', '.join(names)}"
        )
    return name, rest


def rule_of_type(name: str, given: GivenType, said: Said) -> CellRule:
    """What the cells of a column mean that somebody gave a type."""
    base = replace(AS_IS, trim=said.trim, nulls=said.nulls_of(name))
    notation = said.notation or Notation()
    if given.meaning in {Meaning.PERCENT, Meaning.MONEY}:
        return replace(base, meaning=given.meaning, notations=(notation,))
    if given.meaning is Meaning.MOMENT and given.date_format is not None:
        return replace(base, meaning=Meaning.MOMENT, formats=(replace(given.date_format, century=said.century),))
    if given.meaning is Meaning.BOOL:
        return replace(base, meaning=Meaning.BOOL, words=given.words)
    if given.cell.reading in _NUMBERS and notation != Notation():
        return replace(base, meaning=Meaning.NUMBER, notations=(notation,))
    if given.cell.reading in _TIMES and (formats := said.formats_of(name)):
        return replace(base, meaning=Meaning.MOMENT, formats=formats)
    return said.plain(name)


def proposed(name: str, cells: Sequence[str], said: Said) -> tuple[CellRule, Kind | None]:
    """What the cells of a column seem to mean that nobody gave a type; and what those that were looked at are."""
    base = replace(said.plain(name), proposed=True)
    if name in said.formats:
        return replace(base, meaning=Meaning.MOMENT, formats=said.formats_of(name)), None
    nulls = {"", *said.nulls_of(name)}
    filled = [cell for cell in (cell.strip(BLANKS) if said.trim else cell for cell in cells) if cell not in nulls]
    kind = kind_of(filled)
    if kind.numbers is not None and not kind.nulls:
        notations = _notations(kind, said)
        return (replace(base, meaning=Meaning.NUMBER, notations=notations) if notations else said.plain(name)), kind
    if kind.dates is not None and not kind.nulls and not said.leaves_dates:
        formats = tuple(_format(form, said.century) for form in kind.dates.formats)
        if wanted := said.formats_of(name):
            formats = tuple(form for form in wanted if form.text in kind.dates.formats)
        if formats and not all(form.is_iso for form in formats):
            return replace(base, meaning=Meaning.MOMENT, formats=formats), kind
    return said.plain(name), kind


def written_apart(name: str, cells: Sequence[Sequence[str]], said: Said) -> list[CellRule] | None:
    """What a column seems to mean that each file writes in its own way, one with a comma and one with a point.

    Args:
        name: of the column.
        cells: of each file that has it.
        said: how cells are written; where anybody said it, it is so in all files.

    Returns:
        A rule for each of them: numbers in all, or dates in all, or times in all; None: it is nothing of that kind.
    """
    if said.notation is not None or said.formats_of(name):
        return None
    rules = [_of_one_file(name, its, said) for its in cells]
    typed = [rule for rule in rules if rule is not None]
    kinds = {(rule.meaning, *((one.has_time, one.has_zone) for one in rule.formats)) for rule in typed}
    forms = {(meaning, shape) for meaning, *shapes in kinds for shape in shapes or [None]}
    if len(forms) != 1 or any(rule is None and any(its) for rule, its in zip(rules, cells, strict=True)):
        return None
    return [rule or typed[0] for rule in rules]


def _of_one_file(name: str, cells: Sequence[str], said: Said) -> CellRule | None:
    """None: it has no cells, or they are any text."""
    rule, kind = proposed(name, cells, said)
    if kind is None or rule.proposed or kind.nulls or not kind.cells:
        return rule if rule.proposed else None
    base = replace(said.plain(name), proposed=True)
    if kind.numbers is not None:
        return replace(base, meaning=Meaning.NUMBER)
    if kind.dates is not None and not said.leaves_dates:
        formats = tuple(_format(form, said.century) for form in kind.dates.formats)
        return replace(base, meaning=Meaning.MOMENT, formats=formats)
    return None


def _format(text: str, century: int | None) -> DateFormat:
    return replace(DateFormat.parse(text, _DATE_FLAG), century=century)


def _notations(kind: Kind, said: Said) -> tuple[Notation, ...]:
    """The notations that numbers may be written in; none: they are left as they are."""
    numbers = kind.numbers
    if numbers is None:
        return ()
    if said.notation is not None:
        return () if said.notation == Notation() else (said.notation,)
    found = Notation(numbers.notation.decimal, numbers.notation.thousands)
    if not numbers.shows_mark or found == Notation():
        return ()
    rival = numbers.rival
    return (found,) if rival is None else (found, Notation(rival.decimal, rival.thousands))
