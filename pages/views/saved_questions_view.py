"""Questions in SQL under a name: chosen, saved and deleted; the address says which is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from etl_batch.jobs.saved_questions import MOST_NAME_CHARACTERS, SavedQuestion
from etl_batch.ui.errors import errors_shown
from etl_batch.ui.foreign_text import in_table, plain

_QUESTION, _CHOSEN, _NAME = "question", "ask_saved", "ask_name"  #: of the address; of the widgets
_NONE = ""


@dataclass(frozen=True, slots=True)
class SavedActions:
    """What a view can do with saved questions."""

    all: Callable[[], tuple[SavedQuestion, ...]]
    save: Callable[[str, str], None]  #: under a name, a statement
    delete: Callable[[str], None]
    may_delete: Callable[[SavedQuestion], bool]


def show_choice(actions: SavedActions) -> SavedQuestion | None:
    """Show the list of those that are saved; returns the one that is chosen."""
    saved = {one.name: one for one in actions.all()}
    if not saved:
        return None
    linked = st.query_params.get(_QUESTION, _NONE)
    st.session_state[_CHOSEN] = linked if linked in saved else _NONE
    name = st.selectbox(
        "Saved questions", [_NONE, *saved], format_func=lambda one: in_table(one, 80) if one else "None: these rows",
        key=_CHOSEN, on_change=_to_address,
    )  # fmt: skip
    chosen = saved.get(name)
    if chosen is not None:
        st.caption(f"Saved by {plain(chosen.actor)}, {chosen.at[:10]}.")
    return chosen


def show_saving(actions: SavedActions, chosen: SavedQuestion | None, statement: str) -> None:
    """Show the ways to save what is typed, and to delete what is chosen."""
    with st.popover("Save the question", icon=":material/bookmark_add:"):
        name = st.text_input(
            "Under the name", chosen.name if chosen is not None else "", max_chars=MOST_NAME_CHARACTERS,
            key=f"{_NAME}_{chosen.name if chosen is not None else ''}",
            help="All who may ask see it. Your own of the same name is replaced.",
        )  # fmt: skip
        if st.button("Save", key="ask_save", icon=":material/save:"):
            with errors_shown():
                actions.save(name, statement)
                st.query_params[_QUESTION] = name.strip()
                st.rerun()
    if chosen is None or not actions.may_delete(chosen):
        return
    if st.button("Delete the question", key="ask_delete", icon=":material/delete:"):
        with errors_shown():
            actions.delete(chosen.name)
            st.query_params.pop(_QUESTION, None)
            st.rerun()


def _to_address() -> None:
    if name := st.session_state[_CHOSEN]:
        st.query_params[_QUESTION] = name
    else:
        st.query_params.pop(_QUESTION, None)
