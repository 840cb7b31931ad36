"""Whether the first row of a table holds names or data. Pure.

Data: a cell of it is what all others of its column are (numbers, dates, codes of one shape), or its values recur.
Names: a cell of it is not. Numbers above numbers alone may be either, and are asked; where nothing speaks, they are
names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from etl_batch.light_dataclass import dataclass
from etl_batch.sniffing.column_kind import Kind, kind_of
from etl_batch.sniffing.finding import Choice, Finding, Question, as_shown
from etl_batch.sniffing.plain import numbered
from etl_batch.sniffing.table_start import SHOWN_ROWS

ABOUT, FLAG = "header", "--header"
_WHOLE = re.compile(r"[0-9]{1,9}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_LONG_RUN = 3  #: whole numbers in a row, each the next one of that before
_FEW = 3  #: rows for each different value of a column, from which on a new value stands out


@dataclass(slots=True)
class _Votes:
    typed: list[str]  #: cells of the first row that are what their columns hold
    not_typed: list[str]  #: cells that are not
    shaped: list[str]
    not_shaped: list[str]
    recurring: list[str]
    new: list[str]  #: in columns of few values


def is_certain(first: Sequence[str], kinds: Sequence[Kind]) -> bool:
    """Whether the types of the columns alone say that the row holds names."""
    votes = _votes(first, kinds, 0)
    return bool(votes.not_typed) and not votes.typed


def find_header(
    first: Sequence[str], body: Sequence[Sequence[str]], kinds: Sequence[Kind]
) -> tuple[Finding, Question | None]:
    """Whether the first row holds names.

    Args:
        first: the row.
        body: the rows behind it.
        kinds: of their columns.
    """
    if not body:
        return _alone(first)
    votes = _votes(first, kinds, len(body))
    if votes.typed:
        return _typed(first, body, kinds, votes)
    if votes.not_typed:
        names = " and ".join(repr(cell) for cell in votes.not_typed[:2])
        return _names(0.99, f"{names} stand above numbers or dates"), None
    if votes.recurring:
        return _recurring(first, body, votes.recurring[0])
    return _of_text(first, body, votes)


def _names(sure: float, evidence: str) -> Finding:
    return Finding(True, sure, evidence)


def _data(sure: float, evidence: str) -> Finding:
    return Finding(False, sure, evidence)


def _recurring(first: Sequence[str], body: Sequence[Sequence[str]], cell: str) -> tuple[Finding, Question | None]:
    if list(first) in map(list, body):
        return _ask(first, body, "the whole first row recurs: as data twice, or as a header repeated")
    return _data(0.9, f"{cell!r} recurs below it in its column"), None


def _of_text(first: Sequence[str], body: Sequence[Sequence[str]], votes: _Votes) -> tuple[Finding, Question | None]:
    if votes.shaped and not votes.not_shaped:
        return _data(0.85, f"{votes.shaped[0]!r} is of the shape that its column has"), None
    if len({*first}) < len(first):
        return _ask(first, body, "its first row has a value twice, which no two names may have")
    if votes.not_shaped or votes.new:
        return _names(0.9, f"{(votes.not_shaped or votes.new)[0]!r} is unlike all that its column holds"), None
    return _names(0.6, "nothing tells its first row from the others, so that it is taken for the names"), None


def _votes(first: Sequence[str], kinds: Sequence[Kind], rows: int) -> _Votes:
    votes = _Votes([], [], [], [], [], [])
    for cell, kind in zip(first, kinds, strict=False):
        if not cell or not kind.cells or cell in kind.nulls:
            continue
        if kind.is_typed:
            (votes.typed if kind.fits(cell) else votes.not_typed).append(cell)
        elif cell in kind.cells:
            votes.recurring.append(cell)
        elif kind.shape is not None:
            (votes.shaped if kind.fits(cell) else votes.not_shaped).append(cell)
        elif _FEW * len(kind.cells) <= rows:
            votes.new.append(cell)
    return votes


def _typed(
    first: Sequence[str], body: Sequence[Sequence[str]], kinds: Sequence[Kind], votes: _Votes
) -> tuple[Finding, Question | None]:
    whole = [int(cell) for cell in votes.typed if _WHOLE.fullmatch(cell)]
    if votes.not_typed:
        return _ask(first, body, f"{votes.typed[0]!r} is like its column, {votes.not_typed[0]!r} is not")
    all_whole = len(whole) == len(votes.typed)
    only_numbers = all(kind.numbers is not None or not kind.cells for kind in kinds)
    if all_whole and only_numbers and len(whole) == len(first) == len({*whole}):
        return _ask(first, body, "whole numbers stand above numbers: they may be names")
    if all_whole and not votes.recurring and _is_run(votes.typed, whole):
        return _ask(first, body, f"{votes.typed[0]}, {votes.typed[1]} ... may be names that are numbers")
    return Finding(False, 0.97, f"{votes.typed[0]!r} is what its column holds: the first row is data"), None


def _is_run(cells: Sequence[str], numbers: Sequence[int]) -> bool:
    if len(numbers) < 2 or any(after - before != 1 for before, after in pairwise(numbers)):
        return False
    return len(numbers) >= _LONG_RUN or all(map(_YEAR.fullmatch, cells))


def _alone(first: Sequence[str]) -> tuple[Finding, Question | None]:
    if any(kind_of([cell]).is_typed for cell in first):
        return _ask(first, [], "there is one row, and it holds numbers")
    return Finding(True, 0.6, "there is one row, which is taken for the names"), None


def _ask(first: Sequence[str], body: Sequence[Sequence[str]], why: str) -> tuple[Finding, Question]:
    rows = as_shown((first, *body[:SHOWN_ROWS]))
    without = as_shown((numbered(len(first)), *rows))
    choices = (
        Choice(True, f"{FLAG} yes", rows[: SHOWN_ROWS + 1]),
        Choice(False, f"{FLAG} no", without[: SHOWN_ROWS + 1]),
    )
    return Finding(None, 0.5, why), Question(about=ABOUT, flag=FLAG, why=why, choices=choices)
