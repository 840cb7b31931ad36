"""The latest runs, as far as whoever looks may see them: to be compared, and to be followed over time."""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.jobs.job_query import JobQuery
from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from etl_batch.permissions import Permission
from etl_batch.ui.page_context import PageContext


def latest_runs(context: PageContext, most: int, states: Sequence[State] = ()) -> tuple[JobView, ...]:
    """The newest first; whoever sees no jobs sees those that are done, without their options."""
    if context.may(Permission.SEE_JOBS):
        return context.jobs.page(context.who(), JobQuery(states=tuple(states), limit=most)).jobs
    return context.jobs.results(context.who())[:most]
