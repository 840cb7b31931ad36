"""What the machine did over a run, as a tab of its page."""

from __future__ import annotations

from etl_batch.jobs.job_view import JobView
from etl_batch.ui.page_context import PageContext
from pages.views.run_profile import show_profile


def show_machine(context: PageContext, job: JobView) -> None:
    """Show the curves."""
    show_profile(context.jobs.profile(context.who(), job.job_id).points, "profile")
