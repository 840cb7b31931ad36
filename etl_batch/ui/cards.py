"""A table as cards, one for each row: for narrow screens, where a grid would be cut in the middle of a number. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from etl_batch.text.number_text import UNKNOWN, counted, data_size
from etl_batch.ui.column_widths import decimals_of, shown_cell
from etl_batch.ui.foreign_text import in_table
from etl_batch.ui.table_export import Cell, Column, Mark, Table

MOST_CARDS = 50
GRID, CARDS = "etl_grid_", "etl_cards_"  #: how the keys of the two containers begin: Streamlit makes classes of them
Row = Mapping[str, Cell]
#: grounds of marked cells, here and in grids: seen on light and on dark, with the text of either readable on them
MARKS = {
    Mark.CHANGED: "rgba(59, 130, 246, 0.25)",
    Mark.MISSING: "rgba(128, 128, 128, 0.22)",
    Mark.BAD: "rgba(239, 68, 68, 0.25)",
}

#: here, not in a style sheet: the launch page is shown in other people's apps, too
STYLE = f"""<style>
@media (max-width: 640px) {{ [class*="st-key-{GRID}"] {{ display: none; }} }}
@media (min-width: 640.02px) {{ [class*="st-key-{CARDS}"] {{ display: none; }} }}
.etl-card {{
  display: grid; grid-template-columns: fit-content(45%) 1fr; gap: 0.125rem 0.75rem; margin: 0 0 0.75rem !important;
  padding: 0.625rem 0.75rem !important; font-size: 0.875rem; border-radius: 0.6rem;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent);
}}
.etl-card :is(dt, dd) {{ margin: 0 !important; padding: 0 !important; }}
.etl-card dd {{ text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }}
.etl-card dd.number {{ overflow-wrap: normal; white-space: nowrap; }}
</style>"""


def as_cards(table: Table, alt: str, link: Callable[[Row], str] | None = None) -> str:
    """The first rows of a table as HTML.

    Args:
        table: the texts in it may be of strangers.
        alt: what it holds.
        link: the address that a row leads to.
    """
    rows = table.rows[:MOST_CARDS]
    decimals = {
        column.name: decimals_of(column, [row.get(column.name) for row in table.rows]) for column in table.columns
    }
    cards = "".join(
        _card(
            row, table.columns, decimals, link, {name: mark for (at, name), mark in table.marks.items() if at == place}
        )
        for place, row in enumerate(rows)
    )
    more = ""
    if len(table.rows) > len(rows):
        more = f"<p>The first {len(rows)} of {counted(len(table.rows), 'row')}; a wider screen shows more.</p>"
    return f'<div role="region" aria-label="{escape(alt)}">{cards or "<p>No rows.</p>"}{more}</div>'


def _card(
    row: Row,
    columns: Sequence[Column],
    decimals: Mapping[str, int],
    link: Callable[[Row], str] | None,
    marks: Mapping[str, Mark],
) -> str:
    lines = []
    for number, column in enumerate(columns):
        if row.get(column.name) == "":
            continue
        shown = escape(_in_words(row.get(column.name), column, decimals[column.name]))
        if number == 0 and link is not None:
            shown = f'<a href="{escape(link(row))}" target="_self">{shown}</a>'
        kind = "" if column.kind == "text" else ' class="number"'
        ground = f' style="background-color: {MARKS[marks[column.name]]}"' if column.name in marks else ""
        lines.append(f"<dt>{escape(in_table(column.title, 60))}</dt><dd{kind}{ground}>{shown}</dd>")
    return f'<dl class="etl-card">{"".join(lines)}</dl>'


def _in_words(cell: Cell, column: Column, decimals: int) -> str:
    if cell is None:
        return UNKNOWN
    if column.kind == "time":
        return str(cell)[:19].replace("T", " ")
    if column.kind == "bytes" and not isinstance(cell, str):
        return data_size(cell)
    return in_table(shown_cell(cell, column, decimals))
