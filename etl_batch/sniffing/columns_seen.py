"""Names and types of the columns of a table, and the marks of its numbers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from etl_batch.light_dataclass import dataclass
from etl_batch.sniffing.column_kind import TEXT, Kind
from etl_batch.sniffing.finding import Choice, Finding, Question, SniffedColumn
from etl_batch.sniffing.numbers_seen import Notation

_SHOWN_CELLS = 3


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns are."""

    columns: tuple[SniffedColumn, ...]
    decimal: Finding
    thousands: Finding
    questions: tuple[Question, ...]
    notes: tuple[str, ...]


def describe_columns(names: Sequence[str], kinds: Sequence[Kind]) -> Columns:
    """Describe the columns, of which each has a name and a kind."""
    both = list(zip(names, kinds, strict=True))
    decimal = _decimal(kinds)
    questions = [question for name, kind in both for question in _questions(name, kind, decimal)]
    notes = [note for name, kind in both if (note := _note(name, kind, decimal))]
    columns = tuple(
        SniffedColumn(name, kind.type, kind.date_format, (*([""] if kind.has_empty else []), *kind.nulls))
        for name, kind in both
    )
    return Columns(columns, decimal, _thousands(kinds), tuple(questions), tuple(notes))


def _settled(kinds: Iterable[Kind]) -> Iterable[Kind]:
    return (kind for kind in kinds if kind.numbers is not None and kind.numbers.rival is None)


def _decimal(kinds: Sequence[Kind]) -> Finding:
    marks = [kind.numbers.notation.decimal for kind in _settled(kinds) if kind.numbers and kind.numbers.shows_mark]
    points, commas = marks.count("."), marks.count(",")
    if not marks:
        grouped = next((kind.numbers.notation for kind in kinds if kind.numbers and kind.numbers.shows_thousands), None)
        if grouped is not None and grouped.thousands == ".":
            return Finding(",", 0.7, "points stand between thousands")
        return Finding(".", 0.5, "no column proves a decimal mark, so that it is the usual one")
    if points and commas:
        value = "." if points >= commas else ","
        return Finding(value, 0.6, f"{points} columns have points, {commas} have commas before decimals")
    count = points or commas
    word = "a column has" if count == 1 else f"{count} columns have"
    return Finding(
        marks[0], 0.98, f"{word} a {'point' if points else 'comma'} before decimals, in every cell that has any"
    )


def _thousands(kinds: Sequence[Kind]) -> Finding:
    found = {
        kind.numbers.notation.thousands
        for kind in _settled(kinds)
        if kind.numbers is not None and kind.numbers.shows_thousands
    }
    if not found:
        return Finding(None, 0.9, "no column of numbers has anything between its thousands")
    sign = min(found)
    return Finding(sign, 0.95 if len(found) == 1 else 0.6, f"{sign!r} stands between thousands, three digits apart")


def _questions(name: str, kind: Kind, decimal: Finding) -> Iterable[Question]:
    some = sorted(kind.cells)[:_SHOWN_CELLS]
    if kind.dates is not None and len(kind.dates.formats) > 1:
        flags = [f"--date-format {name}={form}" for form in kind.dates.formats]
        yield Question(
            about="date_format",
            column=name,
            flag="--date-format",
            why="no day is above 12, so that nothing tells it from the month; the column stays text",
            choices=tuple(
                Choice(form, flag, tuple((cell,) for cell in some))
                for form, flag in zip(kind.dates.formats, flags, strict=True)
            ),
        )
    numbers = kind.numbers
    if numbers is not None and numbers.rival is not None and _is_in_doubt(kind, decimal):
        stays = "the column stays text" if kind.has_rival_marks else f"the column is read as {kind.type}"
        yield Question(
            about="decimal",
            column=name,
            flag="--decimal",
            why=f"{some[0]!r} may be a fraction, or have its mark between thousands; {stays}",
            choices=tuple(_as_choice(notation, some) for notation in (numbers.notation, numbers.rival)),
        )


def _is_in_doubt(kind: Kind, decimal: Finding) -> bool:
    """A point is a decimal mark, as ever, unless other columns show that it is the comma."""
    return kind.has_rival_marks or decimal.value == ","


def _as_choice(notation: Notation, cells: Iterable[str]) -> Choice:
    flag = f"--decimal {notation.decimal}" + (f" --thousands {notation.thousands}" if notation.thousands else "")
    return Choice(notation.decimal, flag, tuple((notation.plain(cell),) for cell in cells))


def _note(name: str, kind: Kind, decimal: Finding) -> str:
    if kind.nulls and kind.is_typed and kind.type == TEXT:
        what = "numbers" if kind.numbers is not None else "dates"
        word = kind.nulls[0]
        return f"{name!r} is text for {word!r} among its {what}: --null {name}={word} says that it is none"
    if kind.numbers is not None and kind.numbers.rival is None and kind.numbers.shows_mark:
        other = kind.numbers.notation.decimal
        if other != decimal.value:
            return f"{name!r} has {other!r} before decimals, other columns have {decimal.value!r}"
    return ""
