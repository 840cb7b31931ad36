"""Where all users of one server see results of runs: one service for each home."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.services.run_results import RunResults


@st.cache_resource(max_entries=4, show_spinner=False, on_release=RunResults.stop)
def results_of(home: Path) -> RunResults:
    """The one of a home."""
    return RunResults(home)
