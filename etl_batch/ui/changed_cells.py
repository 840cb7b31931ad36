"""What a job makes of the first rows of a text, beside what stands in the file: values for the page. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from etl_batch.light_dataclass import dataclass
from etl_batch.text.first_rows import Cells, FirstRows, WrittenRow
from etl_batch.ui.table_export import Mark

_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\S+)?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_HIDES_ENDS = frozenset("\"'\\\r\n")  #: in a broken row, they make it unclear where the next one begins
KEPT_FROM_RUNNING = "an apostrophe keeps it from running as a formula"


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that is written otherwise than it stands in the file."""

    row: int  #: from 1
    column: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True)
class Compared:
    """First rows, as they stand there and as they are written."""

    names: tuple[str, ...]
    there: tuple[Cells, ...]
    written: tuple[Cells, ...]  #: of rows that are set aside, what stands there
    problems: tuple[str, ...]  #: of each row; empty: it is good
    changes: tuple[Change, ...]
    marks: dict[tuple[int, int], Mark]  #: by row and column, from 0, of the cells as they are written


def compared(found: FirstRows, written: Sequence[WrittenRow], *, escapes: bool) -> Compared:
    """Hold the rows of a file against what a job makes of them.

    Args:
        found: as they stand there.
        written: as a job writes them; none: nobody knows.
        escapes: whether cells are kept from running as formulas.
    """
    width = len(found.names)
    there, problems, out = list(found.rows), [""] * len(found.rows), list(found.rows)
    changes: list[Change] = []
    marks: dict[tuple[int, int], Mark] = {}
    is_aligned = True
    for at, row in enumerate(written[: len(there)] if found.rows else ()):
        if row.problem:
            problems[at] = row.problem
            is_aligned = is_aligned and not _HIDES_ENDS & set(row.raw)
            there[at] = out[at] = there[at] if is_aligned else _fitted((row.raw,), width)
            marks |= {(at, column): Mark.BAD for column in range(width)}
            continue
        there[at] = there[at] if is_aligned else _fitted(row.plain, width)
        out[at] = _fitted(row.escaped if escapes else row.plain, width)
        for column, change in _changes(at, there[at], _fitted(row.plain, width), out[at]):
            marks[at, column] = Mark.CHANGED
            changes.append(Change(at + 1, found.names[column], change[0], change[1], change[2]))
        marks |= {(at, column): Mark.MISSING for column, cell in enumerate(out[at]) if cell is None}
    return Compared(found.names, tuple(there), tuple(out), tuple(problems), tuple(changes), marks)


def _changes(at: int, there: Cells, plain: Cells, out: Cells) -> Iterator[tuple[int, tuple[str, str, str]]]:
    del at
    for column, (before, meant, after) in enumerate(zip(there, plain, out, strict=True)):
        if (before or "") != (after or ""):
            yield column, (before or "", after or "", _why(before or "", meant, after))


def _why(before: str, meant: str | None, after: str | None) -> str:
    if meant is None:
        return "it stands for no value"
    if meant == before:
        return KEPT_FROM_RUNNING
    if before.strip() == meant:
        return "blanks around it are left out"
    if _DATE.fullmatch(meant):
        said = "a date, year first"
    elif _NUMBER.fullmatch(meant):
        said = "a number, with a decimal point and nothing between thousands"
    else:
        said = "written as its type is"
    return said if meant == after else f"{said}; {KEPT_FROM_RUNNING}"


def _fitted(cells: Cells, width: int) -> Cells:
    return (*cells[:width], *[None] * (width - len(cells)))
