"""How each CSV of a job was read, as the metadata has it: each property, who says it, how sure it is, and why. Pure.

What nobody said and no row had to tell is as usual: most files are so, and every row of this one was held to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl_batch.config import JobConfig
from etl_batch.formats.csv.cell_rules import CellRule
from etl_batch.formats.csv.column_types import TEXT, CellType
from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.files_together import every_name
from etl_batch.formats.csv.given_types import GivenType, types_of_columns
from etl_batch.formats.csv.header import Dialect, Header
from etl_batch.formats.csv.line_ends import CR, LF
from etl_batch.formats.csv.opened_csv import OpenedCsv
from etl_batch.formats.csv.unsettled_csv import UnsettledCsv
from etl_batch.kernels.cell_meaning import Meaning
from etl_batch.light_dataclass import dataclass
from etl_batch.options.input_reading import HeaderLine, InputReading
from etl_batch.text.encodings import is_utf8
from etl_batch.text.typed_options import ONE_COLUMN

if TYPE_CHECKING:
    from etl_batch.formats.csv.csv_input import CsvInput

SAID = "said"  #: by a flag, a saved reading, the form
TOLD = "told"  #: by some of its rows
PROVED = "proved"  #: by every row
USUAL = "usual"
_USUALLY = 0.95  #: how sure what is usual is, once every row was held to it
_MOST_FILES = 1000  #: whose reading is kept
_POINT = "."
_AS_USUAL = {
    "quote": "it may stand around any cell, and is doubled within",
    "escape": "a quote within quotes is doubled, if there is any",
    "comment": "every line is one of the table",
}

Value = str | int | bool | None


@dataclass(frozen=True, slots=True)
class ReadAs:
    """One property of a file as it was read."""

    value: Value  #: None: there is none
    by: str
    sure: float  #: 0 to 1
    evidence: str  #: a sentence

    @classmethod
    def said(cls, value: Value, flag: str) -> ReadAs:
        """What somebody said."""
        return cls(value, SAID, 1.0, f"{flag} was given")

    @classmethod
    def usual(cls, value: Value, evidence: str) -> ReadAs:
        """What nobody said, and no row had to tell."""
        return cls(value, USUAL, _USUALLY, evidence)


@dataclass(frozen=True, slots=True)
class ColumnRead:
    """A column whose cells are more than text."""

    name: str
    type: str  #: in the words of `--types`; `str`: any text
    by: str
    date_format: str | None = None  #: in which the file has its cells
    decimal: str | None = None  #: before decimals in the file; None: it holds no numbers that were brought into ours
    thousands: str | None = None
    nulls: tuple[str, ...] = ()  #: words that stand for no value, as an empty cell does
    trim: bool = False  #: blanks around its cells were taken away

    def as_json(self) -> dict[str, Any]:
        """As the metadata has it."""
        return {
            "name": self.name, "type": self.type, "by": self.by, "sure": 1.0, "date_format": self.date_format,
            "decimal": self.decimal, "thousands": self.thousands, "nulls": list(self.nulls), "trim": self.trim,
        }  # fmt: skip


def readings_of(
    opened: Sequence[OpenedCsv], sources: Sequence[CsvInput | UnsettledCsv], config: JobConfig
) -> dict[int, dict[str, Any]]:
    """How CSVs were read, by their places among the inputs: as JSON values, for they are for the metadata alone.

    What is said of a column holds for all that have it, and stands with the first of them, and with those that are
    read otherwise. Of very many files those at
    the end are left out, for metadata are read again, and may not become too large for that.
    """
    names = every_name(opened)
    given = dict(zip(names, types_of_columns(config.types, names), strict=True))
    found: dict[int, dict[str, Any]] = {}
    known: dict[str, ColumnRead] = {}
    seen: set[str] = set()
    for one, source in list(zip(opened, sources, strict=True))[:_MOST_FILES]:
        has_rules = source.file.copy is not None and bool(source.file.copy.rules)
        its = columns_read(source.file, _types_of(source), given) if has_rules or not seen >= {*source.names} else ()
        own = known | {column.name: column for column in its}
        marks = _marks_of(config, [own[name] for name in source.names if name in own])
        new = [column for column in its if known.get(column.name) != column]
        found[source.ordinal] = _reading(
            source, {**structure_read(Dialect.of(config), one.header), **marks}, one.header, new
        )
        known = own | known
        seen.update(source.names)
    return found


def _types_of(source: CsvInput | UnsettledCsv) -> tuple[CellType, ...]:
    return (TEXT,) * source.file.columns if isinstance(source, UnsettledCsv) else source.types


def _reading(
    source: CsvInput | UnsettledCsv, read: Mapping[str, ReadAs], header: Header, columns: Sequence[ColumnRead]
) -> dict[str, Any]:
    found = {**read, "line_end": _line_end(header, *_line_ends(header, source))}
    return {
        **{name: one.value for name, one in found.items()},
        "columns": [column.as_json() for column in columns],
        "by": {name: one.by for name, one in found.items()},
        "sure": {name: one.sure for name, one in found.items()},
        "evidence": {name: one.evidence for name, one in found.items()},
    }


def structure_read(given: Dialect, header: Header) -> dict[str, ReadAs]:
    """How the table was found.

    Args:
        given: what somebody said.
        header: as it was read.
    """
    found = {
        "encoding": _encoding(given, header),
        "line_end": _line_end(header, 0, 0),
        "delimiter": _delimiter(given, header),
        **{name: _sign(given, header, name) for name in ("quote", "escape")},
        "skip_lines": _skip_lines(given, header),
        "skip_footer": _skip_footer(given),
        "comment": _sign(given, header, "comment"),
        "header": _header(given, header),
    }
    told = {
        name: ReadAs(by_rows.value, TOLD, by_rows.sure, by_rows.evidence)
        for name, by_rows in header.told.items()
        if name in found and found[name].by == USUAL and found[name].value == by_rows.value
    }
    return found | told


def _encoding(given: Dialect, header: Header) -> ReadAs:
    if is_utf8(header.encoding):
        return ReadAs(header.encoding, PROVED, 1.0, "every byte of it is UTF-8")
    if given.encoding is not None:
        return ReadAs.said(given.encoding, "--encoding")
    return ReadAs.usual(header.encoding, "its first bytes show it")


def _delimiter(given: Dialect, header: Header) -> ReadAs:
    mark = header.shape.delimiter
    if given.delimiter is not None:
        return ReadAs.said(None if mark == ONE_COLUMN else mark, "--delimiter")
    if header.names_delimiter:
        return ReadAs(mark, TOLD, 1.0, "a line above the header names it")
    if len(header.names) == 1:
        return ReadAs.usual(None, "one column: nothing divides its rows")
    return ReadAs.usual(mark, f"it divides every row into {len(header.names):,} cells")


def _sign(given: Dialect, header: Header, name: str) -> ReadAs:
    value = getattr(header.shape, name) or None
    return ReadAs.usual(value, _AS_USUAL[name]) if getattr(given, name) is None else ReadAs.said(value, f"--{name}")


def _skip_footer(given: Dialect) -> ReadAs:
    if given.skip_footer:
        return ReadAs.said(given.skip_footer, "--skip-footer")
    return ReadAs.usual(0, "the table ends with the last line")


def _skip_lines(given: Dialect, header: Header) -> ReadAs:
    if given.skip_lines is not None:
        return ReadAs.said(given.skip_lines, "--skip-lines")
    if header.names_delimiter:
        return ReadAs(1, TOLD, 1.0, "the first line names the delimiter, and is no header")
    skipped = header.settled.skip_lines if header.settled else None
    return ReadAs.usual(skipped or 0, "the table begins with the first line")


def _header(given: Dialect, header: Header) -> ReadAs:
    if given.header is not HeaderLine.AUTO:
        return ReadAs.said(given.header is HeaderLine.YES, "--header")
    if given.names is not None:
        return ReadAs.said(False, "--names")
    has_names = header.settled is None or header.settled.header is not HeaderLine.NO
    return ReadAs.usual(has_names, "no name begins as a number does, and some cell below does")


def _line_ends(header: Header, source: CsvInput | UnsettledCsv) -> tuple[int, int]:
    """Lines that end with CR and the file's own end, and with that alone; in one pass all end as the first one does."""
    if isinstance(source, UnsettledCsv):
        return (1, 0) if source.pairs else (0, 1)
    pairs = sum(piece.line_ends[0] for piece in source.pieces) + (header.ended_by == b"\r\n")
    return pairs, sum(piece.line_ends[1] for piece in source.pieces) + (header.ended_by == b"\n")


