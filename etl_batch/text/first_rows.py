"""The first rows of a file as text: what is shown of them, without a job, and no more."""

from __future__ import annotations

from etl_batch.light_dataclass import dataclass

MOST_ROWS = 50
MOST_COLUMNS = 500
MOST_CELL_CHARACTERS = 300  #: of a cell, and then it is cut


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRows:
    """Rows as text. None: null."""

    names: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    note: str = ""  #: what a reader should know: how many rows there are
    problem: str = ""  #: for which a job would be refused, as far as these rows show it


Cells = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """A row as a job writes it, or why it does not."""

    plain: Cells  #: without what keeps a spreadsheet from running a cell
    escaped: Cells
    problem: str = ""  #: why it is set aside; then there are no cells
    raw: str = ""  #: the text of such a row


def cut(text: str) -> str:
    """A cell as a table of first rows shows it."""
    return text if len(text) <= MOST_CELL_CHARACTERS else f"{text[:MOST_CELL_CHARACTERS]}…"
