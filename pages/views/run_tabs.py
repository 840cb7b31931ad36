"""The tabs of a run's page: the table of them, and the one that is open. What is to be seen there is a row here."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.elements.lib.mutable_tab_container import TabContainer

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
_KEY_AT_WORK = "tab_at_work"  #: of the widget while there is more to come: what is open then says nothing of later


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


def show_run_tabs(context: PageContext, job: JobView) -> None:
    """Show them, and what is in the one that is open: nothing is read for the others."""
    tabs = tabs_of(context, job)
    if not tabs:
        return
    with _place_of(tabs[0]):
        shown = _tabs([tab.name for tab in tabs], job)
    for tab, place in zip(tabs, shown, strict=True):
        if place.open:
            with place:
                tab.show(context, job)


def _tabs(names: list[str], job: JobView) -> Sequence[TabContainer]:
    """The first is open, unless the address names another."""
    if job.state.is_over:
        return st.tabs(names, key=_KEY, bind="query-params", on_change="rerun")
    named = st.query_params.get(_KEY)
    return st.tabs(names, key=_KEY_AT_WORK, default=named if named in names else None, on_change="rerun")


@contextlib.contextmanager
def _place_of(first: RunTab) -> Iterator[None]:
    """A place that only lists of tabs share which begin with the same one: as many containers deep as it is far down.

    A list that takes the place of another is shown, for the blink of an eye, with the other's tabs, and keeps that one
    open that was: so a run that was watched would stay on *Machine*, with nothing in it. What takes the place of
    something of another kind begins anew.
    """
    with contextlib.ExitStack() as deep:
        for _ in range(RUN_TABS.index(first)):
            deep.enter_context(st.container())
        yield
