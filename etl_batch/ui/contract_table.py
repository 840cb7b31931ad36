"""The table in which the rules of a contract are edited, and what its rules came to in a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from etl_batch.contracts.contract import Severity
from etl_batch.contracts.draft import BREACHES, COLUMNS, MIXED, Row
from etl_batch.contracts.readings import TYPES
from etl_batch.report.contract_view import BREACH_WORDS, rule_views
from etl_batch.ui.table_export import Cell, Column, Mark, Table

_WHOLE_PX = 100
_TEXTS = ("name", "type", "minimum", "maximum", "pattern", "one_of", "breach")
_WHOLES = ("shortest", "longest")
_BREACHES = {**BREACH_WORDS, MIXED: "differs by rule"}
_RESULTS = (
    Column(name="rule", title="Rule"),
    Column(name="kept", title="Kept"),
    Column(name="rows", title="Rows that break it", kind="count"),
    Column(name="breach", title="If broken"),
    Column(name="where", title="Where"),
)


def frame_of(rows: Sequence[Row]) -> Any:  # noqa: ANN401 - a pandas.DataFrame
    """The columns of a contract as the table shows them."""
    import pandas as pd

    found = {name: pd.Series([row[name] for row in rows], dtype="object") for name in _TEXTS}
    found |= {name: pd.Series([row[name] for row in rows], dtype="Int64") for name in _WHOLES}
    found |= {name: pd.Series([row[name] for row in rows], dtype="bool") for name in ("required", "unique")}
    found["most_empty"] = pd.Series([row["most_empty"] for row in rows], dtype="float64")
    return pd.DataFrame({name: found[name] for name in COLUMNS})


def rows_of_frame(frame: Any) -> list[Row]:  # noqa: ANN401 - a pandas.DataFrame
    """What the table has come to."""
    found: list[Row] = frame.astype("object").where(frame.notna(), None).to_dict("records")
    return found


def columns() -> dict[str, Any]:
    """How each column of the table is shown and edited."""
    column = st.column_config
    whole: dict[str, Any] = {"min_value": 0, "step": 1, "format": "%d", "width": _WHOLE_PX}
    return {
        "name": column.TextColumn("Column", required=True, help="As the input calls it."),
        "type": column.SelectboxColumn("Type", options=list(TYPES), required=True, width="small", default="any"),
        "required": column.CheckboxColumn("Never empty", width="small", default=False),
        "unique": column.CheckboxColumn("Never twice", width="small", default=False),
        "minimum": column.TextColumn("Least", help="A number, or a day as the column has them.", width="small"),
        "maximum": column.TextColumn("Most", help="A number, or a day as the column has them.", width="small"),
        "shortest": column.NumberColumn("Shortest", help="Characters of a text, at least.", **whole),
        "longest": column.NumberColumn("Longest", help="Characters of a text, at most.", **whole),
        "pattern": column.TextColumn("Pattern", help="What each whole text matches, such as [A-Z]{3}-[0-9]+"),
        "one_of": column.TextColumn("One of", help="All values that are allowed, with commas between them."),
        "most_empty": column.NumberColumn(
            "Most empty", help="The share of rows without a value, from 0 to 1.", min_value=0.0, max_value=1.0,
            width=_WHOLE_PX,
        ),
        "breach": column.SelectboxColumn(
            "If broken", options=list(BREACHES), format_func=lambda breach: _BREACHES[str(breach)], required=True,
            default=str(Severity.ERROR), help="What happens where a row breaks a rule of the column.",
        ),
    }  # fmt: skip


def rules_table(found: Mapping[str, Any]) -> Table:
    """What each rule came to, the broken ones first.

    Args:
        found: as metadata have it, see `contracts.findings.findings`.
    """
    views = rule_views(found)
    rows: list[dict[str, Cell]] = [
        {
            "rule": view.rule,
            "kept": "broken" if view.is_broken else "kept",
            "rows": view.rows,
            "breach": view.breach,
            "where": view.where,
        }
        for view in views
    ]
    marks = {(place, "kept"): Mark.BAD for place, view in enumerate(views) if view.is_broken}
    return Table(_RESULTS, rows, marks)
