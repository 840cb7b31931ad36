"""Links from page to page of the console, with what the other page shall show in its address."""

from __future__ import annotations

import contextlib
from urllib.parse import quote, urlencode

import streamlit as st
from streamlit.errors import StreamlitAPIException


def link_to_page(page: str, label: str, icon: str, **query: str) -> None:
    """Show a link.

    Args:
        page: the last part of its address, such as `run`.
        label: Markdown of ours.
        icon: as Streamlit names it.
        query: the parameters of its address.
    """
    try:
        st.page_link(f"{page}.py", label=label, icon=icon, query_params=query)
    except StreamlitAPIException:  # the page was opened without the router, as tests do, or the role may not open it
        st.link_button(label, page_address(page, **query), icon=icon)


def go_to_page(page: str, **query: str) -> None:
    """Go there, now; where the page was opened without the router, as tests do, nothing happens.

    Args:
        page: the last part of its address, such as `run`.
        query: the parameters of its address.
    """
    with contextlib.suppress(StreamlitAPIException):
        st.switch_page(f"{page}.py", query_params=query)


def page_address(page: str, **query: str) -> str:
    """The address of a page, beneath the console's own."""
    path = f"/{page.replace('_', '-')}"
    return f"{path}?{urlencode(query)}" if query else path


def download_address(path: str, job_id: str) -> str:
    """The address of a run's output: the gate hands out the very bytes that the run left, or says why not.

    Args:
        path: of the output, beneath the home.
        job_id: of the run.
    """
    return f"/downloads/{quote(path)}?{urlencode({'run': job_id})}"
