"""The editor of a binary file's layout: as a table of fields or as TOML, decoded rows and bytes beneath it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import streamlit as st

from etl_batch.errors import EtlError, LayoutInvalid
from etl_batch.launch.first_rows import file_size
from etl_batch.launch.input_list import Candidate
from etl_batch.launch.kept_files import save_layout
from etl_batch.launch.questions import GuessedLength
from etl_batch.layouts.draft import draft_of, draft_of_rows, new_draft
from etl_batch.layouts.file_names import own_layout_name
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.toml_text import layout_text
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.layout_file import layout_file_text
from etl_batch.storage.roots import Place
from etl_batch.ui.errors import show_error
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.layout_table import columns, frame_of, head_widgets
from etl_batch.ui.option_fields import key_of
from etl_batch.ui.page_context import PageContext

_TABLE, _TOML = "Table", "TOML"
_SEEN = "seen "
LIST_IS_OLD = "etl_list_is_old"  #: of the session: files are of another kind now than the list of inputs says


@dataclass(frozen=True, slots=True)
class _Edited:
    """What the editor of one file starts from, and what it has come to."""

    start: str  #: TOML
    now: str  #: TOML, the last that was sound
    version: int = 0  #: makes the widgets new ones
    mode: str = _TABLE
    made: str | None = None  #: what a description came to, which it began from; None: the file's own layout


@dataclass(frozen=True, slots=True)
class ShownLayout:
    """What the rows beneath the editor are read by."""

    layout: Layout
    is_current: bool  #: otherwise the edits do not fit, and it is the last layout that did


def show_layout_editor(
    context: PageContext, candidate: Candidate, lengths: Sequence[GuessedLength] = (), made: str | None = None
) -> ShownLayout:
    """Show the editor; where the edits are not sound the error is shown.

    Args:
        context: of the page: who looks, at which home.
        candidate: the file.
        lengths: that its records may have, where it has no layout.
        made: the layout that a copybook comes to, as TOML, which is named for it; None: its own is edited.
    """
    key = _key(candidate) if made is None else f"{_key(candidate)}_made"
    before: _Edited | None = st.session_state.get(key)
    if before is None or before.made != made:
        version = 0 if before is None else before.version + 1
        st.session_state[key] = replace(_opened(context, candidate, lengths, made), version=version)
    if lengths:
        _show_lengths(key, lengths)
    edited: _Edited = st.session_state[key]
    own = own_layout_name(candidate.place.path.name)
    if edited.mode == _TOML and not _is_a_table(edited.now, own):
        st.caption("It says more than a table of fields has room for, and is edited as TOML.")
    else:
        st.segmented_control(
            "Edit as", (_TABLE, _TOML), default=edited.mode, key=f"{key}_mode_{edited.version}", required=True,
            on_change=_switch, args=(key,), help="The same layout twice: its fields as rows, or the file itself.",
        )  # fmt: skip
    layout: Layout | None = None
    try:
        text = _as_toml(key, edited) if edited.mode == _TOML else _as_table(key, edited, own)
        layout = parse_layout(text, own)
        edited = replace(edited, now=text)
        st.session_state[key] = edited
    except LayoutInvalid as error:
        show_error(error)
    with st.container(horizontal=True):
        st.button(
            f"Save as {plain(own, 40)}", key=f"{key}_save", disabled=layout is None, icon=":material/save:",
            on_click=_save, args=(context, candidate, key),
            help="Written beside the file, whole or not at all; the old one stays as .bak.TIME.",
        )  # fmt: skip
        st.button("Start over", key=f"{key}_over", icon=":material/undo:", on_click=_start_over, args=(key,),
                  help="Forget the edits: what the file says.")  # fmt: skip
    if made not in (None, edited.now):
        st.info(
            "A job reads by these edits once they are saved, and until then by what is chosen.",
            icon=":material/edit_note:",
        )
    if layout is None:
        return ShownLayout(_last_sound(context, candidate, edited), is_current=False)
    return ShownLayout(layout, is_current=True)


def show_saved(candidate: Candidate) -> None:
    """What came of saving; the list of inputs above shows it, too, so the whole page is shown anew once.

    Not for inside the expander of the editor: the first layout of a file closes it.
    """
    key = f"{_key(candidate)}_said"
    said = st.session_state.pop(key, None)
    if isinstance(said, EtlError):
        show_error(said)
    elif said is not None and not said.startswith(_SEEN):
        st.session_state[key] = _SEEN + said
        st.rerun(scope="app")
    elif said is not None:
        st.success(said.removeprefix(_SEEN), icon=":material/check:")


def _key(candidate: Candidate) -> str:
    return f"etl_layout_{candidate.path}"


def _last_sound(context: PageContext, candidate: Candidate, edited: _Edited) -> Layout:
    """What the rows and bytes are shown by while a field does not fit: just then they are looked at."""
    try:
        return parse_layout(edited.now, candidate.name)
    except LayoutInvalid:  # the file's own, which never was
        return _new_layout(context, candidate)


def _new_layout(context: PageContext, candidate: Candidate) -> Layout:
    return new_draft(file_size(context.who(), candidate.place)).layout(candidate.name)


def _show_lengths(key: str, lengths: Sequence[GuessedLength]) -> None:
    """The lengths that are likely; choosing one begins the layout anew, by what the records then look like."""
    by_size = {one.record_size: one for one in lengths}
    st.selectbox(
        "Length of its records", list(by_size), key=f"{key}_length", on_change=_take_length, args=(key, by_size),
        format_func=lambda size: f"{size} bytes: {by_size[size].reason}",
        help="Told by what repeats in the file, the likeliest first. Choosing one begins the layout anew.",
    )  # fmt: skip


def _take_length(key: str, by_size: Mapping[int, GuessedLength]) -> None:
    text = by_size[st.session_state[f"{key}_length"]].toml
    edited: _Edited = st.session_state[key]
    st.session_state[key] = _Edited(text, text, edited.version + 1, edited.mode)


def _is_a_table(text: str, where: str) -> bool:
    """Whether a table of fields says all that a layout does; one that is not sound is mended as what it is."""
    try:
        layout = parse_layout(text, where)
        return all(field.table is None for field in layout.fields) and draft_of(layout).layout(where) == layout
    except LayoutInvalid:
        return True


def _opened(context: PageContext, candidate: Candidate, lengths: Sequence[GuessedLength], made: str | None) -> _Edited:
    """What the layout says that was made, or the file's own; where there is none, a start."""
    if made is not None:
        mode = _TABLE if _is_a_table(made, candidate.name) else _TOML
        return _Edited(made, made, mode=mode, made=made)
    if candidate.layout is None:
        text = lengths[0].toml if lengths else layout_text(_new_layout(context, candidate))
        return _Edited(text, text)
    text = layout_file_text(_beside(candidate.place, candidate.layout))
    try:
        parse_layout(text, candidate.layout)
    except LayoutInvalid:
        return _Edited(text, text, mode=_TOML)  # only there can it be mended
    return _Edited(text, text, mode=_TABLE if _is_a_table(text, candidate.layout) else _TOML)


