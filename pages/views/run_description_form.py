"""The name and the note of a run: shown, and changed by those who may."""

from __future__ import annotations

import streamlit as st

from etl_batch.errors import EtlError
from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.run_description import MOST_NAME_CHARACTERS, MOST_NOTE_CHARACTERS, RunDescription
from etl_batch.permissions import Permission
from etl_batch.ui.errors import show_error
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.page_context import PageContext

_NAME, _NOTE, _REFUSED = "run_name", "run_note", "run_description_refused"


def show_description(context: PageContext, job: JobView) -> None:
    """Show the note, and the form that changes name and note."""
    for line in (job.note or "").splitlines():
        st.markdown(plain(line, MOST_NOTE_CHARACTERS))
    if (refused := st.session_state.pop(_REFUSED, None)) is not None:
        show_error(refused)
    if not context.may(Permission.LAUNCH_JOBS):
        return
    with st.expander("Name and note", icon=":material/edit_note:"), st.form("run_description", border=False):
        st.text_input("Name of the run", value=job.name or "", max_chars=MOST_NAME_CHARACTERS, key=_NAME)
        st.text_area("Note", value=job.note or "", max_chars=MOST_NOTE_CHARACTERS, key=_NOTE)
        st.form_submit_button("Save", icon=":material/save:", on_click=_save, args=(context, job.job_id))


def _save(context: PageContext, job_id: str) -> None:
    try:
        described = RunDescription(name=st.session_state[_NAME].strip(), note=st.session_state[_NOTE].strip())
        context.jobs.describe(context.who(), job_id, described)
    except EtlError as error:
        st.session_state[_REFUSED] = error
