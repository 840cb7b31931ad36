"""One run: what it is, what came of it in one sentence, and the rest in tabs; live while it is under way."""

from __future__ import annotations

import streamlit as st

from etl_batch.config import Escaping
from etl_batch.errors import NoSuchJob
from etl_batch.jobs.job_view import JobView
from etl_batch.permissions import Permission
from etl_batch.report.escaping import NOT_ESCAPED
from etl_batch.text.number_text import UNKNOWN, count, duration
from etl_batch.ui.empty_states import show_empty
from etl_batch.ui.errors import show_error
from etl_batch.ui.foreign_text import as_code, plain
from etl_batch.ui.job_words import inputs_in_short, outputs_in_short
from etl_batch.ui.links import link_to_page
from etl_batch.ui.live_job import show_job_actions, show_live, show_progress, show_report_link, show_verdict
from etl_batch.ui.metrics import Metric, show_metrics
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.replaced import show_launched_over
from etl_batch.ui.run_outputs import outputs_now, show_fates, show_output_downloads
from pages.views.run_description_form import show_description
from pages.views.run_tabs import show_run_tabs


def run_view(context: PageContext, job_id: str) -> None:
    """Show the page of a run; `?id=` is its permalink."""
    if not job_id:
        st.title("Run", anchor=False)
        show_empty(
            "Which run?", "The address names none.", icon=":material/question_mark:",
            step=lambda: _link_to_list(context),
        )  # fmt: skip
        return
    try:
        job = context.jobs.view(context.who(), job_id)
    except NoSuchJob as error:
        st.title("Run", anchor=False)
        show_error(error)
        _link_to_list(context)
        return
    _show_title(job)
    show_description(context, job)
    show_live(context, job_id, lambda now: _show_run(context, now))


def _link_to_list(context: PageContext) -> None:
    if context.may(Permission.SEE_JOBS):
        link_to_page("runs", "All runs", ":material/list_alt:")
    else:
        link_to_page("reports", "All reports", ":material/summarize:")


def _show_title(job: JobView) -> None:
    """From what to what; when, by whom, and as which run."""
    what = f"{plain(inputs_in_short(job.config))} → {plain(outputs_in_short(job.config))}"
    st.title(plain(job.name, 100) if job.name else what, anchor=False)
    if job.name:
        st.markdown(what)
    source = "in the browser" if job.source == "console" else "on a terminal"
    began = plain(job.created_at[:19].replace("T", " "))
    st.caption(f"Launched {began} UTC by {plain(job.actor)}, {source}; run {as_code(job.job_id)}")
    if job.config.get("escaping") == Escaping.OFF:
        st.error(NOT_ESCAPED, icon=":material/gpp_bad:")
    if job.again_of:
        link_to_page("run", f"Repeats {plain(job.again_of)}", ":material/replay:", id=job.again_of)


def _show_run(context: PageContext, job: JobView) -> None:
    show_verdict(job)
    show_progress(job)
    if not job.state.is_over:
        show_launched_over(context, job.job_id)
    outputs = outputs_now(context, job)
    show_fates(context, outputs)
    if job.rows_in is not None:
        _show_numbers(job)
    with st.container(horizontal=True):
        show_output_downloads(context, job, outputs)
        show_report_link(context, job)
        show_job_actions(context, job)
    show_run_tabs(context, job)


def _show_numbers(job: JobView) -> None:
    show_metrics(
        (
            Metric("Rows in", count(job.rows_in or 0)),
            Metric("Rows out", count(job.rows_out or 0)),
            Metric("Set aside", count(job.rows_quarantined or 0)),
            Metric("Took", UNKNOWN if job.seconds is None else duration(job.seconds)),
        )
    )
