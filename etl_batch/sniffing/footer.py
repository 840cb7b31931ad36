"""Lines at the end of a text that may be no rows: totals, notes. Pure; nothing is left out, but it is said."""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.sniffing.candidate import Candidate
from etl_batch.sniffing.column_kind import kind_of
from etl_batch.text.shown_text import shown

_MOST_ROWS = 5  #: that may be below a table
_FEWEST_ROWS = 4  #: that of the names among them
_TYPED_ROWS = 100  #: above the last one, that say what a column holds
_CELL = 30


def footer_note(lines: Sequence[str], chosen: Candidate, names: Sequence[str]) -> str:
    """What speaks for a footer, and the flag that leaves it out; empty: nothing does.

    Args:
        lines: of the whole text.
        chosen: how they are divided.
        names: of the columns.
    """
    rows, starts = chosen.rows.cells, chosen.rows.starts
    kept = chosen.kept[chosen.first :]
    good = [place for place in kept if len(rows[place]) == chosen.width]
    if len(good) < _FEWEST_ROWS or chosen.width < 2:
        return ""
    below = [place for place in kept if place > good[-1]]
    if below:
        if len(below) > _MOST_ROWS:
            return ""
        count = len(lines) - starts[below[0]]
        return f"{_last(count)} not {chosen.width} cells, as the rows have: {_says(count)}"
    body = [rows[place] for place in good[1:-1]][-_TYPED_ROWS:]
    for column, name in enumerate(names):
        cell = rows[good[-1]][column]
        if cell and kind_of([row[column] for row in body]).is_typed and not kind_of([cell]).is_typed:
            count = len(lines) - starts[good[-1]]
            return f"{_last(count)} {shown(cell, _CELL)!r} in {name!r}, which is of another kind above: {_says(count)}"
    return ""


def _last(count: int) -> str:
    return "the last line has" if count == 1 else f"the last {count} lines have"


def _says(count: int) -> str:
    return f"--skip-footer {count} leaves out what is below the table"
