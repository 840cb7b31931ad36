"""All rules in order: what the bytes of a file say of it. Pure; never strict, for every row is checked later."""

from __future__ import annotations

from dataclasses import replace

from etl_batch.light_dataclass import dataclass
from etl_batch.sniffing.candidate import Candidate, judged
from etl_batch.sniffing.column_kind import Kind, kind_of
from etl_batch.sniffing.columns_seen import describe_columns
from etl_batch.sniffing.delimiter import Divided, divide, divide_by
from etl_batch.sniffing.encoding import find_encoding
from etl_batch.sniffing.finding import Finding, Question, Sniffed, as_shown
from etl_batch.sniffing.footer import footer_note
from etl_batch.sniffing.header import find_header, is_certain
from etl_batch.sniffing.plain import numbered
from etl_batch.sniffing.sample import Sample
from etl_batch.sniffing.splitting import split
from etl_batch.sniffing.table_start import NAMES_DELIMITER, SHOWN_ROWS, TableStart, find_start
from etl_batch.sniffing.text_lines import TextLines, text_lines
from etl_batch.sniffing.way_found import findings_of, question_of

TEXT, BINARY = "csv", "binary"
_FIRST_ROWS = 100  #: that tell whether the first of them holds names for certain
_TYPED_ROWS = 1500  #: of the head, that the types are told by; all of middle and tail


@dataclass(frozen=True, slots=True)
class _Table:
    """A table and its names."""

    start: TableStart
    header: Finding
    question: Question | None
    kinds: list[Kind]

    @property
    def names(self) -> tuple[str, ...]:
        numbers = numbered(len(self.kinds))
        first = self.start.first[: len(numbers)]
        return numbers if self.header.value is False else (*first, *numbers[len(first) :])

    @property
    def rows(self) -> list[list[str]]:
        return self.start.body if self.header.value is not False else [self.start.first, *self.start.body]


def sniff(sample: Sample, delimiter: str | None = None) -> Sniffed | None:
    """What a file seems to be; None: it holds nothing but blanks and line ends.

    Args:
        sample: of its bytes.
        delimiter: that somebody gave; None: it is told, too.
    """
    encoding = find_encoding(sample)
    if encoding is None:
        return Sniffed(BINARY, {}, notes=("it holds NUL bytes as no text does: a layout says what its records are",))
    text = text_lines(sample, encoding.read_as)
    if text.is_blank:
        return None
    divided = _divided(text, delimiter)
    table = _table(text, divided.chosen)
    columns = describe_columns(table.names, table.kinds)
    findings = {
        "encoding": encoding.finding,
        "line_end": text.line_end,
        **findings_of(divided, text.head),
        "skip_lines": table.start.skip,
        "comment": table.start.comment,
        "header": table.header,
        "decimal": columns.decimal,
        "thousands": columns.thousands,
    }
    questions = (encoding.question, question_of(divided), table.start.question, table.question)
    return Sniffed(
        TEXT,
        findings,
        columns.columns,
        notes=(
            *([divided.note] if divided.note else []),
            *_wrong_rows(divided.chosen, table.start),
            *_below(text, divided.chosen, table),
            *columns.notes,
        ),
        first_rows=as_shown(table.rows[:SHOWN_ROWS]),
    ).with_questions(*(one for one in questions if one), *columns.questions)


def _divided(text: TextLines, given: str | None) -> Divided:
    whole = text.whole or len(text.head) == 1
    if given is not None:
        return divide_by(given, text.head, whole=whole)
    named = NAMES_DELIMITER.fullmatch(text.head[0])
    if named is not None and len(text.head) > 1:
        below = divide(text.head[1:], whole=whole)
        found = judged(text.head, replace(below.chosen.way, delimiter=named[2]), whole=whole)
        if found is not None and found.first:
            return Divided(found)
    return divide(text.head, whole=whole)


def _table(text: TextLines, chosen: Candidate) -> _Table:
    start = find_start(text.head, chosen, first_is_header=_is_header(chosen))
    kinds = _kinds(start, chosen, text)
    if start.other_width is not None:
        names, cells = len(start.first), start.other_width
        evidence = f"the first line is taken for the names, though it has {names} of them, and the rows {cells} cells"
        return _Table(start, Finding(True, 0.8, evidence), None, kinds)
    header, question = find_header(start.first, start.body, kinds)
    if header.value is False:
        kinds = [kind.with_cell(cell) for kind, cell in zip(kinds, start.first, strict=True)]
    return _Table(start, header, question, kinds)


def _is_header(chosen: Candidate) -> bool:
    """Whether the first good row certainly holds names."""
    first, *body = chosen.good_rows(_FIRST_ROWS)
    return is_certain(first, [kind_of(column) for column in zip(*body, strict=True)])


def _kinds(start: TableStart, chosen: Candidate, text: TextLines) -> list[Kind]:
    rows = list(start.body[:_TYPED_ROWS])
    for lines in text.later if rows else ():
        found = split(lines, chosen.way)
        rows += [row for row in found.cells if len(row) == chosen.width] if found else []
    return [kind_of(column) for column in zip(*rows, strict=True)] if rows else [kind_of([]) for _ in start.first]


def _below(text: TextLines, chosen: Candidate, table: _Table) -> list[str]:
    """What may stand below the table, of a text that is seen whole."""
    note = footer_note(text.head, chosen, table.names) if text.whole else ""
    return [note] if note else []


def _wrong_rows(chosen: Candidate, start: TableStart) -> list[str]:
    seen = len(chosen.kept) - chosen.first
    wrong = seen - chosen.good
    notes = [f"{wrong:,} of {seen:,} rows looked at have not {chosen.width} cells, as the others have"] if wrong else []
    if start.other_width is not None:
        notes.append(
            f"the first line has {len(start.first)} cells, the rows have {start.other_width}: a job refuses that until "
            "the line is mended, or --skip-lines 1 and --header no say that it names nothing"
        )
    return notes
