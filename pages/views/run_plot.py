"""One or two columns of the rows that are looked at, as a picture; the address says which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from etl_batch.queries.row_look import Kind, RowLook
from etl_batch.queries.row_plot import MOST_POINTS, NUMBERS, Plot
from etl_batch.text.number_text import counted
from etl_batch.ui.charts import new_figure, palette, show_chart
from etl_batch.ui.errors import errors_shown
from etl_batch.ui.foreign_text import in_chart, in_table, plain
from pages.services.looked_rows import DrawnRows
from pages.views.run_rows import look_here

_PLOT, _BESIDE = "plot", "beside"  #: of the widgets, and of the address
_NONE = ""
_MOST_CHOICES = 500
_BAR_PX = 26
_EMPTY = "(empty)"
Draw = Callable[[RowLook, Plot], DrawnRows]


def show_plot(draw: Draw, columns: Sequence[tuple[str, Kind]]) -> None:
    """Show what can be drawn, and the picture.

    Args:
        draw: gives what is drawn of a look.
        columns: their names and kinds.
    """
    names = [name for name, kind in columns if kind is not Kind.OTHER][:_MOST_CHOICES]
    numbers = [name for name, kind in columns if kind in NUMBERS][:_MOST_CHOICES]
    plot = Plot(st.query_params.get(_PLOT, _NONE), st.query_params.get(_BESIDE, _NONE))
    with st.expander("Draw", icon=":material/bar_chart:", expanded=bool(plot.column)):
        first, second = st.columns(2)
        st.session_state[f"rows_{_PLOT}"] = plot.column if plot.column in names else _NONE
        st.session_state[f"rows_{_BESIDE}"] = plot.beside if plot.beside in numbers else _NONE
        first.selectbox(
            "Draw the values of", [_NONE, *names], format_func=_named("Nothing"), key=f"rows_{_PLOT}",
            on_change=_to_address,
        )  # fmt: skip
        second.selectbox(
            "Beside the numbers of", [_NONE, *(one for one in numbers if one != plot.column)],
            format_func=_named("How many rows there are"), key=f"rows_{_BESIDE}", on_change=_to_address,
            disabled=not plot.column,
        )  # fmt: skip
        if not plot.column:
            return
        with errors_shown():
            with st.spinner("Reading the rows..."):
                drawn = draw(look_here(), plot)
            _show(plot, drawn)


def _to_address() -> None:
    column, beside = st.session_state[f"rows_{_PLOT}"], st.session_state[f"rows_{_BESIDE}"]
    for name, value in ((_PLOT, column), (_BESIDE, beside if column and beside != column else _NONE)):
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)


def _named(none: str) -> Callable[[str], str]:
    return lambda name: in_table(name, 60) if name else none


def _show(plot: Plot, drawn: DrawnRows) -> None:
    if not drawn.at:
        st.caption("There is nothing to draw: no row is like this, or its cells are empty.")
        return
    figure = {"bars": _bars, "bins": _bins, "points": _points}[drawn.shape](drawn)
    title = _title(plot, drawn)
    st.markdown(f"**{plain(title, 120)}**")  # which a narrow screen breaks, where a chart would cut it
    show_chart(figure, key="rows_drawn", alt=f"{title}; {_said(drawn)}")
    st.caption(plain(_said(drawn), 300))


def _title(plot: Plot, drawn: DrawnRows) -> str:
    if drawn.shape == "bars":
        return f"Total of {plot.beside} by {plot.column}" if plot.beside else f"Rows by {plot.column}"
    return f"{plot.beside} by {plot.column}" if plot.beside else f"Rows by {plot.column}"


def _said(drawn: DrawnRows) -> str:
    """How much of the rows the picture shows."""
    said = [f"{drawn.drawn:,} of {counted(drawn.matched, 'row')}"]
    if drawn.is_cut and drawn.shape == "bars":
        said.append(f"truncated: the {len(drawn.at)} most frequent values")
    if drawn.is_cut and drawn.shape == "points":
        said.append(f"truncated: at most {MOST_POINTS:,} rows, equally far apart")
    if drawn.left_out:
        said.append(f"{counted(drawn.left_out, 'row')} left out, whose cells are empty or no numbers")
    return "; ".join(said)


def _figure(height: int = 320, **axes: object) -> Any:  # noqa: ANN401 - a plotly.graph_objects.Figure
    return new_figure(height, top=8, showlegend=False, **axes)


def _bars(drawn: DrawnRows) -> Any:  # noqa: ANN401 - a plotly.graph_objects.Figure
    """From the top down, so that names have room."""
    names = [_EMPTY if text is None else in_chart(text) for text in drawn.at]
    places = {"tickvals": list(range(len(names))), "ticktext": names, "autorange": "reversed"}
    figure, colours = _figure(40 + _BAR_PX * max(len(drawn.at), 4), yaxis=places), palette()
    # A place for each: two values that are cut to the same text are two bars.
    figure.add_bar(x=drawn.heights, y=list(range(len(names))), orientation="h", marker={"color": colours.accent})
    return figure


def _bins(drawn: DrawnRows) -> Any:  # noqa: ANN401
    figure, colours = _figure(), palette()
    middles = [(low + high) / 2 for low, high in zip(drawn.at, drawn.ends, strict=True)]
    width = drawn.ends[0] - drawn.at[0]
    figure.add_bar(
        x=_places(drawn, middles), y=drawn.heights, width=width * 1000 if drawn.is_time else width,
        marker={"color": colours.accent, "line": {"color": colours.page, "width": 1}},
    )  # fmt: skip
    return figure


def _points(drawn: DrawnRows) -> Any:  # noqa: ANN401
    figure, colours = _figure(), palette()
    marker = {"color": colours.accent, "size": 5, "opacity": 0.6}
    figure.add_scatter(x=_places(drawn, drawn.at), y=drawn.heights, mode="markers", marker=marker)
    return figure


def _places(drawn: DrawnRows, at: Sequence[float]) -> list[Any]:
    return [datetime.fromtimestamp(place, UTC) for place in at] if drawn.is_time else list(at)
