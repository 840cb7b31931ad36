"""Where the table of a text begins: what stands above it, and which lines are comments. Pure.

Titles are the rows before the first good one. A line that the delimiter divides is none without being asked about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from etl_batch.light_dataclass import dataclass
from etl_batch.sniffing.candidate import COMMENT_SIGNS, Candidate
from etl_batch.sniffing.finding import Choice, Finding, Question, Rows, as_shown
from etl_batch.sniffing.splitting import ONE_COLUMN

ABOUT, FLAG = "skip_lines", "--skip-lines"
NAMES_DELIMITER = re.compile(r'("?)sep=([\t !#-/:-@\[-`{-~])\1\s*', re.IGNORECASE)
SHOWN_ROWS = 3
_WIDEST_PADDED = 0.5  #: of the cells of a title that is padded with delimiters


@dataclass(frozen=True, slots=True)
class TableStart:
    """Where it begins."""

    skip: Finding
    comment: Finding
    first: list[str]  #: the first row, of names or of data
    body: list[list[str]]  #: the rows behind it that have as many cells as most have
    notes: tuple[str, ...] = ()
    question: Question | None = None
    #: cells of the rows, where the first one has another number of them
    other_width: int | None = None


def find_start(lines: Sequence[str], found: Candidate, *, first_is_header: bool) -> TableStart:
    """Find it.

    Args:
        lines: of the text.
        found: how they are divided.
        first_is_header: that the first good row certainly holds names.
    """
    cells, starts = found.rows.cells, found.rows.starts
    titles, place = list(found.kept[: found.first]), found.kept[found.first]
    commented = _comment_rows(lines, found, place)
    named = None if first_is_header else _commented_names(found, commented, place)
    if named is not None:
        body = found.good_rows()
        skip = Finding(starts[named], 0.9, f"line {starts[named] + 1} holds names behind a {lines[starts[named]][0]!r}")
        return TableStart(skip, Finding(None, 0.9, "no line is a comment"), cells[named], body)
    comment = _comment(lines, found, commented, place)
    names_delimiter = NAMES_DELIMITER.fullmatch(lines[0]) is not None
    wide = [one for one in titles[names_delimiter:] if len(cells[one]) > 1]
    if len(wide) == len(titles) == 1 and not first_is_header:
        body = found.good_rows()
        skip = Finding(_skipped(lines, starts[wide[0]], comment), 0.8, "the first line is taken for the names")
        return TableStart(skip, comment, cells[wide[0]], body, other_width=found.width)
    padded = _padded_titles(found)
    if padded:
        wide = padded
        place = found.kept[found.first + len(padded)]
    first, *body = found.good_rows()[len(padded) :]
    at = starts[place]
    skip = _skip(lines, at, comment, len(titles))
    if not wide:
        return TableStart(skip, comment, first, body)
    question = Question(
        about=ABOUT,
        flag=FLAG,
        why=f"{_lines(len(wide))} above the row with {found.width} cells may be of a title, for other rows differ",
        choices=tuple(Choice(line, f"{FLAG} {line}", _rows_from(found, line)) for line in (at, starts[found.kept[0]])),
    )
    return TableStart(skip, comment, first, body, question=question)


def _lines(count: int) -> str:
    return "one line" if count == 1 else f"{count} lines"


def _rows_from(found: Candidate, line: int) -> Rows:
    rows = zip(found.rows.starts, found.rows.cells, strict=True)
    return as_shown(islice((cells for start, cells in rows if start >= line and any(cells)), SHOWN_ROWS))


def _comment_rows(lines: Sequence[str], found: Candidate, place: int) -> list[int]:
    """Rows that begin as comments do; of one column only where some stand above it."""
    kept = set(found.kept)
    rows = [one for one, cells in enumerate(found.rows.cells) if any(cells) and one not in kept]
    rows = [one for one in rows if lines[found.rows.starts[one]].startswith(COMMENT_SIGNS)]
    if found.way.delimiter == ONE_COLUMN and not any(one < place for one in rows):
        return []
    return rows


def _commented_names(found: Candidate, commented: list[int], place: int) -> int | None:
    """The row of names that begins as a comment does (`#id;name`): the last above the first row, and as wide."""
    above = [one for one in commented if one < place]
    if not above or found.width == 1 or found.first:
        return None
    return above[-1] if len(found.rows.cells[above[-1]]) == found.width else None


def _comment(lines: Sequence[str], found: Candidate, commented: list[int], place: int) -> Finding:
    if not commented:
        return Finding(None, 0.99, "no line is a comment")
    sign = lines[found.rows.starts[commented[0]]][0]
    inside = [one for one in commented if one > place]
    as_wide = [one for one in commented if found.width > 1 and len(found.rows.cells[one]) == found.width]
    if len(as_wide) == len(commented) and len(inside) == len(commented):
        return Finding(None, 0.7, f"{_lines(len(as_wide))} begin with {sign!r}, and are rows like the others")
    sure = 0.97 if not as_wide else 0.8
    return Finding(sign, sure, f"{_lines(len(commented))} begin with {sign!r}, {len(inside)} of them among the rows")


def _skipped(lines: Sequence[str], at: int, comment: Finding) -> int:
    """Lines above line `at` that are to be skipped; comments are left out anyway, and blank lines beside them."""
    is_comment = [comment.value is not None and line.startswith(str(comment.value)) for line in lines[:at]]
    if all(said or not line.strip() for said, line in zip(is_comment, lines, strict=False)) and any(is_comment):
        return 0
    while at and is_comment[at - 1]:
        at -= 1
    return at


def _skip(lines: Sequence[str], at: int, comment: Finding, titles: int) -> Finding:
    skipped = _skipped(lines, at, comment)
    if not skipped:
        return Finding(0, 0.99, "the table begins with the first line that is no comment" if at else
                       "the table begins with the first line")  # fmt: skip
    if NAMES_DELIMITER.fullmatch(lines[0]) and skipped == 1:
        return Finding(1, 1.0, "the first line names the delimiter, and is no header")
    if not any(line.strip() for line in lines[:skipped]):
        return Finding(skipped, 0.99, f"{_lines(skipped)} above the table {'is' if skipped == 1 else 'are'} blank")
    sure = 0.95 if titles else 0.9
    verb = "is" if skipped == 1 else "are"
    return Finding(skipped, sure, f"{_lines(skipped)} above the table {verb} not divided as its rows are")


def _padded_titles(found: Candidate) -> list[int]:
    """First rows that hold little but delimiters, above one that is full."""
    padded: list[int] = []
    if found.width < 3:
        return padded
    for place in found.kept[found.first : found.first + 5]:
        row = found.rows.cells[place]
        if len(row) == found.width and all(row):
            return padded
        if len(row) != found.width or sum(map(bool, row)) > _WIDEST_PADDED * found.width or row[0] == "":
            return []
        padded.append(place)
    return []
