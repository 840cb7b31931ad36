"""Home: is all well, what runs, what ran, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from etl_batch.jobs.job_query import JobQuery
from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from etl_batch.permissions import Permission
from etl_batch.text.number_text import count
from etl_batch.ui.empty_states import show_empty
from etl_batch.ui.errors import errors_shown
from etl_batch.ui.foreign_text import as_code, plain
from etl_batch.ui.job_words import STATE_MARKS, inputs_in_short, mark_of, outcome_of, outputs_in_short, progress_line
from etl_batch.ui.links import link_to_page
from etl_batch.ui.metrics import Metric, show_metrics
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.page_words import on_page
from pages.services.health import signs_of_health
from pages.views.demo_button import show_demo_button
from pages.views.run_bars import show_run_bars

_LAST = 40
_EVERY_SECONDS = 2
#: what a role can do next: permission, page, label, icon
_STEPS = (
    (Permission.LAUNCH_JOBS, "launch", "Launch a job", ":material/rocket_launch:"),
    (Permission.SEE_JOBS, "runs", "See all runs", ":material/list_alt:"),
    (Permission.SEE_REPORTS, "reports", "Read reports", ":material/summarize:"),
    (Permission.ESTIMATE, "estimates", "Ask for a total", ":material/functions:"),
    (Permission.SEE_SYSTEM, "system", "Watch the machine", ":material/monitor_heart:"),
    (Permission.READ_AUDIT_LOG, "audit_log", "Verify the audit log", ":material/verified_user:"),
    (Permission.MANAGE_USERS, "users", "Manage users", ":material/group:"),
)


def home_view(context: PageContext) -> None:
    """Show the page for whoever is there."""
    actor = context.who()
    st.title("Quantum ETL Console", anchor=False)
    st.caption(f"Good to see you, {plain(actor.name)}. Your role is {plain(actor.role or 'none')}.")
    _show_steps(context)
    with errors_shown():
        if context.may(Permission.SEE_JOBS):
            counts = context.jobs.counts(actor)
            live = any(counts[state] for state in (State.QUEUED, State.RUNNING, State.CANCELLING))
            st.fragment(lambda: _show_jobs(context, is_live=live), run_every=_EVERY_SECONDS if live else None)()
    _show_health(context)


def _show_steps(context: PageContext) -> None:
    steps = [step for step in _STEPS if context.may(step[0])]
    with st.container(horizontal=True):
        for _, page, label, icon in steps:
            with st.container(border=True, width="content"):
                link_to_page(page, label, icon)


def _show_jobs(context: PageContext, *, is_live: bool) -> None:
    with errors_shown():
        jobs = context.jobs.page(context.who(), JobQuery(limit=_LAST)).jobs
        counts = context.jobs.counts(context.who())
        now_live = bool(counts[State.QUEUED] or counts[State.RUNNING] or counts[State.CANCELLING])
        if now_live != is_live:
            st.rerun(scope="app")
        if not jobs:
            _show_no_jobs(context)
            return
        _show_counts(counts)
        for job in jobs:
            if not job.state.is_over:
                _show_running(job)
        st.subheader("Last runs", anchor=False)
        show_run_bars(jobs)
        _show_last(jobs[0])


def _show_no_jobs(context: PageContext) -> None:
    if context.may(Permission.LAUNCH_JOBS):
        show_empty(
            "No job has run yet",
            "Choose a file, look at its first rows, check, launch. Everything else follows from there.",
            icon=":material/rocket_launch:",
            step=lambda: _show_first_steps(context),
        )
    else:
        show_empty("No job has run yet", "Runs appear here once a super_admin has launched one.")


def _show_first_steps(context: PageContext) -> None:
    link_to_page("launch", "Launch the first job", ":material/arrow_forward:")
    show_demo_button(context)


def _show_counts(counts: Mapping[State, int]) -> None:
    shown = (State.RUNNING, State.QUEUED, State.DONE, State.FAILED, State.INTERRUPTED)
    show_metrics([Metric(STATE_MARKS[state][0].capitalize(), count(counts[state])) for state in shown])


def _show_running(job: JobView) -> None:
    with st.container(border=True):
        word, icon, _ = STATE_MARKS[job.state]
        link_to_page("run", f"{word.capitalize()}: {plain(inputs_in_short(job.config))}", icon, id=job.job_id)
        st.progress(job.progress.share, progress_line(job))


def _show_last(job: JobView) -> None:
    word, icon, _ = mark_of(outcome_of(job))
    what = f"{as_code(inputs_in_short(job.config))} → {as_code(outputs_in_short(job.config))}"
    st.markdown(f"The latest: {what}: **{word}** (run {as_code(job.job_id)}).")
    link_to_page("run", "Open it", icon, id=job.job_id)


def _show_health(context: PageContext) -> None:
    st.subheader("Health", anchor=False)
    with st.container(horizontal=True):
        for sign in signs_of_health(context.home):
            mark = ":green[:material/check_circle:]" if sign.is_well else ":orange[:material/warning:]"
            st.markdown(f"{mark} **{sign.name}**: {plain(on_page(sign.text), 200)}", width="content")