def _line_end(header: Header, pairs: int, alone: int) -> ReadAs:
    own = header.line_ends.own
    name = "crlf" if own == LF and pairs > alone else header.line_ends.name.lower()
    if own == CR or not (pairs and alone):
        return ReadAs(name, PROVED, 1.0, f"every line ends with {name.upper()}")
    return ReadAs(name, PROVED, round(max(pairs, alone) / (pairs + alone), 4), header.line_ends.in_words(pairs, alone))


def _marks_of(how: InputReading, columns: Sequence[ColumnRead]) -> Mapping[str, ReadAs]:
    """What stands before decimals and between thousands."""
    proved = [column for column in columns if column.by == PROVED and column.decimal is not None]
    found = proved[0] if proved else None
    why = f"every cell of column {found.name!r} is written so" if found else "no column shows another one"
    read = {
        "decimal": ReadAs(found.decimal, PROVED, 1.0, why) if found else ReadAs.usual(_POINT, why),
        "thousands": ReadAs(found.thousands, PROVED, 1.0, why) if found else ReadAs.usual(None, why),
    }
    said = {"decimal": how.decimal, "thousands": how.thousands}
    flags = {name: ReadAs.said(value or None, f"--{name}") for name, value in said.items() if value is not None}
    return read | flags


def columns_read(
    file: CsvFile, types: Sequence[CellType], given: Mapping[str, GivenType | None]
) -> tuple[ColumnRead, ...]:
    """The columns whose cells are more than text as it stands.

    Args:
        file: as its rows were read.
        types: of its columns, as far as they are known.
        given: what somebody said of columns.
    """
    rules: Sequence[CellRule] = file.copy.rules if file.copy else ()
    return tuple(_columns(file, types, [given[name] for name in file.names], rules))


