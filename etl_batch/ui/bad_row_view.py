"""The next row that does not fit: a question with progress, asked of a process, and what it has found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import PurePath
from typing import Any

import streamlit as st

from etl_batch.launch.first_rows import hex_lines
from etl_batch.launch.job_questions import ask_bad_rows
from etl_batch.launch.options import Values
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.question import Question
from etl_batch.text.number_text import count
from etl_batch.ui.errors import show_error
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.lines_of_text import show_lines
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.question_progress import show_progress

_KEY = "etl_bad_rows"
_EVERY_SECONDS = 1
_MOST_HEX_BYTES = 256


@dataclass(slots=True)
class _Search:
    """What was found so far, and the search for more."""

    values: Values
    rows: list[Mapping[str, Any]] = field(default_factory=list)
    at: int = -1  #: the one that is shown
    question: Question | None = None


def show_bad_rows(context: PageContext, values: Values) -> None:
    """Show the button, the progress of a search, and the row that was found last.

    Args:
        context: of the page: who looks, at which home.
        values: of all options; a search is of these, and begins anew with others.
    """
    search: _Search | None = st.session_state.get(_KEY)
    if search is not None and dict(search.values) != dict(values):
        stop_search()
        search = None
    is_running = search is not None and search.question is not None and not search.question.look().is_over
    st.button(
        "Next bad row", key="etl_next_bad_row", icon=":material/skip_next:", on_click=_next, args=(context, values),
        disabled=is_running,
        help="Read the inputs as said above, up to the next row that does not fit. Nothing is written.",
    )  # fmt: skip
    if search is not None:
        _show(search)


def stop_search() -> None:
    """Forget the search; where it still runs, it ends."""
    search: _Search | None = st.session_state.pop(_KEY, None)
    if search is not None and search.question is not None:
        search.question.stop()


def _next(context: PageContext, values: Values) -> None:
    search: _Search | None = st.session_state.get(_KEY)
    if search is None or dict(search.values) != dict(values):
        stop_search()
        search = st.session_state[_KEY] = _Search(values)
    if search.at + 1 < len(search.rows):
        search.at += 1
        return
    last = search.rows[-1] if search.rows else {"source": 0, "row": 0}
    search.question = ask_bad_rows(context.who(), values, context.home, (last["source"], last["row"]))


def _show(search: _Search) -> None:
    if search.question is not None and not search.question.look().is_over:
        st.fragment(_show_running, run_every=_EVERY_SECONDS)()
        return
    if search.question is not None:
        said = search.question.look()
        if said.error is not None:
            show_error(said.error)
            return
        more = (said.answer or {}).get("rows", [])
        if not more:
            further = "no further row is bad" if search.rows else "every row fits"
            st.success(f"The inputs were read to their end: {further}.", icon=":material/check_circle:")
            return
        search.rows += more
        search.at, search.question = search.at + 1, None
    if search.rows:
        _show_row(search.rows[search.at])


def _show_running() -> None:
    search: _Search | None = st.session_state.get(_KEY)
    said = None if search is None or search.question is None else search.question.look()
    if said is None or said.is_over:
        st.rerun(scope="app")
    show_progress(said, "Searching")
    st.button("Stop the search", on_click=stop_search, icon=":material/stop_circle:", key="etl_search_stop")


def _show_row(row: Mapping[str, Any]) -> None:
    name = plain(PurePath(row["path"]).name)
    st.warning(
        f"Row {count(row['row'])} of {name}, at byte {count(row['byte'])}: {plain(row['reason'], 200)}.",
        icon=":material/warning:",
    )
    text = str(row["text"])
    show_lines(text.rstrip("\r\n") or " ", "The row that does not fit")
    with st.expander("Its bytes", icon=":material/data_object:"):
        show_lines(hex_lines(text.encode("utf-8", "surrogatepass")[:_MOST_HEX_BYTES], row["byte"]), "Its bytes")
