"""How the inputs are read, and their first rows beneath: what is changed here shows here, and nothing else runs."""

from __future__ import annotations

import streamlit as st

from etl_batch.errors import EtlError, FormatExtension
from etl_batch.launch.input_list import Candidate
from etl_batch.launch.looks import note_first_rows
from etl_batch.launch.options import config_of, with_default_output
from etl_batch.launch.questions import Seen
from etl_batch.sniffing.finding import Sniffed
from etl_batch.ui.bad_row_view import show_bad_rows
from etl_batch.ui.check_panel import is_outdated
from etl_batch.ui.errors import show_error
from etl_batch.ui.first_rows_view import seen_of, show_first_rows, sniffed_of
from etl_batch.ui.input_picker import Picked, label
from etl_batch.ui.named_layout_view import is_list_old, offer_records, show_copybooks
from etl_batch.ui.options_form import entered_values
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.preset_view import show_presets
from etl_batch.ui.reading_controls import is_open, said_of_text, show_reading_controls
from etl_batch.ui.record_types_view import say_types, tables_shown
from etl_batch.ui.sniffed_view import show_findings, show_questions


@st.fragment
def show_reading(context: PageContext, picked: Picked) -> None:
    """Show what says how the inputs are read, and the first rows of one of them.

    Args:
        context: of the page: who looks, at which home.
        picked: the inputs.
    """
    if is_outdated(entered_values()) or is_list_old():
        st.rerun(scope="app")  # what a check has found is beneath, and says of what
    try:
        context.who()
        file = _file(picked)
        if file is None:
            show_presets(context, None)
            show_reading_controls(None)
            say_types(None)
        else:
            _show_file(context, picked, file)
    except EtlError as error:
        show_error(error)


def _file(picked: Picked) -> Candidate | None:
    if len(picked.files) > 1:
        return st.selectbox("File", picked.files, format_func=label, key="etl_shown_file")
    return picked.files[0] if picked.files else None


def _show_file(context: PageContext, picked: Picked, file: Candidate) -> None:
    found: Sniffed | None = None
    seen: Seen | None = None
    refused: EtlError | None = None
    try:
        config = config_of(entered_values() | {"input": picked.paths}, context.home, context.who())
        note_first_rows(context.home, context.who(), file)
    except EtlError as error:
        show_reading_controls(None)
        raise error from None
    try:
        seen = seen_of(context, file, config)
    except EtlError as error:
        refused = error
    if seen is None or seen.by_dialect:
        found = None if file.by_layout else sniffed_of(context, file, config)
    show_presets(context, found)
    show_reading_controls(found)
    if found is not None:
        show_questions(found, said_of_text())
    is_one_column = seen is not None and seen.rows is not None and len(seen.rows.names) == 1
    if seen is None or seen.rows is None or is_one_column or config.layout is not None:
        show_copybooks(context, picked.books)
    with st.expander("First rows", icon=":material/preview:", expanded=True):
        if refused is None:
            show_first_rows(context, file, config, seen)
        elif found is None or not _is_asked(found):
            _show_refusal(refused)
        else:
            st.info("The rows show when what is asked above is answered.", icon=":material/help:")
    if refused is None:
        values = entered_values() | {"input": picked.paths}
        show_bad_rows(context, with_default_output(values, context.home, in_tables=bool(tables_shown())))
    else:
        say_types(None)
    if found is not None:
        show_findings(found, said_of_text(), file.path)


def _show_refusal(refused: EtlError) -> None:
    show_error(refused)
    if isinstance(refused, FormatExtension):
        offer_records()


def _is_asked(found: Sniffed) -> bool:
    """Whether the page asks what no row can be read without."""
    said = said_of_text()
    return any(is_open(one, said) for one in found.questions if one.of_structure)
