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
from etl_batch.ui.errors import errors_shown, in_markdown, show_error
from etl_batch.ui.foreign_text import as_code, plain
from etl_batch.ui.job_tables import show_job_tables
from etl_batch.ui.job_words import mark_of, outcome_of, progress_line, state_sentence, throughput
from etl_batch.ui.links import link_to_page
from etl_batch.ui.metrics import Metric, show_metrics
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.run_outputs import show_run_outputs
from etl_batch.values import MIB

_EVERY_SECONDS = 0.5  #: with the half second between two heartbeats the page stays within two seconds, loaded or not
_SAID = "etl_job_said"
_MOST_REPORT_BYTES = 8 * MIB  #: handed through a page of somebody else's app


def show_live(context: PageContext, job_id: str, show: Callable[[JobView], None]) -> JobView:
    """Show a job; while it is under way, anew twice a second.

    Args:
        context: of the page: who looks, at which home.
        job_id: which job.
        show: what is shown of it, each time.

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
            show(seen)

    st.fragment(now, run_every=None if job.state.is_over else _EVERY_SECONDS)()
    return job


def show_job(context: PageContext, job_id: str) -> JobView:
    """Show a job beneath the form that launched it, in somebody else's app: all that there is to see of it there.

    Raises:
        NoSuchJob: there is none of this name.
    """
    return show_live(context, job_id, lambda now: _show_whole(context, now))


def _show_whole(context: PageContext, job: JobView) -> None:
    show_verdict(job)
    show_progress(job)
    if job.state is State.DONE:
        show_metrics(
            (
                Metric("Rows", count(job.rows_out or 0)),
                Metric("Set aside", count(job.rows_quarantined or 0)),
                Metric("Took", duration(job.seconds or 0.0)),
                Metric("Throughput", throughput(job)),
            )
        )
        show_job_tables(job)
        show_run_outputs(context, job)
        show_report_link(context, job)
    show_job_actions(context, job)


def show_verdict(job: JobView) -> None:
    """Say in one sentence, and by a colour, what became of a job; of one that failed, why and what to do."""
    word, icon, colour = mark_of(outcome_of(job))
    text = f"**{word.capitalize()}.** {plain(state_sentence(job), 300)}"
    if job.error_code:
        text += f"  \n{in_markdown(rebuilt_error(job.error_code, job.error_message or ''))}"
    {"green": st.success, "orange": st.warning, "red": st.error}.get(colour, st.info)(text, icon=icon)


def show_progress(job: JobView) -> None:
    """How far a job is that is under way, and what went wrong with what was asked of it here."""
    if not job.state.is_over:
        st.progress(job.progress.share, progress_line(job))
    if (said := st.session_state.pop(_SAID, None)) is not None:
        show_error(said)


def show_report_link(context: PageContext, job: JobView) -> None:
    """The way to the report of a job, or what became of it."""
    if job.report is None or not context.may(Permission.SEE_REPORTS):
        return
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


def show_job_actions(context: PageContext, job: JobView) -> None:
    """What can be done with a job, for those who may."""
    if not context.may(Permission.LAUNCH_JOBS):
        return
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