def _columns(
    file: CsvFile, types: Sequence[CellType], given: Sequence[GivenType | None], rules: Sequence[CellRule]
) -> Iterator[ColumnRead]:
    for at, (name, kind, said) in enumerate(zip(file.names, types, given, strict=True)):
        rule = rules[at] if rules else CellRule()
        proven = file.proven[at] if file.proven else None
        word = said.cell.word if said else (proven or kind).word
        if word == TEXT.word and said is None and rule.is_plain:
            continue
        is_number = rule.meaning in {Meaning.NUMBER, Meaning.PERCENT, Meaning.MONEY}
        yield ColumnRead(
            name=name,
            type=word if word != TEXT.word or said else _word_of(rule),
            by=SAID if said or not (rule.proposed or rule.is_plain) else PROVED,
            date_format=rule.formats[0].text if rule.formats else None,
            decimal=rule.notations[0].decimal if is_number else None,
            thousands=rule.notations[0].thousands or None if is_number else None,
            nulls=rule.nulls,
            trim=rule.trim,
        )


def _word_of(rule: CellRule) -> str:
    """The type of a column that stays text in the outputs, in which its cells stand in our own way."""
    if rule.meaning is Meaning.MOMENT:
        return "timestamp" if rule.formats[0].has_time else "date"
    return "number" if rule.meaning is Meaning.NUMBER else TEXT.word
