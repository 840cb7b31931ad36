"""Rows that were set aside, to be mended and run by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from etl_batch.errors import EtlError
from etl_batch.etl_integration_ui import FROM_PARAMETER, MENDED_PARAMETER
from etl_batch.jobs.job_view import JobView
from etl_batch.launch.mended_rows import keep_mended, mended_name, mended_text
from etl_batch.permissions import Permission
from etl_batch.ui.errors import show_error
from etl_batch.ui.foreign_text import as_code
from etl_batch.ui.links import go_to_page, link_to_page
from etl_batch.ui.page_context import PageContext
from pages.services.rejected_rows import RejectedRows
from pages.shared_results import results_of

_HEIGHT_PX = 260


def show_mend_form(context: PageContext, job: JobView, found: RejectedRows) -> None:
    """Show the rows as a text to be mended, and the button that leads to a job on them."""
    source = _source(job, found)
    if not context.in_console or not context.may(Permission.LAUNCH_JOBS) or source is None:
        return
    st.subheader("Mend and run these", anchor=False)
    if len(found.first) < found.rows:
        st.caption("There are too many for this page: download them, mend them, and launch a job on that file.")
        return
    name = mended_name(str(source["path"]))
    with st.form("mend", border=False):
        rows = st.text_area(
            "The rows, as they stand in the input", value="\n".join(row.raw for row in found.first), key="mend_rows",
            height=_HEIGHT_PX,
        )  # fmt: skip
        st.caption(f"They go into {as_code(f'data/{name}')}; the run and its outputs stay as they are.")
        if not st.form_submit_button("Mend and run these", icon=":material/build:", type="primary"):
            return
    try:
        reading = source["reading"]
        names = results_of(context.home).names(context.who(), job, source) if reading["header"] else None
        keep_mended(context.home, context.who(), name, mended_text(names, rows, reading["delimiter"]))
    except EtlError as error:
        show_error(error)
        return
    link = {FROM_PARAMETER: job.job_id, MENDED_PARAMETER: name}
    go_to_page("launch", **link)
    link_to_page("launch", "Launch a job on them", ":material/rocket_launch:", **link)


def _source(job: JobView, found: RejectedRows) -> Mapping[str, Any] | None:
    """The one text that all of them are of; None: they are of several, or of records, which no text holds."""
    paths = {row.input for row in found.first}
    inputs = [one for one in (job.metadata or {}).get("inputs", ()) if one["path"] in paths]
    if len(inputs) != 1 or len(paths) != 1:
        return None
    reading = inputs[0].get("reading") or {}
    return inputs[0] if len(str(reading.get("delimiter") or "")) == 1 else None  # what is no text has none
