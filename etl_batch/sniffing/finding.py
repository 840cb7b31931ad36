"""What sniffing says of a file: each property with how sure it is and why, and what it has to ask. Values only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from etl_batch.light_dataclass import dataclass
from etl_batch.text.first_rows import MOST_COLUMNS, cut

Value = str | int | bool | None
Rows = tuple[tuple[str, ...], ...]

#: of a text, in the order in which they are shown
PROPERTIES = (
    "encoding", "line_end", "delimiter", "quote", "escape", "skip_lines", "comment", "header", "decimal", "thousands",
)  # fmt: skip


def as_shown(rows: Iterable[Iterable[str]]) -> Rows:
    """Rows as they are shown: of long ones, and of long cells, the beginning."""
    return tuple(tuple(cut(cell) for cell in islice(row, MOST_COLUMNS)) for row in rows)


@dataclass(frozen=True, slots=True)
class Finding:
    """One property of a file."""

    value: Value  #: None: there is none, or it is asked
    sure: float  #: 0 to 1
    evidence: str  #: a sentence


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question."""

    value: Value
    flag: str  #: as it is typed: `--header no`
    gives: Rows = ()  #: the first rows by this answer, that of the names among them


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can tell; the likeliest answer comes first."""

    about: str  #: a property; of a column's values `decimal` or `date_format`
    flag: str  #: that answers
    why: str  #: a sentence
    choices: tuple[Choice, ...]
    column: str | None = None  #: the name of the column that it is about; None: the whole file

    @property
    def of_structure(self) -> bool:
        """Whether no row can be read without an answer; a column whose type nobody can tell stays text."""
        return self.column is None


@dataclass(frozen=True, slots=True)
class SniffedColumn:
    """A column, as far as the rows that were looked at show it."""

    name: str
    type: str  #: in the words of `--types`
    date_format: str | None = None  #: as `strftime` has it
    nulls: tuple[str, ...] = ()  #: what stands for no value; an empty cell does in any case


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file seems to be."""

    format: str  #: as `--format` calls it
    findings: Mapping[str, Finding]  #: by property; of what is no text there are none
    columns: tuple[SniffedColumn, ...] = ()
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()  #: what else a person should know
    first_rows: Rows = ()  #: behind the header

    def with_questions(self, *more: Question) -> Sniffed:
        """The same, and more to ask; what is asked has no value."""
        asked = {question.about for question in more if question.of_structure}
        findings = {
            name: replace(found, value=None) if name in asked else found for name, found in self.findings.items()
        }
        return replace(self, findings=findings, questions=(*self.questions, *more))

    def as_json(self) -> dict[str, Any]:
        """As `sniff --json` prints it."""
        return {
            "format": self.format,
            **{name: self.findings[name].value if name in self.findings else None for name in PROPERTIES},
            "columns": [
                {"name": one.name, "type": one.type, "date_format": one.date_format, "nulls": list(one.nulls)}
                for one in self.columns
            ],
            "sure": {name: found.sure for name, found in self.findings.items()},
            "ambiguous": [_question_as_json(question) for question in self.questions],
            "evidence": {name: found.evidence for name, found in self.findings.items()},
            "notes": list(self.notes),
            "first_rows": [list(row) for row in self.first_rows],
        }


def _question_as_json(question: Question) -> dict[str, Any]:
    return {
        "about": question.about,
        "column": question.column,
        "choices": [choice.value for choice in question.choices],
        "flag": question.flag,
        "flags": [choice.flag for choice in question.choices],
        "why": question.why,
        "first_rows": [[list(row) for row in choice.gives] for choice in question.choices],
    }


def from_json(answer: Mapping[str, Any]) -> Sniffed:
    """What `as_json` was made of."""
    return Sniffed(
        format=answer["format"],
        findings={name: Finding(answer[name], sure, answer["evidence"][name]) for name, sure in answer["sure"].items()},
        columns=tuple(
            SniffedColumn(one["name"], one["type"], one["date_format"], tuple(one["nulls"]))
            for one in answer["columns"]
        ),
        questions=tuple(map(_question_from_json, answer["ambiguous"])),
        notes=tuple(answer["notes"]),
        first_rows=_rows(answer["first_rows"]),
    )


def _question_from_json(one: Mapping[str, Any]) -> Question:
    answers = zip(one["choices"], one["flags"], one["first_rows"], strict=True)
    return Question(
        about=one["about"], flag=one["flag"], why=one["why"], column=one["column"],
        choices=tuple(Choice(value, flag, _rows(rows)) for value, flag, rows in answers),
    )  # fmt: skip


def _rows(rows: list[list[str]]) -> Rows:
    return tuple(map(tuple, rows))
