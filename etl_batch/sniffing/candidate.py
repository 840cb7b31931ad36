"""One way to split a text, and how well its lines agree by it. Pure."""

from __future__ import annotations

import re
from collections import Counter

from etl_batch.light_dataclass import dataclass
from etl_batch.sniffing.splitting import NONE, ONE_COLUMN, Rows, Way, split

MOST_TITLES = 40  #: lines above the first row
MOST_COLUMNS = 5000
COMMENT_SIGNS = ("#", "%")
_JUDGED_ROWS = 60
#: numbers, dates and times, or words without any sign that divides; a comma only as prose has it
_PLAUSIBLE = re.compile(
    r"\s*[-+(]?[^\W\d_]{0,3} ?[0-9][0-9.,:' /TZ+\u00a0\u202f-]*[%)]?\s*|(?:[^,;|\t~^\x1f\x01\"]|, |(?<=\w)\"(?=\w))*"
)
_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way, and what it makes of the lines."""

    way: Way
    rows: Rows
    kept: tuple[int, ...]  #: rows that are neither blank nor begin as comments do
    width: int  #: cells of most rows; 1: it divides nothing
    good: int  #: rows that have so many
    first: int  #: the place of the first of them in `kept`

    @property
    def share(self) -> float:
        """Of the rows that are neither blank nor comments, how many are good."""
        return self.good / max(len(self.kept), 1)

    @property
    def body_share(self) -> float:
        """The same of those from the first good row on."""
        return self.good / max(len(self.kept) - self.first, 1)

    def good_rows(self, most: int | None = None) -> list[list[str]]:
        """Those rows, as many as wanted."""
        cells = (self.rows.cells[place] for place in self.kept[self.first :])
        found = [row for row in cells if len(row) == self.width]
        return found if most is None else found[:most]

    @property
    def plausibility(self) -> float:
        """The share of cells that look like what stands in a cell."""
        cells = [cell for row in self.good_rows(_JUDGED_ROWS) for cell in row]
        return sum(_PLAUSIBLE.fullmatch(cell) is not None for cell in cells) / max(len(cells), 1)


def judged(lines: list[str], way: Way, *, whole: bool) -> Candidate | None:
    """Split the lines in a way and count; None: it does not divide them.

    Args:
        lines: without their ends.
        way: to split them.
        whole: the last line is seen whole.
    """
    rows = split(lines, way)
    if rows is None:
        return None
    places = range(len(rows.cells) if whole else max(len(rows.cells) - 1, 1))
    is_one = way.delimiter == ONE_COLUMN
    filled = [place for place in places if (lines[rows.starts[place]].strip() if is_one else any(rows.cells[place]))]
    kept = [place for place in filled if not lines[rows.starts[place]].startswith(COMMENT_SIGNS)] or filled
    if is_one:
        return Candidate(way, rows, tuple(kept), 1, len(kept), 0)
    widths = [len(rows.cells[place]) for place in kept]
    counts = Counter(width for width in widths if 2 <= width <= MOST_COLUMNS)
    if not counts:
        return None
    width, good = max(counts.items(), key=lambda item: item[1])
    first = widths.index(width)
    if first > MOST_TITLES:
        return None
    return Candidate(way, rows, tuple(kept), width, good, first)


def quoted_in_vain(candidate: Candidate) -> bool:
    """Whether quotes were read that swallowed lines, or are still within the cells."""
    if candidate.way.quote == NONE:
        return False
    return any(cell.count("\n") > MOST_TITLES for row in candidate.good_rows(_JUDGED_ROWS) for cell in row)
