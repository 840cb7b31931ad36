"""Saved readings on the launch page: one is offered for a file like those it was saved for, and taken by one click."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Any

import streamlit as st

from etl_batch.errors import EtlError
from etl_batch.launch.options import job_options
from etl_batch.launch.presets import (
    entered_text,
    exported,
    forget_reading,
    keep_reading,
    names_like,
    said_by,
    saved_names,
    told_by,
    uploaded_text,
)
from etl_batch.sniffing.finding import Sniffed
from etl_batch.text.shown_text import shown
from etl_batch.ui.errors import show_error
from etl_batch.ui.foreign_text import as_code, plain
from etl_batch.ui.option_fields import TAKEN, Taken, blank, key_of, still_taken, taken
from etl_batch.ui.options_form import entered_values
from etl_batch.ui.page_context import PageContext

_OUTCOME = "etl_preset_outcome"  #: session key: what the last click came to
_MOVED = "etl_preset_moved"  #: session key: fields elsewhere on the page hold something else
_UNSAID = ("", "auto", (), None)  #: what a field holds of which nothing is said
_NAME, _CHOSEN = "etl_preset_name", "etl_preset_chosen"


def show_presets(context: PageContext, found: Sniffed | None) -> None:
    """Show what is saved: what fits the file, what was taken of it, and how it is saved, sent and taken away.

    Args:
        context: of the page: who looks, at which home.
        found: what the file seems to be; None: nothing is known.
    """
    if st.session_state.pop(_MOVED, False):
        st.rerun(scope="app")
    with st.container():  # always there: what is open beneath it stays open
        _show_outcome()
        try:
            names = saved_names(context.home, context.who())
            like = names_like(context.home, context.who(), found) if found is not None and names else ()
        except EtlError as error:
            show_error(error)
            return
        _show_offers(context, like)
    with st.expander("Saved readings", icon=":material/bookmarks:"):
        if names:
            _show_chosen(context, names)
        _show_saving(context, found)
        _show_import(context)


def _show_outcome() -> None:
    said = st.session_state.pop(_OUTCOME, None)
    if isinstance(said, EtlError):
        show_error(said)
    elif said is not None:
        st.success(said, icon=":material/bookmark_added:")


def _show_offers(context: PageContext, like: tuple[str, ...]) -> None:
    in_use = {one.preset for one in still_taken().values()}
    for name in like:
        if name not in in_use:
            with st.container(horizontal=True, vertical_alignment="center", border=True, key=f"etl_offer_{name}"):
                st.markdown(
                    f":material/bookmark: This file looks like those that {as_code(name)} was saved for.",
                    width="stretch",
                )  # fmt: skip
                st.button(f"Read it as {plain(name)}", key=f"etl_use_{name}", on_click=_use, args=(context, name))
    for name in sorted(in_use):
        _show_in_use(name)


def _show_in_use(name: str) -> None:
    """What it changed, and the way back."""
    labels = {option.name: option.label for option in job_options()}
    changes = [
        f"- {plain(labels[field])}: {_value(one.value)} in place of {_value(one.before)}"
        for field, one in still_taken().items()
        if one.preset == name and one.value != one.before
    ]
    same = [one for one in still_taken().values() if one.preset == name and one.value == one.before]
    with st.container(border=True, key=f"etl_in_use_{name}"):
        st.markdown(f":material/bookmark_added: Read as {as_code(name)} says; its fields are marked.")
        if changes:
            st.markdown("\n".join(changes))
        if same:
            st.caption(f"{len(same)} of what it says stood there already.")
        st.button(
            "Take it back", key=f"etl_take_back_{name}", icon=":material/undo:", on_click=_take_back, args=(name,)
        )


def _value(value: Any) -> str:  # noqa: ANN401 - of a field
    if isinstance(value, bool):
        return "on" if value else "off"
    text = ", ".join(value) if isinstance(value, list | tuple) else str(value)
    return as_code(text) if text else "nothing"


def _use(context: PageContext, name: str) -> None:
    """Set what it says; what it says nothing of stays."""

    def done() -> str | None:
        said = said_by(context.home, context.who(), name)
        marks = dict(taken())
        options = {option.name: option for option in job_options()}
        for field, value in said.items():
            before = st.session_state.get(key_of(field), blank(options[field]))
            entered = list(value) if isinstance(value, tuple) else value or blank(options[field])
            st.session_state[key_of(field)] = entered
            marks[field] = Taken(name, entered, before)
        st.session_state[TAKEN] = marks
        st.session_state[_MOVED] = True
        return None

    _do(done)


def _take_back(name: str) -> None:
    """What stood there before stands there again, where nobody has changed it since."""
    for field, one in still_taken().items():
        if one.preset == name:
            st.session_state[key_of(field)] = one.before
    st.session_state[TAKEN] = {field: one for field, one in taken().items() if one.preset != name}
    st.session_state[_MOVED] = True


def _show_chosen(context: PageContext, names: tuple[str, ...]) -> None:
    name = st.selectbox("Saved reading", names, key=_CHOSEN, format_func=shown)
    try:
        text = exported(context.home, context.who(), name)
    except EtlError as error:
        text = ""
        show_error(error)
    with st.container(horizontal=True):
        st.button(
            "Read so", key="etl_preset_use", icon=":material/bookmark:", on_click=_use, args=(context, name),
            help="Set the fields of which it says something; the others stay as they are.",
        )  # fmt: skip
        st.download_button(
            "Export", text.encode(), f"{name}.toml", "application/toml",
            key="etl_preset_export", on_click="ignore", icon=":material/download:", disabled=not text,
            help="As a file of TOML, which another console takes, and `preset save NAME --from FILE`.",
        )  # fmt: skip
        with st.popover("Delete", icon=":material/delete:"):
            st.markdown(f"{as_code(name)} is taken away; jobs that had it keep what it said.")
            st.button("Delete it", key="etl_preset_delete", on_click=_delete, args=(context, name), type="primary")


def _show_saving(context: PageContext, found: Sniffed | None) -> None:
    st.text_input(
        "Save how it is read now as", key=_NAME, max_chars=64, autocomplete="off", placeholder="bank",
        help="Everything that is said of how inputs are read, and which columns the outputs have.",
    )  # fmt: skip
    told = {} if found is None else told_by(found)
    listed = ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in told.items())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.checkbox(
            f"With what its lines tell{f': {listed}' if listed else ''}", value=True, key="etl_preset_told",
            disabled=not told, help="So that a later file of the kind is read so, too, whatever its own lines tell.",
        )  # fmt: skip
        st.checkbox("Replace one of this name", key="etl_preset_replace", help="The old one is kept beside it.")
    st.button(
        "Save", key="etl_preset_save", icon=":material/bookmark_add:", on_click=_save, args=(context, found),
    )  # fmt: skip


def _show_import(context: PageContext) -> None:
    version = st.session_state.setdefault("etl_preset_version", 0)
    files = st.file_uploader(
        "Import saved readings", type="toml", accept_multiple_files=True, key=f"etl_preset_file_{version}",
        max_upload_size=1,
        help="Files as *Export* and `preset show` give them; the name of the file is that of the reading.",
    )  # fmt: skip
    st.button("Put them with the others", disabled=not files, on_click=_import, args=(context, files),
              key="etl_preset_import")  # fmt: skip


def _save(context: PageContext, found: Sniffed | None) -> None:
    def done() -> str:
        name = st.session_state.get(_NAME, "").strip()
        values = dict(entered_values())
        if found is not None and st.session_state.get("etl_preset_told"):
            for field, told in told_by(found).items():
                if values.get(field) in _UNSAID:
                    values[field] = told
        replace = bool(st.session_state.get("etl_preset_replace"))
        text = entered_text(context.home, context.who(), values, found)
        keep_reading(context.home, context.who(), name, text, replace=replace)
        st.session_state[_NAME] = ""
        st.session_state["etl_preset_replace"] = False
        return (
            f"{as_code(name)} is saved. It is offered for files like this one."
            if found
            else f"{as_code(name)} is saved."
        )

    _do(done)


def _import(context: PageContext, files: Sequence[Any]) -> None:
    def done() -> str:
        replace = bool(st.session_state.get("etl_preset_replace"))
        names = [PurePosixPath(file.name).stem for file in files]
        for name, file in zip(names, files, strict=True):
            text = uploaded_text(name, file.getvalue())
            keep_reading(context.home, context.who(), name, text, replace=replace)
        st.session_state["etl_preset_version"] += 1
        return f"{', '.join(map(as_code, names))}: saved."

    _do(done)


def _delete(context: PageContext, name: str) -> None:
    def done() -> str:
        forget_reading(context.home, context.who(), name)
        return f"{as_code(name)} is deleted."

    _do(done)


def _do(action: Callable[[], str | None]) -> None:
    """Do it, and keep what came of it for the page that follows."""
    try:
        st.session_state[_OUTCOME] = action()
    except EtlError as error:
        st.session_state[_OUTCOME] = error