def _beside(place: Place, name: str) -> Place:
    return Place(place.root, PurePosixPath(place.relative.parent)).child(name)


def _as_toml(key: str, edited: _Edited) -> str:
    return st.text_area(
        "Layout as TOML", edited.start, height=320, key=f"{key}_toml_{edited.version}",
        help="record_size, header_bytes, trailer_bytes, byte_order, encoding, and a [[field]] for each field.",
    )  # fmt: skip


def _as_table(key: str, edited: _Edited, where: str) -> str:
    """The TOML of what the table holds; the text itself where nothing was edited, so that its comments stay."""
    before = draft_of(parse_layout(edited.start, where))
    head = head_widgets(f"{key}_{edited.version}", before)
    rows = st.data_editor(
        frame_of(before), num_rows="dynamic", placeholder="", hide_index=True, key=f"{key}_rows_{edited.version}",
        column_config=columns(), alt="The fields of the record: one row each",
    )  # fmt: skip
    draft = draft_of_rows(head, rows.astype("object").where(rows.notna(), None).to_dict("records"))
    return edited.start if draft == before else layout_text(draft.layout(where))


def _switch(key: str) -> None:
    """To the other way of editing, with what the last sound state was."""
    edited: _Edited = st.session_state[key]
    mode = st.session_state[f"{key}_mode_{edited.version}"]
    st.session_state[key] = replace(edited, start=edited.now, version=edited.version + 1, mode=mode)


def _start_over(key: str) -> None:
    del st.session_state[key]


def _save(context: PageContext, candidate: Candidate, key: str) -> None:
    edited: _Edited = st.session_state[key]
    try:
        saved = save_layout(context.home, context.who(), candidate.place, edited.now)
    except EtlError as error:
        st.session_state[f"{_key(candidate)}_said"] = error
        return
    if edited.made is None:
        st.session_state[key] = replace(edited, start=edited.now, version=edited.version + 1)
    else:  # from now on it is the file's own layout, and no other is named
        for each in (key, _key(candidate)):
            st.session_state.pop(each, None)
        st.session_state[key_of("layout")] = ""
        st.session_state[LIST_IS_OLD] = True
    st.session_state[f"{_key(candidate)}_said"] = f"Saved as {plain(saved.path.name)}; jobs read it from now on."
