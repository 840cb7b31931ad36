"""What a job takes the place of, shown before it does: whose it is, how many rows, kept as what."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence

import streamlit as st

from etl_batch.errors import NoSuchJob
from etl_batch.pipeline.outputs.replaced_outputs import in_words
from etl_batch.ui.foreign_text import as_code, plain
from etl_batch.ui.links import link_to_page
from etl_batch.ui.page_context import PageContext
from etl_batch.values import Replaced

_LAUNCHED_OVER = "etl_replaces"  #: session key: the job that was launched last, and what it replaces


def show_replaced(context: PageContext, replaced: Sequence[Replaced], then: str = "It would be replaced") -> None:
    """Show a line for each output that something is in the place of.

    Args:
        context: of the page: who looks, at which home.
        replaced: what is there.
        then: what happens to it.
    """
    for output in replaced:
        kept = as_code(f"{output.path.name}.bak.TIME", 200)
        st.warning(
            f"{as_code(_beneath(context, str(output.path)), 200)} is there already: {plain(in_words(output), 200)}"
            f"{_by_whom(context, output)}. {then}; the old one stays as {kept}.",
            icon=":material/history:",
        )
        if context.in_console and output.job_id is not None:
            link_to_page(
                "run", f"The run that wrote {plain(output.path.name, 60)}", ":material/history:", id=output.job_id
            )


def remember_launched_over(job_id: str, replaced: Sequence[Replaced]) -> None:
    """Keep for the page of a job what it was launched over, until it has replaced it."""
    st.session_state[_LAUNCHED_OVER] = job_id, tuple(replaced)


def show_launched_over(context: PageContext, job_id: str) -> None:
    """Show what a job was launched over in this session, if it was."""
    launched, replaced = st.session_state.get(_LAUNCHED_OVER, (None, ()))
    if launched == job_id:
        show_replaced(context, replaced, "It is replaced when the job is done")


def _by_whom(context: PageContext, replaced: Replaced) -> str:
    """Who ran that job, and when, where the job is still listed."""
    if replaced.job_id is not None:
        with contextlib.suppress(NoSuchJob):
            job = context.jobs.view(context.who(), replaced.job_id)
            return f" by {plain(job.actor)}, {plain((job.finished_at or job.created_at)[:19].replace('T', ' '))} UTC"
    return ""


def _beneath(context: PageContext, path: str) -> str:
    return path.removeprefix(f"{os.path.realpath(context.home)}/")
