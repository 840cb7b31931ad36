"""The script that Streamlit runs for every page: finds out who is there, and opens the page they ask for.

It lies in `pages/` on purpose: beside a folder of this name Streamlit would run the pages without it.
"""

from __future__ import annotations

import streamlit as st

from auth.guard import signed_in
from etl_batch.values import Actor
from pages.registry import FOLDER, PageEntry, pages_for
from pages.views.flash import literal
from pages.views.style import show_style

TITLE = "Quantum ETL Console"
_BUTTON = (
    "width: 100%; min-height: 2.5rem; font: inherit; color: inherit; background: transparent; cursor: pointer;"
    "border: 1px solid currentColor; border-radius: 0.5rem"
)
_SIGN_OUT = f'<form method="post" action="/logout"><button type="submit" style="{_BUTTON}">Sign out</button></form>'


def main() -> None:
    """Show the page that was asked for, in the frame that all pages share."""
    st.set_page_config(page_title=TITLE, page_icon=str(FOLDER / "icon.svg"), layout="wide")
    show_style()
    actor = signed_in()
    chosen = st.navigation(_menu(pages_for(actor.role)))
    _signature(actor)
    chosen.run()


def _menu(entries: list[PageEntry]) -> list[st.Page]:
    """One flat list: the headings that Streamlit sets between sections break the list for screen readers."""
    return [
        st.Page(
            entry.path,
            title=entry.title,
            icon=entry.icon,
            url_path=entry.url_path,
            default=not entry.url_path,
            visibility="visible" if entry.is_in_menu else "hidden",
        )
        for entry in entries
    ]


def _signature(actor: Actor) -> None:
    with st.sidebar:
        st.markdown(f"Signed in as **{literal(actor.name)}** ({literal(actor.role or '')})")
        st.html(_SIGN_OUT)


if __name__ == "__main__":
    main()
