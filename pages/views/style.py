"""The few rules of style that Streamlit's theme has no option for. A constant: nothing of a stranger is in it."""

from __future__ import annotations

import streamlit as st

_STYLE = """<style>
[data-testid="stMetricValue"], [data-testid="stMarkdownContainer"], [data-testid="stTable"],
[data-testid="stNumberInputField"] { font-variant-numeric: tabular-nums; }
[data-testid="stMarkdownContainer"] { overflow-wrap: anywhere; }
[data-testid="stPageLink-NavLink"] :is(span, p) { white-space: normal; overflow-wrap: anywhere; text-overflow: clip; }
[data-testid="stCaptionContainer"] code { color: inherit; opacity: 1; background: transparent; }
button kbd { color: inherit !important; opacity: 1 !important; }
@media (min-width: 640.02px) { [data-testid="stMainBlockContainer"] { padding: 3.5rem 2rem 4rem; } }
@media (max-width: 640px) { [data-testid="stMetric"] { flex: 1 1 9rem; } }
</style>"""


#: on a dark page the accent is light, so that it can be read as text; white letters on it could not
_ON_ACCENT = """<style>
[data-testid^="stBaseButton-primary"], [data-testid^="stBaseButton-primary"]:is(:hover, :focus, :active),
[data-testid="stBaseLinkButton-primary"], [data-testid="stBaseLinkButton-primary"] *,
[data-testid="stMultiSelectTagsContainer"] > span * {
  color: #0a0e1f;
}
</style>"""


def show_style() -> None:
    """Once on every page; the router calls it."""
    st.html(_STYLE)
    if st.context.theme.type != "light":
        st.html(_ON_ACCENT)
