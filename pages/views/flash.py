"""A message about what was just done, shown once the page has run anew."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from etl_batch.ui.foreign_text import plain

_KEY = "flash"
_LONGEST = 200  #: columns of a name


def flash(text: str) -> None:
    """Say it after the next run of the page."""
    st.session_state[_KEY] = text


def show_flash() -> None:
    """Show what was to be said, once."""
    if _KEY in st.session_state:
        st.success(st.session_state.pop(_KEY), icon=":material/check_circle:")


def literal(text: str) -> str:
    """Text of strangers for Markdown, shown as that text."""
    return plain(text, _LONGEST)


def when(moment: float | None) -> str:
    """A moment in UTC; `never` for None.

    Args:
        moment: seconds since 1970.
    """
    return "never" if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")
