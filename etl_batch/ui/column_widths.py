"""How wide a column must be, and how many decimals it shows, so that no number reads as another one: pure.

The grid sizes a column by its first rows, leaves the widest of them out, and clips what does not fit: of a number that
stands at the right, the front is missing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from etl_batch.text.numbers import is_number
from etl_batch.text.shown_text import columns_of
from etl_batch.ui.table_export import Cell, Column

_CHARACTER_PX = 8.6  #: of the widest digits of the grid's fonts, at 14 px
_PADDING_PX = 24  #: of a cell, both sides, and its border
_NARROWEST_PX = 44
_WIDEST_TEXT_PX = 600  #: a hash is whole; prose may end there
_MOST_DECIMALS = 12
_SIGNIFICANT = 3  #: digits of the smallest value


def width_px(column: Column, cells: Sequence[Cell]) -> int:
    """The width that shows every number of a column whole, and its title; texts up to a limit."""
    decimals = decimals_of(column, cells)
    widest = max((columns_of(shown_cell(cell, column, decimals)) for cell in cells), default=0)
    needed = round(max(widest, columns_of(column.title)) * _CHARACTER_PX) + _PADDING_PX
    return max(_NARROWEST_PX, min(needed, _WIDEST_TEXT_PX) if column.kind == "text" else needed)


def decimals_of(column: Column, cells: Iterable[Cell]) -> int:
    """As the column says, else 2, and more where its smallest value would lose its digits."""
    if column.kind != "number":
        return 0
    if column.decimals is not None:
        return column.decimals
    sizes = [abs(cell) for cell in cells if is_number(cell) and cell and math.isfinite(cell)]
    smallest = min(sizes, default=1.0)
    return min(max(2, _SIGNIFICANT - 1 - math.floor(math.log10(smallest))), _MOST_DECIMALS)


def shown_cell(cell: Cell, column: Column, decimals: int) -> str:
    """A cell as the grid shows it, or as wide."""
    if cell is None:
        return ""
    if column.kind == "time":
        return "2026-01-31 12:00:00"
    if isinstance(cell, str) or column.kind == "text":
        return str(cell)
    if column.kind == "share":
        return f"{100 * cell:,.2f} %"
    if column.kind == "bytes":
        return "1,023.9 MB"
    return f"{cell:,.{decimals}f}" if column.kind in {"count", "number"} else f"{cell:,.2f} s"
