"""What happened to a run, what its processes printed, and which options it had, as a tab of its page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from etl_batch.jobs.job_view import JobEvent, JobView
from etl_batch.text.shown_text import shown
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.page_words import on_page
from etl_batch.ui.table_export import Column, Table
from etl_batch.ui.tables import show_table
from pages.services.comparison import options_of

_LOG_CHARACTERS = 20_000
_EVENT_COLUMNS = (
    Column(name="at", title="When (UTC)", kind="time"),
    Column(name="kind", title="What"),
    Column(name="text", title="In words"),
    Column(name="actor", title="By"),
)
_OPTION_COLUMNS = (Column(name="name", title="Option"), Column(name="value", title="Value"))


def show_log(context: PageContext, job: JobView) -> None:
    """Show all three."""
    st.subheader("What happened", anchor=False)
    _show_events(context.jobs.events(context.who(), job.job_id))
    st.subheader("What was printed", anchor=False)
    _show_printed(context.jobs.log_tail(context.who(), job.job_id))
    st.subheader("Options", anchor=False)
    rows = [{"name": name, "value": value} for name, value in options_of(job).items()]
    show_table(Table(_OPTION_COLUMNS, rows), key="run_options", alt="The options of the run", file_name="options")


def _show_events(events: Sequence[JobEvent]) -> None:
    rows = [{"at": event.at, "kind": event.kind, "text": on_page(event.text), "actor": event.actor} for event in events]
    show_table(Table(_EVENT_COLUMNS, rows), key="run_events", alt="What happened to the run", file_name="events")


def _show_printed(text: str) -> None:
    if not text.strip():
        st.caption("Its processes printed nothing, which is how it should be.")
        return
    lines = [shown(line, 400) for line in text[-_LOG_CHARACTERS:].splitlines()]
    st.code("\n".join(lines), language=None, wrap_lines=True)
