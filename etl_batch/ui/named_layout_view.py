"""The layout that somebody named for an input, or that a copybook comes to; and which copybooks there are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

import streamlit as st

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.launch.input_list import Candidate
from etl_batch.launch.kept_files import keep_upload
from etl_batch.launch.questions import NamedLayout
from etl_batch.layouts.file_names import book_file_name
from etl_batch.options.input_reading import InputFormat
from etl_batch.ui.errors import show_error
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.layout_editor import LIST_IS_OLD, ShownLayout, show_layout_editor
from etl_batch.ui.option_fields import key_of
from etl_batch.ui.page_context import PageContext

_LAYOUT = key_of("layout")
_CHOSEN = "etl_copybook"
_PASTED, _PASTED_NAME, _PASTED_SAID = "etl_pasted", "etl_pasted_name", "etl_pasted_said"
_EXAMPLE = "       01  CUSTOMER-RECORD.\n           05  CUST-ID     PIC 9(8)."


def show_copybooks(context: PageContext, books: Sequence[Candidate]) -> None:
    """Let one of the copybooks beneath the input folders be the layout, or one that is pasted."""
    if books:
        _show_choice(books)
    with st.expander("Paste a copybook", icon=":material/content_paste:"):
        text = st.text_area(
            "The book", key=_PASTED, height=240, placeholder=_EXAMPLE,
            help="COBOL's description of the records, as it stands in the library.",
        )  # fmt: skip
        name = st.text_input(
            "Its name in data/", key=_PASTED_NAME, placeholder="CUSTOMER-RECORD.cpy, by its first record"
        )
        given = (context, text, name)
        st.button("Keep it, and read by it", disabled=not text.strip(), on_click=_keep_pasted, args=given,
                  key="etl_pasted_go", icon=":material/save:")  # fmt: skip
        show_what_was_saved(_PASTED_SAID)


def _keep_pasted(context: PageContext, text: str, name: str) -> None:
    try:
        kept = keep_upload(context.home, context.who(), book_file_name(text, name), text.encode())
    except EtlError as error:
        st.session_state[_PASTED_SAID] = error
        return
    st.session_state[_PASTED] = st.session_state[_PASTED_NAME] = ""
    st.session_state[_PASTED_SAID] = f"{plain(kept.path.name)} is in data/ now."
    take_copybook(str(kept.path))


def offer_records() -> None:
    """Let a file that is of no known format be read as records."""
    st.button(
        "Its records are of one length: describe them here", key="etl_as_records", icon=":material/view_column:",
        on_click=_read_as_records,
    )  # fmt: skip


def is_list_old() -> bool:
    """Whether somebody just did, or kept a layout, so that the list of inputs has to be shown anew, too; once."""
    return bool(st.session_state.pop(LIST_IS_OLD, False))


def _read_as_records() -> None:
    st.session_state[key_of("format")] = InputFormat.BINARY.value
    st.session_state[LIST_IS_OLD] = True


def _show_choice(books: Sequence[Candidate]) -> None:
    names = {book.path: book.name for book in books}
    named = st.session_state.get(_LAYOUT, "")
    st.session_state[_CHOSEN] = named if named in names else None
    st.selectbox(
        "Copybook or dictionary", list(names), None, format_func=lambda path: plain(names[path], 200), key=_CHOSEN,
        on_change=_take_book, placeholder="None: a layout of ours, or what the file tells", filter_mode="contains",
        help="COBOL's description of records, or Stata's of lines of text: taken as it is, in the place of a layout. "
        "It fills the field Layout.",
    )  # fmt: skip


def show_named_layout(context: PageContext, candidate: Candidate, config: JobConfig, found: NamedLayout) -> ShownLayout:
    """Show the layout that is named, to be edited and kept as that of the file; returns what it has come to."""
    for note in found.notes:
        st.caption(f"{plain(note, 400)}.")
    name = PurePosixPath(str(config.layout)).name
    with st.expander(f"Record layout: what {plain(name, 60)} says", icon=":material/view_column:"):
        return show_layout_editor(context, candidate, made=found.toml)


def show_what_was_saved(key: str) -> None:
    """What came of saving."""
    said = st.session_state.pop(key, None)
    if isinstance(said, EtlError):
        show_error(said)
    elif said is not None:
        st.success(said, icon=":material/check:")


def take_copybook(path: str) -> None:
    """Make a copybook the layout."""
    st.session_state[_LAYOUT] = path


def _take_book() -> None:
    st.session_state[_LAYOUT] = st.session_state[_CHOSEN] or ""
