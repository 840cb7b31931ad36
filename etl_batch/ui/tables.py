"""Tables as Streamlit shows them, with escaped downloads; Streamlit's own export is switched off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from etl_batch.text.number_text import UNKNOWN
from etl_batch.ui.cards import CARDS, GRID, MARKS, STYLE, Row, as_cards
from etl_batch.ui.column_widths import decimals_of, width_px
from etl_batch.ui.foreign_text import in_table
from etl_batch.ui.table_export import Cell, Column, Mark, Table, as_csv, as_json

MOST_ROWS = 1000  #: shown at once: more is paged by whoever asks the store
_ROW_PX = 35  #: of Streamlit's grid
_MOST_HEIGHT_PX = 560
_LABEL_COLUMNS = 60


def show_table(
    table: Table, *, key: str, alt: str, file_name: str | None = None, link: Callable[[Row], str] | None = None
) -> int | None:
    """Show a table, on a narrow screen as cards, and the buttons that take it away as CSV and JSON.

    Args:
        table: at most `MOST_ROWS` rows are shown; the downloads have all.
        key: of the widgets, one for each table of a page.
        alt: what the table holds, for those who cannot see it.
        file_name: of the downloads, without its ending; None: no downloads.
        link: the address that a row leads to: it can be chosen, and on a narrow screen followed.

    Returns:
        The place of the chosen row, from 0; None: no row is chosen.
    """
    rows = table.rows[:MOST_ROWS]
    shown = Table(table.columns, rows, table.marks)
    frame = frame_of(shown)
    frame = _marked(frame, table.marks) if table.marks else frame
    options: dict[str, Any] = {
        "hide_index": True,
        "height": min(_MOST_HEIGHT_PX, _ROW_PX * (len(rows) + 1) + 3),
        "column_config": {column.name: _configured(column, rows) for column in table.columns},
        "alt": alt,
        "placeholder": UNKNOWN,
        "key": key,
    }
    chosen: int | None = None
    st.html(STYLE)
    with st.container(key=f"{GRID}{key}"):
        if link is not None:
            state: Any = st.dataframe(frame, on_select="rerun", selection_mode="single-row", **options)
            chosen = next(iter(state.selection.rows), None)
        else:
            st.dataframe(frame, **options)
    with st.container(key=f"{CARDS}{key}"):
        st.html(as_cards(shown, alt, link))
    if len(table.rows) > len(rows):
        st.caption(f"The first {len(rows):,} of {len(table.rows):,} rows; the downloads hold all of them.")
    if file_name is not None:
        show_downloads(table, key=key, file_name=file_name)
    return chosen


def _marked(frame: Any, marks: Mapping[tuple[int, str], Mark]) -> Any:  # noqa: ANN401 - of pandas
    """A frame whose marked cells have another ground."""
    import pandas as pd

    styles = pd.DataFrame("", index=frame.index, columns=frame.columns)
    for (row, name), mark in marks.items():
        styles.loc[row, name] = f"background-color: {MARKS[mark]}"
    return frame.style.apply(lambda _: styles, axis=None)


def show_downloads(table: Table, *, key: str, file_name: str) -> None:
    """The buttons by themselves; the files are made when a button is pressed."""
    with st.container(horizontal=True):
        st.download_button(
            "Download CSV", lambda: as_csv(table), f"{file_name}.csv", "text/csv", key=f"{key}_csv", on_click="ignore",
            icon=":material/download:", help="A text that a spreadsheet would run as a formula gets an apostrophe.",
        )  # fmt: skip
        st.download_button(
            "Download JSON", lambda: as_json(table), f"{file_name}.json", "application/json", key=f"{key}_json",
            on_click="ignore", icon=":material/data_object:",
        )  # fmt: skip


def frame_of(table: Table) -> Any:  # noqa: ANN401 - a pandas.DataFrame
    """A table as Streamlit takes it; texts of strangers made harmless."""
    import pandas as pd

    return pd.DataFrame(
        {column.name: _series([row.get(column.name) for row in table.rows], column) for column in table.columns}
    )


def _series(cells: list[Cell], column: Column) -> Any:  # noqa: ANN401 - a pandas.Series
    import pandas as pd

    if column.kind == "time":
        return pd.to_datetime(pd.Series(cells, dtype="object"), utc=True, errors="coerce", format="ISO8601")
    if column.kind == "text":
        return pd.Series([None if cell is None else in_table(str(cell)) for cell in cells], dtype="object")
    return pd.Series([_number(cell, column) for cell in cells], dtype="float64")


def _number(cell: Cell, column: Column) -> float | None:
    if cell is None or isinstance(cell, str):
        return None
    return 100.0 * cell if column.kind == "share" else float(cell)


def _configured(column: Column, rows: Sequence[Mapping[str, Cell]]) -> Any:  # noqa: ANN401 - Streamlit's columns are dictionaries
    # The grid shows a label as it is, where a help is Markdown.
    label = in_table(column.title, _LABEL_COLUMNS)
    cells = [row.get(column.name) for row in rows]
    about: dict[str, Any] = {"label": label, "help": column.help, "width": width_px(column, cells)}
    if column.kind == "text":
        return st.column_config.TextColumn(**about)
    if column.kind == "time":
        return st.column_config.DatetimeColumn(**about, format="YYYY-MM-DD HH:mm:ss", timezone="UTC")
    number = f"%,.{decimals_of(column, cells)}f"
    formats = {"count": "%,d", "number": number, "bytes": "bytes", "share": "%.2f %%", "seconds": "%,.2f s"}
    return st.column_config.NumberColumn(**about, format=formats[column.kind])
