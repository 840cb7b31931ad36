"""Rows that a page shows, as files: a button for each form, made when it is pressed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from etl_batch.queries.answer_form import AnswerForm

_FORMS = {
    AnswerForm.CSV: ("CSV", "text/csv", ":material/download:", "Texts that a spreadsheet would run get an apostrophe."),
    AnswerForm.PARQUET: ("Parquet", "application/vnd.apache.parquet", ":material/database:", None),
    AnswerForm.JSON: ("JSON", "application/json", ":material/data_object:", None),
}
Take = Callable[[AnswerForm], bytes]


def show_answer_downloads(what: str, take: Take, *, name: str, key: str) -> None:
    """Show the buttons.

    Args:
        what: is taken away, as the buttons begin.
        take: makes a file.
        name: of the files, without ending.
        key: of the buttons.
    """
    with st.container(horizontal=True):
        for form, (title, mime, icon, help_text) in _FORMS.items():
            st.download_button(
                f"{what} as {title}", _made(take, form), f"{name}.{form}", mime, key=f"{key}_{form}",
                on_click="ignore", icon=icon, help=help_text,
            )  # fmt: skip


def _made(take: Take, form: AnswerForm) -> Callable[[], bytes]:
    return lambda: take(form)
