"""What a page says where there is nothing yet: what would be here, and how it comes here."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st


def show_empty(
    title: str, text: str, *, icon: str = ":material/inbox:", step: Callable[[], None] | None = None
) -> None:
    """Show an empty state.

    Args:
        title: what is not there, such as "No reports yet".
        text: Markdown of ours: how it comes here.
        icon: beside the title.
        step: shows a link or a button that leads on.
    """
    with st.container(border=True):
        st.markdown(f"##### {icon} {title}")
        st.markdown(text)
        if step is not None:
            step()
