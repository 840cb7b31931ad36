"""Tables as they are shown: what strangers named comes through as it is."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import streamlit as st

from etl_batch.launch.input_list import Candidate
from etl_batch.launch.questions import Seen
from etl_batch.storage.roots import Place
from etl_batch.text.first_rows import FirstRows
from etl_batch.ui.first_rows_view import _show_text_rows


def test_names_of_columns_are_shown_without_backslashes(monkeypatch: pytest.MonkeyPatch) -> None:
    labels: dict[str, Any] = {}
    monkeypatch.setattr(st, "dataframe", lambda _frame, **options: labels.update(options["column_config"]))
    names = ("unit_price (€)", "*net*", "a\u202eb")
    candidate = Candidate(place=Place(Path("/data"), PurePosixPath("x.csv")), name="data/x.csv", format="csv")
    found = FirstRows(names=names, rows=(("1", "2", "3"),))
    _show_text_rows(Seen("csv", "", found), found, candidate, escapes=True)
    assert [labels[str(place)]["label"] for place in range(3)] == ["unit_price (€)", "*net*", "a[U+202E]b"]
