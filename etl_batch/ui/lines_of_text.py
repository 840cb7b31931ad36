"""Lines that keep their columns, such as bytes in hexadecimal."""

from __future__ import annotations

from html import escape

import streamlit as st

#: here, not in a style sheet: the launch page is shown in other people's apps, too
_STYLE = (
    "overflow-x: auto; margin: 0; padding: 1rem; font-family: ui-monospace, monospace; font-size: 0.8125rem;"
    " line-height: 1.5; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 0.6rem"
)


def show_lines(text: str, label: str) -> None:
    """Show lines that are never wrapped; where they are too wide they scroll, by the keyboard as well.

    `st.code` could not: what scrolls in it takes no focus (WCAG 2.1.1).

    Args:
        text: the lines; of a stranger, as they are.
        label: what screen readers call them.
    """
    name = escape(label, quote=True)
    st.html(f'<pre tabindex="0" role="region" aria-label="{name}" style="{_STYLE}">{escape(text)}</pre>')
