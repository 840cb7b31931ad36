"""How the error falls with the effort: a page to learn from, and to be honest on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from etl_batch.ui.charts import new_figure, palette, show_chart
from etl_batch.ui.table_export import Cell, Column, Table
from etl_batch.ui.tables import show_table
from pages.services.amplitude_errors import ErrorCurve

_SHARES = (0.02, 0.1, 0.2, 0.35, 0.5)
_MARKS = ("circle", "square", "diamond", "triangle-up")
_DASHES = ("solid", "solid", "dash", "dot")
_COLUMNS = (
    Column(name="method", title="Method"),
    Column(name="calls", title="Calls", kind="count", help="Rows read, or uses of the state's preparation."),
    Column(name="error", title="Error", kind="number", help="Root of the mean squared error, in percent."),
)


def science_view(curves: Callable[[float], Sequence[ErrorCurve]]) -> None:
    """Show the page."""
    st.title("Science: error against effort")
    st.info(
        "This page is for teaching. **The console samples classically**: it reads rows, and no quantum computer is "
        "asked. The two quantum methods below are simulated, which takes knowing the answer beforehand; they save "
        "nothing here.",
        icon=":material/school:",
    )
    share = st.select_slider(
        "Share of rows to be found", _SHARES, value=0.2, format_func=lambda value: f"{100 * value:g} %",
        help="The amplitude a: how many of all rows are what is looked for.", key="share", bind="query-params",
    )  # fmt: skip
    found = curves(float(share))
    show_chart(_chart(found), key="science", alt=_in_words(found))
    st.markdown(_SLOPES + "\n".join(f"- {curve.name}: **{curve.slope:.2f}**" for curve in found))
    st.markdown(_READING)
    rows: list[dict[str, Cell]] = [
        {"method": curve.name, "calls": round(point.calls), "error": 100 * point.error}
        for curve in found
        for point in curve.points
    ]
    with st.expander("All points as a table"):
        show_table(Table(_COLUMNS, rows), key="science_points", alt="All points of the chart", file_name="science")


def _chart(curves: Sequence[ErrorCurve]) -> object:
    calls = {"type": "log", "title": "calls: rows read, or state preparations", "dtick": 1}
    error = {"type": "log", "title": "error of the share", "dtick": 1, "exponentformat": "power"}
    legend = {"orientation": "h", "y": -0.25, "yanchor": "top", "x": 0}
    figure, colours = new_figure(420, xaxis=calls, yaxis=error, legend=legend), palette()
    shades = (colours.soft, colours.second, colours.accent, colours.look)
    for curve, colour, mark, dash in zip(curves, shades, _MARKS, _DASHES, strict=True):
        figure.add_scatter(
            x=[point.calls for point in curve.points],
            y=[point.error for point in curve.points],
            name=curve.name,
            mode="lines+markers",
            line={"color": colour, "dash": dash},
            marker={"symbol": mark, "size": 8},
        )
    return figure


def _in_words(curves: Sequence[ErrorCurve]) -> str:
    slopes = ", ".join(f"{curve.name} {curve.slope:.2f}" for curve in curves)
    return f"Error against calls on logarithmic axes; slopes: {slopes}"


_SLOPES = """
**How steep the lines are** (-0.5: four times the rows for half the error; -1: twice the calls for half the error):

"""
_READING = """
**What the console does.** It draws rows from every stratum, in proportion to the square root of the stratum's size, and
says how far off the total may be. Its error falls as one over the square root of the rows, as for every sample; strata
that are alike within make it smaller, and rows that are all read leave none. For a wanted error, such as within 1 %,
the number of rows does not grow with the file.

**What amplitude estimation would do.** On a quantum computer that holds all rows in superposition, the error would fall
about as one over the calls. It needs that coherent access to the data, and one call is not one row: loading the data
costs as much as reading it.

**Sources.** Brassard, Høyer, Mosca and Tapp 2000 (quant-ph/0005055); MLAE: Suzuki and others 2020 (1904.10246); IQAE:
Grinko, Gacon, Zoufal and Woerner 2021 (1912.05559); sampling: Cochran, *Sampling Techniques*, 1977.
"""
