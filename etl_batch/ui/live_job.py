"""A job while it runs and when it is over: state, progress, what can be done with it, what came of it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from etl_batch.audit.events import Action, Event
from etl_batch.audit.reads import record_read
from etl_batch.errors import EtlError, rebuilt_error
from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from etl_batch.permissions import Permission
from etl_batch.pipeline.outputs.claimed_names import found_at
from etl_batch.storage.paths import FileIdentity, open_input
from etl_batch.storage.roots import place
from etl_batch.text.number_text import count, duration
from etl_batch.ui.errors import errors_shown, show_error
from etl_batch.ui.foreign_text import as_code, plain
from etl_batch.ui.job_words import mark_of, outcome_of, progress_line, state_sentence, throughput
from etl_batch.ui.links import link_to_page
from etl_batch.ui.metrics import Metric, show_metrics
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.run_outputs import show_run_outputs
from etl_batch.values import MIB

_EVERY_SECONDS = 0.5  #: with the half second between two heartbeats the page stays within two seconds, loaded or not
_SAID = "etl_job_said"
_MOST_REPORT_BYTES = 8 * MIB  #: handed through a page of somebody else's app


def show_job(context: PageContext, job_id: str, more: Callable[[JobView], None] | None = None) -> JobView:
    """Show a job; while it is under way, anew twice a second.

    Args:
        context: of the page: who looks, at which home.
        job_id: which job.
        more: shows what else there is about it, each time, beneath.

    Returns:
        The job as it was a moment ago.

    Raises:
        NoSuchJob: there is none of this name.
    """
    job = context.jobs.view(context.who(), job_id)

    def now() -> None:
        with errors_shown():
            seen = context.jobs.view(context.who(), job_id)
            if seen.state is not job.state:
                st.rerun(scope="app")  # what can be done has changed, and perhaps the clock may stop
            _show_state(context, seen)
            if more is not None:
                more(seen)

    st.fragment(now, run_every=None if job.state.is_over else _EVERY_SECONDS)()
    return job


def _show_state(context: PageContext, job: JobView) -> None:
    word, icon, colour = mark_of(outcome_of(job))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(word, icon=icon, color=colour)  # type: ignore[arg-type]
        st.markdown(plain(state_sentence(job), 200))
    if not job.state.is_over:
        st.progress(job.progress.share, progress_line(job))
    if (said := st.session_state.pop(_SAID, None)) is not None:
        show_error(said)
    if job.error_code:
        show_error(rebuilt_error(job.error_code, job.error_message or ""))
    if job.state is State.DONE:
        _show_result(context, job)
    if context.may(Permission.LAUNCH_JOBS):
        _show_actions(context, job)


def _show_result(context: PageContext, job: JobView) -> None:
    show_metrics(
        (
            Metric("Rows", count(job.rows_out or 0)),
            Metric("Set aside", count(job.rows_quarantined or 0)),
            Metric("Took", duration(job.seconds or 0.0)),
            Metric("Throughput", throughput(job)),
        )
    )
    show_run_outputs(context, job)
    if job.report is not None and context.may(Permission.SEE_REPORTS):
        owner = _owner_of(context, job.report)
        if owner in {None, job.job_id}:
            _show_report_link(context, job.report)
        else:
            _show_replaced_report(context, job.report, str(owner))


def _owner_of(context: PageContext, report: str) -> str | None:
    """The job whose report is there now; None: nobody knows."""
    folders = (context.home / "report", context.home / "output")
    with contextlib.suppress(EtlError):
        found = found_at(place(str(folders[0] / report), folders))
        return None if found is None else found.job_id
    return None


def _show_replaced_report(context: PageContext, report: str, owner: str) -> None:
    name = Path(report).name
    kept = as_code(f"{name}.bak.TIME", 80)
    st.warning(
        f"The report {as_code(name, 60)} was replaced: what is there now is that of job {as_code(owner, 60)}. The "
        f"report of this run stays beside it as {kept}, named after the start of the run that replaced it.",
        icon=":material/history:",
    )
    if context.in_console:
        link_to_page("run", "The run whose report it is", ":material/play_circle:", id=owner)


def _show_report_link(context: PageContext, report: str) -> None:
    name = Path(report).name
    if context.in_console:
        st.link_button("Open the report", f"/reports/{quote(name)}", icon=":material/lab_profile:")
        return
    st.download_button(
        "Download the report", lambda: _report_bytes(context, report), name, "text/html", on_click="ignore",
        icon=":material/lab_profile:", key=f"report_{name}",
    )  # fmt: skip


def _report_bytes(context: PageContext, report: str) -> bytes:
    root = context.home / "report"
    where = place(str(root / report), (root,))
    descriptor = open_input(where)
    try:
        event = Event(action=Action.REPORT_DOWNLOADED, target=f"report/{where.relative}")
        record_read(context.home, context.who(), event, FileIdentity.of(descriptor))
        return os.pread(descriptor, _MOST_REPORT_BYTES, 0)
    finally:
        os.close(descriptor)


def _show_actions(context: PageContext, job: JobView) -> None:
    with st.container(horizontal=True):
        if not job.state.is_over:
            st.button(
                "Cancel", icon=":material/cancel:", key=f"cancel_{job.job_id}",
                disabled=job.state is State.CANCELLING, on_click=_act, args=(context, context.jobs.cancel, job.job_id),
                help="It stops within seconds; its part files are put away, the old outputs stay.",
            )  # fmt: skip
        if job.state in {State.INTERRUPTED, State.FAILED}:
            st.button(
                "Resume", icon=":material/resume:", key=f"resume_{job.job_id}",
                on_click=_act, args=(context, context.jobs.resume, job.job_id), help="It goes on where it stopped.",
            )  # fmt: skip
        if job.state.is_over and context.in_console:
            link_to_page("launch", "Run again", ":material/replay:", **{"from": job.job_id})


def _act(context: PageContext, act: Callable[..., object], job_id: str) -> None:
    try:
        act(context.who(), job_id)
    except EtlError as error:
        st.session_state[_SAID] = error
