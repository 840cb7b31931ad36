"""Key figures in a row: a word, a number, a word more where it helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from etl_batch.ui.foreign_text import plain


@dataclass(frozen=True, slots=True)
class Figure:
    """One of them; numbers come as text, see `etl_batch.report_parts.figures`."""

    label: str
    value: str
    help: str | None = None  #: Markdown of ours
    label_is_foreign: bool = False  #: a column's name, say


def draw_figures(figures: Sequence[Figure]) -> None:
    """Draw them side by side; on a narrow page they wrap."""
    with st.container(horizontal=True):
        for one in figures:
            label = plain(one.label, 40) if one.label_is_foreign else one.label
            st.metric(label, one.value, help=one.help, border=True, width="content")
