"""Lines into rows of cells, in one way of many; nothing is refused, since a way is only tried. Pure."""

from __future__ import annotations

import csv
import re

from etl_batch.light_dataclass import dataclass

ONE_COLUMN = ""
NONE = ""
_STAND_INS = "\ue000\ue001\ue002"  #: private characters: for a delimiter of several letters, or for none


@dataclass(frozen=True, slots=True)
class Way:
    """How lines are split."""

    delimiter: str = ONE_COLUMN
    quote: str = NONE
    escape: str = NONE


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows with the number of the line that each begins at, from 0; a blank line is a row without cells."""

    cells: tuple[list[str], ...]
    starts: tuple[int, ...]


def split(lines: list[str], way: Way) -> Rows | None:
    """Split lines, which have no ends, into rows; None: it cannot be done in this way."""
    if way.quote == NONE and way.escape == NONE:
        mark = way.delimiter
        cells = [[] if not line else line.split(mark) if mark else [line] for line in lines]
        return Rows(tuple(cells), tuple(range(len(lines))))
    return _split_quoted(lines, way)


def _split_quoted(lines: list[str], way: Way) -> Rows | None:
    mark = way.delimiter
    if len(mark) != 1:
        mark = next(sign for sign in _STAND_INS if not any(sign in line for line in lines[:1]))
        if way.delimiter:
            lines = [line.replace(way.delimiter, mark) for line in lines]
    if way.escape:
        lines = [_with_letters(line, way, mark) for line in lines]
    reader = csv.reader(
        (f"{line}\n" for line in lines),
        delimiter=mark,
        quotechar=way.quote or None,
        quoting=csv.QUOTE_MINIMAL if way.quote else csv.QUOTE_NONE,
        escapechar=way.escape or None,
        doublequote=True,
    )
    cells, starts, start = [], [], 0
    try:
        for row in reader:
            cells.append(row)
            starts.append(start)
            start = reader.line_num
    except csv.Error:  # a cell of more than 128 KiB: quotes do not mean here what they mean elsewhere
        return None
    if len(way.delimiter) > 1:  # within quotes it is text
        cells = [[cell.replace(mark, way.delimiter) for cell in row] for row in cells]
    return Rows(tuple(cells), tuple(starts))


def _with_letters(line: str, way: Way, mark: str) -> str:
    """A line in which an escape is doubled that takes no meaning from what is behind it: there it is a letter."""
    meant = {"", way.escape, way.quote, mark}  # the end of the line, too
    return re.sub(
        f"{re.escape(way.escape)}(.?)", lambda found: found[0] if found[1] in meant else way.escape + found[0], line
    )
