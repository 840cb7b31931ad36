"""What a run wrote, as a tab of its page: the first rows of each output, and what became of the files."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.output_states import OutputState, RunOutput
from etl_batch.permissions import Permission
from etl_batch.text.first_rows import FirstRows
from etl_batch.text.number_text import counted
from etl_batch.text.numbers import is_whole_number
from etl_batch.ui.errors import errors_shown
from etl_batch.ui.foreign_text import in_table, plain
from etl_batch.ui.job_tables import output_name, show_job_tables
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.run_outputs import Written, outputs_now, show_outputs_table
from etl_batch.ui.table_export import Cell, Column, Table
from etl_batch.ui.tables import show_table
from pages.shared_results import results_of

_MOST_CHOICES = 200  #: outputs to choose from: a folder may have many parts


def has_result(job: JobView) -> bool:
    """Whether it wrote something."""
    return bool((job.metadata or {}).get("outputs"))


def show_result(context: PageContext, job: JobView) -> None:
    """Show the first rows of an output, and the table of all."""
    show_job_tables(job)
    outputs = outputs_now(context, job)
    if context.may(Permission.SEE_RESULTS):
        with errors_shown():
            _show_first_rows(context, job, outputs)
    st.subheader("Files", anchor=False)
    show_outputs_table(context, job, outputs)


def _show_first_rows(context: PageContext, job: JobView, outputs: Sequence[tuple[Written, RunOutput | None]]) -> None:
    there = [written for written, now in outputs if now is not None and _is_there(now)][:_MOST_CHOICES]
    if not there:
        st.info(
            "What this run wrote is not there any more, or was changed since: it is not shown as this run's.",
            icon=":material/history:",
        )
        return
    names = [in_table(output_name(job, str(written["path"])), 80) for written in there]
    at = 0
    if len(names) > 1:
        at = st.selectbox("Output", range(len(names)), format_func=lambda place: names[place], key="run_output")
    with st.spinner("Reading the first rows..."):
        found = results_of(context.home).first_rows(context.who(), job, there[at])
    _show_rows(found, there[at])


def _is_there(now: RunOutput) -> bool:
    return now.state is OutputState.INTACT or now.kept is not None


def _show_rows(found: FirstRows, written: Written) -> None:
    if not found.rows:
        st.caption("It has its columns, and no row.")
    columns = tuple(Column(name=str(number), title=name) for number, name in enumerate(found.names))
    rows: list[dict[str, Cell]] = [{str(place): cell for place, cell in enumerate(row)} for row in found.rows]
    show_table(Table(columns, rows), key="run_first_rows", alt="The first rows of the output")
    total = written.get("rows")
    if is_whole_number(total) and total > len(found.rows):
        st.caption(f"The first {counted(len(found.rows), 'row')} of {counted(total, 'row')}; the download has all.")
    elif found.note:
        st.caption(plain(found.note, 400))
