"""The runs of inputs of the same name over time, as a tab of a run's page."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from etl_batch.text.number_text import counted
from etl_batch.ui.foreign_text import as_code
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.table_export import Cell, Column, Table
from etl_batch.ui.tables import show_table
from pages.services.run_history import MOST_RUNS, PastRun, measures_of, of_one_series, past_run, series_of
from pages.views.curves import show_curves
from pages.views.latest_runs import latest_runs

_SHOWN = 30  #: runs of a picture
_MOST_MEASURES = 4
_COLUMNS = (
    Column(name="at", title="Ended (UTC)", kind="time"),
    Column(name="rows", title="Rows", kind="count"),
    Column(name="bad", title="Bad rows", kind="count"),
    Column(name="seconds", title="Took", kind="seconds"),
)


def show_history(context: PageContext, job: JobView) -> None:
    """Show rows, bad rows, seconds and totals of the last runs as curves, and as a table."""
    found = of_one_series(job, latest_runs(context, MOST_RUNS, (State.DONE,)))[-_SHOWN:]
    names = ", ".join(as_code(name, 60) for name in series_of(job.config)[:3])
    if len(found) < 2:
        st.caption(f"The history begins with the second run of {names}, where # stands for any digits.")
        return
    runs = [past_run(context.jobs.view(context.who(), one.job_id)) for one in found]
    st.caption(f"The last {counted(len(runs), 'run')} of {names}, where # stands for any digits.")
    at = [datetime.fromisoformat(run.at) for run in runs]
    left, right = st.columns(2)
    with left:
        rows = {"read": [float(run.rows) for run in runs], "bad": [float(run.bad) for run in runs]}
        show_curves("Rows, by run", at, rows, key="history_rows")
    with right:
        show_curves("Seconds, by run", at, {"took": [run.seconds for run in runs]}, key="history_seconds")
    measures = measures_of(runs)
    for number, measure in enumerate(measures[:_MOST_MEASURES]):
        with (left, right)[number % 2]:
            totals = {measure: [run.totals.get(measure) for run in runs]}
            show_curves(f"Exact total of {measure}", at, totals, key=f"history_{number}")
    columns = (*_COLUMNS, *(Column(name=f"total_{at}", title=name, kind="number") for at, name in enumerate(measures)))
    table = Table((*columns, Column(name="job_id", title="Run")), [_row(run, measures) for run in reversed(runs)])
    show_table(table, key="run_history", alt="The last runs of inputs of this name", file_name="history")


def _row(run: PastRun, measures: tuple[str, ...]) -> dict[str, Cell]:
    totals: dict[str, Cell] = {f"total_{at}": run.totals.get(name) for at, name in enumerate(measures)}
    return {
        "at": run.at,
        "rows": run.rows,
        "bad": run.bad,
        "seconds": run.seconds,
        **totals,
        "job_id": run.job_id,
    }
