"""How far a process is that was asked something of all rows."""

from __future__ import annotations

import streamlit as st

from etl_batch.machine.question import Answering
from etl_batch.text.number_text import counted


def show_progress(said: Answering, doing: str) -> None:
    """Show the share of the bytes that it has read, and how many rows these were.

    Args:
        said: what it says.
        doing: what it does, such as `Checking`.
    """
    now = said.progress or {}
    share = min(now.get("done_bytes", 0) / now["total_bytes"], 1.0) if now.get("total_bytes") else 0.0
    st.progress(share, f"{doing}: {share:.0%}, {counted(now.get('rows', 0), 'row')}")
