"""The tabs of a run's page: the table of them, and the one that is open. What is to be seen there is a row here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from etl_batch.jobs.job_view import JobView
from etl_batch.permissions import Permission
from etl_batch.ui.page_context import PageContext
from pages.views.run_compare_tab import show_comparison
from pages.views.run_history_tab import show_history
from pages.views.run_log_tab import show_log
from pages.views.run_machine_tab import show_machine
from pages.views.run_profile_tab import has_profile, show_columns
from pages.views.run_rejected_tab import has_rejected, show_rejected
from pages.views.run_result_tab import has_result, show_result
from pages.views.run_rules_tab import has_rules, show_rules
from pages.views.run_totals_tab import has_totals, show_totals

_KEY = "tab"  #: of the widget, and of the address: a link leads to the tab that was open
_AT_WORK = "run_at_work"  #: the run that this page has seen at work


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTab:
    """One tab."""

    name: str  #: on the page and in its address
    permission: Permission  #: who may see it
    has: Callable[[JobView], bool]  #: whether there is something to show of this run; else there is no tab
    show: Callable[[PageContext, JobView], None]  #: asked only while the tab is open


def _always(_: JobView) -> bool:
    return True


#: in the order in which they stand; the first that a run has is open
RUN_TABS: tuple[RunTab, ...] = (
    RunTab(name="Result", permission=Permission.SEE_RUNS, has=has_result, show=show_result),
    RunTab(name="Rejected", permission=Permission.SEE_RESULTS, has=has_rejected, show=show_rejected),
    RunTab(name="Rules", permission=Permission.SEE_RESULTS, has=has_rules, show=show_rules),
    RunTab(name="Totals", permission=Permission.SEE_REPORTS, has=has_totals, show=show_totals),
    RunTab(name="Profile", permission=Permission.SEE_REPORTS, has=has_profile, show=show_columns),
    RunTab(name="Machine", permission=Permission.SEE_JOBS, has=_always, show=show_machine),
    RunTab(name="Log", permission=Permission.SEE_JOBS, has=_always, show=show_log),
    RunTab(name="History", permission=Permission.SEE_RUNS, has=has_result, show=show_history),
    RunTab(name="Compare", permission=Permission.SEE_RUNS, has=_always, show=show_comparison),
)


def tabs_of(context: PageContext, job: JobView) -> tuple[RunTab, ...]:
    """Those that a run has, for whoever looks."""
    return tuple(tab for tab in RUN_TABS if context.may(tab.permission) and tab.has(job))


def _open_what_came_of_it(job: JobView, first: str) -> None:
    """Once a run is over whose work was watched, open its first tab, unless the address names another."""
    if not job.state.is_over:
        st.session_state[_AT_WORK] = job.job_id
    elif st.session_state.pop(_AT_WORK, None) == job.job_id and _KEY not in st.query_params:
        st.session_state[_KEY] = first


def show_run_tabs(context: PageContext, job: JobView) -> None:
    """Show them, and what is in the one that is open: nothing is read for the others."""
    tabs = tabs_of(context, job)
    if not tabs:
        return
    _open_what_came_of_it(job, tabs[0].name)
    shown = st.tabs([tab.name for tab in tabs], key=_KEY, bind="query-params", on_change="rerun")
    for tab, place in zip(tabs, shown, strict=True):
        if place.open:
            with place:
                tab.show(context, job)
