"""What each column of a run's outputs holds, as a tab of its page: a line and a small picture for each."""

from __future__ import annotations

from html import escape

import streamlit as st

from etl_batch.jobs.job_view import JobView
from etl_batch.report.column_view import (
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
    ColumnView,
    ProfileView,
    profile_views_of,
)
from etl_batch.text.number_text import counted
from etl_batch.text.shown_text import shown
from etl_batch.ui.charts import Palette, palette
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.page_context import PageContext

_NAME_COLUMNS, _KIND_COLUMNS = 48, 30
#: where there is little room each column is a card: its name, and beneath it a line for each cell, with its title
_STYLE = """<style>
.etl-columns-room { container-type: inline-size; }
.etl-columns { width: 100%; border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.etl-columns :is(th, td) {
  padding: 0.375rem 0.5rem; text-align: right; vertical-align: top; overflow-wrap: anywhere;
  border: 0; border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent);
}
.etl-columns :is(th, td):first-child { text-align: left; }
.etl-columns thead th { overflow-wrap: normal; }
.etl-columns tbody th { min-width: 7rem; }  /* usual names and types are not broken */
.etl-columns tbody td:nth-child(2) { min-width: 7rem; }
.etl-columns .picture { display: inline-block; position: relative; }
.etl-columns .picture span { position: absolute; }
@container (max-width: 720px) {
  .etl-columns, .etl-columns :is(tbody, tr, th, td) { display: block; }
  .etl-columns thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .etl-columns tbody tr {
    border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: 0.5rem 0;
  }
  .etl-columns tbody :is(th, td) { border: 0; padding: 0.125rem 0; }
  .etl-columns tbody td { display: flex; justify-content: space-between; gap: 0.75rem; }
  .etl-columns tbody td::before { content: attr(data-title); flex: none; opacity: 0.8; }
  .etl-columns tbody td.nothing { display: none; }
}
</style>"""


def has_profile(job: JobView) -> bool:
    """Whether something was learned of its columns."""
    return bool(profile_views_of(job.metadata or {}))


def show_columns(_: PageContext, job: JobView) -> None:
    """Show the columns of each table."""
    for view in profile_views_of(job.metadata or {}):
        if view.table:
            st.subheader(plain(view.table), anchor=False)
        st.caption(f"{view.rows} {'row' if view.rows == '1' else 'rows'}, each value of them counted.")
        st.html(_STYLE + columns_table(view, palette()))
        if view.left_out:
            st.caption(f"{counted(view.left_out, 'column')} more, in the metadata.")


def columns_table(view: ProfileView, colours: Palette) -> str:
    """The columns of a table as HTML. Pure.

    Args:
        view: of the table; names and values are of strangers.
        colours: of the theme.
    """
    rows = [(column, _cells(column, has_distinct=view.has_distinct)) for column in view.columns]
    titles = ["Column", *(title for title, _ in _cells(_NO_COLUMN, has_distinct=view.has_distinct)), "Picture"]
    head = "".join(f'<th scope="col" role="columnheader">{title}</th>' for title in titles)
    body = "".join(_row(column, cells, colours) for column, cells in rows)
    alt = f"What each column holds{f' of {shown(view.table)}' if view.table else ''}"
    return (
        f'<div class="etl-columns-room"><table class="etl-columns" role="table" aria-label="{escape(alt)}">'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table></div>'
    )


_NO_COLUMN = ColumnView("", "", "", "", "", "", "", (), "")


def _cells(column: ColumnView, *, has_distinct: bool) -> list[tuple[str, str]]:
    """Titles and texts."""
    cells = [
        ("Type", shown(column.kind, _KIND_COLUMNS)),
        ("Without a value", column.nulls),
        ("Least", column.least),
        ("Greatest", column.greatest),
        ("Sum or length", column.more),
    ]
    return [*cells, ("Distinct", column.distinct)] if has_distinct else cells


def _row(column: ColumnView, cells: list[tuple[str, str]], colours: Palette) -> str:
    texts = "".join(
        f'<td role="cell" data-title="{title}"{"" if text else nothing}><bdi>{escape(text)}</bdi></td>'
        for title, text in cells
        for nothing in (' class="nothing"',)
    )
    name = escape(shown(column.name, _NAME_COLUMNS))
    return (
        f'<tr role="row"><th scope="row" role="rowheader"><bdi>{name}</bdi></th>{texts}'
        f'<td role="cell" data-title="Picture">{_picture(column, colours)}</td></tr>'
    )


def _picture(column: ColumnView, colours: Palette) -> str:
    bars = "".join(
        f'<span style="left: {x}px; top: {y}px; width: {width}px; height: {height}px; background: {colours.accent}">'
        "</span>"
        for x, y, width, height in column.bars
    )
    in_words = escape(column.picture)
    return (
        f'<span class="picture" role="img" aria-label="{in_words}" title="{in_words}"'
        f' style="width: {PICTURE_WIDTH}px; height: {PICTURE_HEIGHT}px">{bars}</span>'
    )
