"""One run: live while it is under way, whole when it is over."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from etl_batch.config import Escaping
from etl_batch.errors import EtlError, NoSuchJob
from etl_batch.jobs.job_query import JobQuery
from etl_batch.jobs.job_view import JobEvent, JobView
from etl_batch.report.escaping import NOT_ESCAPED
from etl_batch.text.shown_text import shown
from etl_batch.ui.empty_states import show_empty
from etl_batch.ui.errors import show_error
from etl_batch.ui.foreign_text import as_code, plain
from etl_batch.ui.job_words import inputs_in_short
from etl_batch.ui.links import link_to_page
from etl_batch.ui.live_job import show_job
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.page_words import on_page
from etl_batch.ui.table_export import Column, Table
from etl_batch.ui.tables import show_table
from pages.services.comparison import compared, options_of
from pages.views.run_profile import show_profile

_WITH, _WITH_KEY = "with", "run_with"  #: of the address, of the widget
_LOG_CHARACTERS = 20_000
_COMPARABLE = 50  #: of the latest runs
_EVENT_COLUMNS = (
    Column(name="at", title="When (UTC)", kind="time"),
    Column(name="kind", title="What"),
    Column(name="text", title="In words"),
    Column(name="actor", title="By"),
)
_OPTION_COLUMNS = (Column(name="name", title="Option"), Column(name="value", title="Value"))


def run_view(context: PageContext, job_id: str) -> None:
    """Show the page of a run; `?id=` is its permalink."""
    st.title("Run", anchor=False)
    if not job_id:
        show_empty(
            "Which run?", "The address names none.", icon=":material/question_mark:",
            step=lambda: link_to_page("runs", "All runs", ":material/list_alt:"),
        )  # fmt: skip
        return
    try:
        job = context.jobs.view(context.who(), job_id)
    except NoSuchJob as error:
        show_error(error)
        link_to_page("runs", "All runs", ":material/list_alt:")
        return
    _show_head(job)
    show_job(context, job_id, lambda now: _show_details(context, now))
    _show_comparison(context, job)


def _show_head(job: JobView) -> None:
    st.markdown(f"{as_code(job.job_id)} of {as_code(inputs_in_short(job.config))}")
    source = "in the browser" if job.source == "console" else "on a terminal"
    st.caption(f"Created {plain(job.created_at[:19].replace('T', ' '))} UTC by {plain(job.actor)}, {source}")
    if job.config.get("escaping") == Escaping.OFF:
        st.error(NOT_ESCAPED, icon=":material/gpp_bad:")
    if job.again_of:
        link_to_page("run", f"Repeats {plain(job.again_of)}", ":material/replay:", id=job.again_of)


def _show_details(context: PageContext, job: JobView) -> None:
    events, profile, log, options = st.tabs(["Events", "Profile", "Log", "Options"], key="run_tabs")
    with events:
        _show_events(context.jobs.events(context.who(), job.job_id))
    with profile:
        show_profile(context.jobs.profile(context.who(), job.job_id).points, "profile")
    with log:
        _show_log(context.jobs.log_tail(context.who(), job.job_id))
    with options:
        rows = [{"name": name, "value": value} for name, value in options_of(job).items()]
        show_table(Table(_OPTION_COLUMNS, rows), key="run_options", alt="The options of the run", file_name="options")


def _show_events(events: Sequence[JobEvent]) -> None:
    rows = [{"at": event.at, "kind": event.kind, "text": on_page(event.text), "actor": event.actor} for event in events]
    show_table(Table(_EVENT_COLUMNS, rows), key="run_events", alt="What happened to the run", file_name="events")


def _show_log(text: str) -> None:
    if not text.strip():
        st.caption("Its processes printed nothing, which is how it should be.")
        return
    lines = [shown(line, 400) for line in text[-_LOG_CHARACTERS:].splitlines()]
    st.code("\n".join(lines), language=None, wrap_lines=True)


def _show_comparison(context: PageContext, job: JobView) -> None:
    """Another run beside this one; the address keeps which."""
    latest = context.jobs.page(context.who(), JobQuery(limit=_COMPARABLE)).jobs
    others = {run.job_id: run for run in latest if run.job_id != job.job_id}
    if not others:
        return
    st.subheader("Compare", anchor=False)
    labels = {name: f"{name} · {run.state} · {inputs_in_short(run.config, 40)}" for name, run in others.items()}
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
