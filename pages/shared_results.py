"""Where all users of one server see results of runs, and ask them: one service of each for each home."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.services.run_questions import RunQuestions
from pages.services.run_results import RunResults


@st.cache_resource(max_entries=4, show_spinner=False, on_release=RunResults.stop)
def results_of(home: Path) -> RunResults:
    """The one of a home."""
    return RunResults(home)


@st.cache_resource(max_entries=4, show_spinner=False, on_release=RunQuestions.stop)
def questions_of(home: Path) -> RunQuestions:
    """Where questions in SQL are asked, for a home."""
    return RunQuestions(home)
