"""A run beside another, as a tab of its page."""

from __future__ import annotations

import streamlit as st

from etl_batch.errors import EtlError
from etl_batch.jobs.job_view import JobView
from etl_batch.permissions import Permission
from etl_batch.ui.errors import show_error
from etl_batch.ui.job_words import inputs_in_short, mark_of, outcome_of
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.table_export import Cell, Column, Table
from etl_batch.ui.tables import show_table
from pages.services.comparison import compared
from pages.services.profile_drift import drift_of, has_columns
from pages.views.latest_runs import latest_runs

_WITH, _WITH_KEY = "with", "run_with"  #: of the address, of the widget
_COMPARABLE = 50  #: of the latest runs


def show_comparison(context: PageContext, job: JobView) -> None:
    """Show the list of other runs, and the one that is chosen beside this one; the address keeps which."""
    others = {run.job_id: run for run in latest_runs(context, _COMPARABLE) if run.job_id != job.job_id}
    if not others:
        st.caption("There is no other run yet to compare it with.")
        return
    labels = {name: _label(run) for name, run in others.items()}
    linked = st.query_params.get(_WITH)
    chosen = st.selectbox(
        "With another run", list(labels), format_func=lambda name: labels.get(name, name),
        index=list(labels).index(linked) if linked in labels else None,
        placeholder="Choose one of the latest", key=_WITH_KEY, on_change=_to_address,
    )  # fmt: skip
    if chosen is None:
        return
    try:
        other = context.jobs.view(context.who(), chosen)
    except EtlError as error:
        show_error(error)
        return
    _show_compared(job, other)
    if context.may(Permission.SEE_REPORTS):
        _show_drift(job, other)


def _label(run: JobView) -> str:
    return f"{inputs_in_short(run.config, 40)} · {mark_of(outcome_of(run))[0]} · {run.job_id}"


def _to_address() -> None:
    chosen = st.session_state[_WITH_KEY]
    if chosen is None:
        st.query_params.pop(_WITH, None)
    else:
        st.query_params[_WITH] = chosen


def _show_compared(job: JobView, other: JobView) -> None:
    only = not st.toggle("What is equal, too", key="equal", bind="query-params")
    rows = [
        {
            "mark": "≠" if line.differs else "",
            "name": line.name,
            "one": line.this,
            "other": line.other,
            "difference": line.difference,
            "share": line.share,
        }
        for line in compared(job, other)
        if line.differs or not only
    ]
    columns = (
        Column(name="mark", title="≠", help="≠ where the two differ"),
        Column(name="name", title="Option or figure"),
        Column(name="one", title="This run"),
        Column(name="other", title="Other run"),
        Column(name="difference", title="Difference", help="This less the other; of estimates, about."),
        Column(name="share", title="Percent", help="The difference, of the other."),
    )
    if not rows:
        st.caption("They do not differ in any option or figure.")
        return
    show_table(Table(columns, rows), key="run_compared", alt="Two runs side by side", file_name="comparison")


def _show_drift(job: JobView, other: JobView) -> None:
    """What differs in what the columns hold."""
    st.subheader("What the columns hold", anchor=False)
    if not (has_columns(job) and has_columns(other)):
        st.caption("Of one of the two it is not known: it ran without a profile, or is not done.")
        return
    found = drift_of(job, other)
    if not found:
        st.caption("No difference is known.")
        return
    columns = (
        Column(name="column", title="Column"),
        Column(name="about", title="What differs"),
        Column(name="this", title="This run"),
        Column(name="other", title="Other run"),
        Column(
            name="difference", title="Difference", help="This less the other; of values, how many rows hold others."
        ),
        Column(name="share", title="Percent", help="The difference, of the other."),
    )
    rows: list[dict[str, Cell]] = [{column.name: getattr(drift, column.name) for column in columns} for drift in found]
    show_table(Table(columns, rows), key="run_drift", alt="What the columns of two runs hold", file_name="columns")
