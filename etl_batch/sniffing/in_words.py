"""What was found of a file, in words, with the flags that say it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from etl_batch.options.input_reading import InputReading
from etl_batch.sniffing.finding import PROPERTIES, Choice, Finding, Question, Rows, Sniffed
from etl_batch.sniffing.typed_value import FLAGS, flag_of, typed_value
from etl_batch.text.flag import flags_of
from etl_batch.text.shown_text import columns_of, shown

_NAMES = {name: name.replace("_", " ") for name in PROPERTIES}
_CELL, _LINE = 24, 100
#: what nobody has to say
_USUAL = {("quote", '"'), ("escape", None), ("comment", None), ("decimal", None), ("thousands", None)}
_MOST_COLUMNS = 40


def render(found: Sniffed, path: str) -> str:
    """What was found, one line for each property, then columns, first rows, notes and questions."""
    return "\n".join(_lines(found, path)) + "\n"


def _lines(found: Sniffed, path: str) -> Iterator[str]:
    yield f"{shown(path, _LINE)}: {found.format}"
    asked = {question.about for question in found.questions if question.of_structure}
    for name, one in found.findings.items():
        yield f"  {_NAMES[name]:<11} {_value(name, one, asked):<12} {one.sure:>4.0%}  {shown(one.evidence, 2 * _LINE)}"
    if found.findings:
        yield f"flags: {_flags(found, asked)}"
    yield from _columns(found)
    if found.first_rows:
        yield "first rows:"
        yield from _table(found.first_rows)
    yield from (f"note: {shown(note, 3 * _LINE)}" for note in found.notes)
    for question in found.questions:
        yield from _question(question)


def _value(name: str, one: Finding, asked: set[str]) -> str:
    return "asked" if name in asked else shown(typed_value(one.value), _CELL)


def _flags(found: Sniffed, asked: set[str]) -> str:
    """Those that say what was found, as far as it is known and jobs are told it."""
    findings = found.findings
    told = {one.field for one in flags_of(InputReading)}
    known = [name for name in FLAGS if name in findings and name in told and name not in asked]
    return " ".join(flag_of(name, findings[name].value) for name in known if (name, findings[name].value) not in _USUAL)


def _columns(found: Sniffed) -> Iterator[str]:
    if not found.columns:
        return
    yield f"columns ({len(found.columns):,}):"
    for number, one in enumerate(found.columns[:_MOST_COLUMNS], start=1):
        nulls = f", empty or {', '.join(repr(word) for word in one.nulls)}" if any(one.nulls) else ""
        name = shown(one.name, _CELL)
        room = " " * max(_CELL - columns_of(name), 0)
        yield f"  {number:>3} {name}{room} {one.type}{f' {one.date_format}' if one.date_format else ''}{nulls}"
    if len(found.columns) > _MOST_COLUMNS:
        yield f"  ... and {len(found.columns) - _MOST_COLUMNS:,} more"


def _table(rows: Rows, indent: str = "  ") -> Iterator[str]:
    for row in rows:
        width = _CELL if len(row) > 1 else _LINE
        yield indent + shown(" | ".join(shown(cell, width) for cell in row[:_MOST_COLUMNS]), _LINE)


def _question(question: Question) -> Iterator[str]:
    what = f"{question.about.replace('_', ' ')} of {question.column!r}" if question.column else _NAMES[question.about]
    yield f"asked: {shown(what, _LINE)}: {shown(question.why, 2 * _LINE)}"
    for choice in question.choices:
        yield from _choice(choice)


def _choice(choice: Choice) -> Iterator[str]:
    yield f"  {shown(choice.flag, _LINE)}"
    yield from _table(choice.gives, indent="      ")
