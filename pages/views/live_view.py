"""An interval that narrows while rows come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from etl_batch.text.number_text import amount, count, percent
from etl_batch.ui.charts import new_figure, palette, show_chart
from etl_batch.ui.errors import errors_shown
from etl_batch.ui.foreign_text import in_table
from etl_batch.ui.metrics import Metric, show_metrics
from pages.services.live_total import LiveTotal, Look

_SECONDS_PER_LOOK = 0.4
_LOOKS = "live_looks"
_OPEN = "live_question"


def live_view(measures: Sequence[str], live: Callable[[str], LiveTotal]) -> None:
    """Show the section: a button that lets the rows in, and the interval while they come."""
    st.header("Live: watch the interval narrow", anchor=False)
    st.caption(
        "The sample's rows enter one after the other, from all strata at once. These intervals hold at every look, "
        "however often you look, and so are wider than the one above, which is right for a single look."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = st.selectbox("Measure", measures, format_func=in_table, key="live_measure", width=260)
        if st.button("Let the rows in", icon=":material/play_arrow:", key="live_start"):
            st.session_state[_OPEN], st.session_state[_LOOKS] = measure, []
    if measure is not None and st.session_state.get(_OPEN) == measure:
        _running(measure, live)


def _running(measure: str, live: Callable[[str], LiveTotal]) -> None:
    with errors_shown():
        total = live(measure)
        is_over = len(st.session_state[_LOOKS]) >= len(total.schedule)
        st.fragment(_tick, run_every=None if is_over else _SECONDS_PER_LOOK)(total)


def _tick(total: LiveTotal) -> None:
    """One look more; when the last row is in, the page is shown once more, without the clock."""
    looks: list[Look] = st.session_state.get(_LOOKS, [])
    schedule = total.schedule
    was_over = len(looks) >= len(schedule)
    if not was_over:
        looks.append(total.look(schedule[len(looks)]))
    if not looks:
        st.caption("The sample holds no row of this measure.")
        return
    _show(total, looks, is_over=len(looks) >= len(schedule))
    if not was_over and len(looks) >= len(schedule):
        st.rerun()


def _show(total: LiveTotal, looks: Sequence[Look], *, is_over: bool) -> None:
    last = looks[-1]
    known = last.low is not None and last.high is not None
    interval = f"{amount(last.low)} to {amount(last.high)}" if known else "too few rows yet"
    half = (last.high - last.total) / abs(last.total) if last.high is not None and last.total else None
    st.badge("live, all rows are in" if is_over else "live", icon=":material/sensors:", color="violet")
    show_metrics(
        [
            Metric("Rows in", f"{count(last.rows)} of {count(len(total.values))}"),
            Metric("Total so far", amount(last.total)),
            Metric(f"{percent(total.confidence)}, live", interval, "Holds at all looks together, in the limit."),
            Metric("Within", f"± {percent(half)}"),
        ]
    )
    show_chart(_chart(total, looks), key="live_chart", alt=f"The total after {last.rows} rows: {interval}")


def _chart(total: LiveTotal, looks: Sequence[Look]) -> object:
    figure = new_figure(340, xaxis={"title": "rows in", "type": "log"}, yaxis={"title": "total"})
    colours = palette()
    bounded = [look for look in looks if look.low is not None]
    rows = [look.rows for look in bounded]
    edge = {"x": rows, "mode": "lines", "line": {"color": colours.accent, "width": 1}}
    figure.add_scatter(**edge, y=[look.high for look in bounded], name="upper bound", showlegend=False)
    inside = {"fill": "tonexty", "fillcolor": "rgba(124, 92, 255, 0.22)"}
    figure.add_scatter(**edge, **inside, y=[look.low for look in bounded], name="live interval")
    dotted = {"mode": "lines+markers", "line": {"color": colours.second, "dash": "dot"}}
    figure.add_scatter(**dotted, x=[look.rows for look in looks], y=[look.total for look in looks], name="total so far")
    if total.exact is not None:
        ends = [looks[0].rows, total.schedule[-1]]
        dashed = {"mode": "lines", "line": {"color": colours.good, "dash": "dash"}}
        figure.add_scatter(**dashed, x=ends, y=[total.exact, total.exact], name="exact")
    return figure
