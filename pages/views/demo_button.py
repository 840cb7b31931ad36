"""One button for an empty home: demo data, and the page of a first run on them."""

from __future__ import annotations

import streamlit as st

from etl_batch.errors import EtlError
from etl_batch.launch.demo import ask_demo_data, start_demo_job
from etl_batch.machine.question import Question
from etl_batch.ui.errors import errors_shown, show_error
from etl_batch.ui.links import go_to_page, link_to_page
from etl_batch.ui.page_context import PageContext

_KEY, _REFUSED = "home_demo", "home_demo_refused"
_EVERY_SECONDS = 1.0


def show_demo_button(context: PageContext) -> None:
    """Show the button; while the data are written, that they are; then the run."""
    if (refused := st.session_state.pop(_REFUSED, None)) is not None:
        show_error(refused)
    if _KEY not in st.session_state:
        st.button(
            "Try it with demo data", icon=":material/science:", key="home_demo_button", on_click=_begin,
            args=(context,), help="1.5 million real purchases are put into data/, and a first job is launched on them.",
        )  # fmt: skip
        return
    st.fragment(lambda: _show_writing(context), run_every=_EVERY_SECONDS)()


def _begin(context: PageContext) -> None:
    try:
        st.session_state[_KEY] = ask_demo_data(context.home, context.who())
    except EtlError as error:
        st.session_state[_REFUSED] = error


def _show_writing(context: PageContext) -> None:
    question: Question | None = st.session_state.get(_KEY)
    if question is None:
        return
    said = question.look()
    if not said.is_over:
        st.info("The demo data are being written: some seconds.", icon=":material/hourglass_top:")
        return
    st.session_state.pop(_KEY, None)
    if said.error is not None:
        st.session_state[_REFUSED] = said.error
        st.rerun(scope="app")
    with errors_shown():
        job = start_demo_job(context.home, context.who())
        go_to_page("run", id=job.job_id)
        link_to_page("run", "The first run", ":material/play_circle:", id=job.job_id)
