"""What the columns of two runs hold, side by side: figures with differences, values that moved, columns that came."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from pages.services.profile_drift import drift_of, has_columns, share_moved

_MINUS = "\N{MINUS SIGN}"
_CELLS = st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=12)


def _column(name: str, rows: int = 10, **known: Any) -> dict[str, Any]:  # noqa: ANN401
    nothing = dict.fromkeys(("min", "max", "mean", "distinct", "distinct_method", "quantiles", "top"))
    return {"name": name, "type": "i64", "nulls": 0, **nothing, **known, "rows": rows}


def _job(*columns: dict[str, Any], tables: tuple[dict[str, Any], ...] = ()) -> JobView:
    rows = columns[0]["rows"] if columns else 0
    metadata = {"column_profile": {"rows": rows, "columns": list(columns)} if columns else None, "tables": list(tables)}
    return JobView(job_id="j", state=State.DONE, actor="ada", role=None, created_at="", metadata=metadata)


def _said(job: JobView, other: JobView) -> list[tuple[str, ...]]:
    return [(one.column, one.about, one.this, one.other, one.difference, one.share) for one in drift_of(job, other)]


def test_figures_have_differences_and_what_is_equal_is_left_out() -> None:
    june = _column("sum", 200, min=1, max=10**20, mean=5.5, nulls=10, distinct=7, distinct_method="exact")
    may = _column("sum", 100, min=1, max=10**20 - 1, mean=5.0, nulls=4, distinct=9, distinct_method="HyperLogLog")
    assert _said(_job(june), _job(may)) == [
        ("sum", "empty cells", "5 % of the rows", "4 % of the rows", "+1 % of the rows", "+25 %"),
        ("sum", "greatest", "100,000,000,000,000,000,000", "99,999,999,999,999,999,999", "+1", f"+1.0e{_MINUS}18 %"),
        ("sum", "mean", "5.5", "5", "+0.5", "+10 %"),
        ("sum", "different values", "7", "about 9", f"about {_MINUS}2", f"{_MINUS}22.2 %"),
    ]
    assert _said(_job(june), _job(june)) == []


def test_texts_and_types_change_without_a_number() -> None:
    june = _column("day", type="date", min="2025-06-01", max="", quantiles={"values": {"0.5": 3, "0.25": 1}})
    may = _column("day", type="str", min="2025-05-01", max="x", quantiles={"values": {"0.5": 2, "0.25": 9}})
    assert _said(_job(june), _job(may)) == [
        ("day", "type", "date", "str", "", ""),
        ("day", "least", "2025-06-01", "2025-05-01", "", ""),
        ("day", "greatest", '""', "x", "", ""),
        ("day", "half lies below", "3", "2", "+1", "+50 %"),
    ]


def test_columns_come_and_go_also_of_tables() -> None:
    table = {"name": "LINE", "column_profile": {"rows": 1, "columns": [_column("item", 1)]}}
    june, may = _job(_column("a"), _column("new"), tables=(table,)), _job(_column("a"), _column("old"))
    assert _said(june, may) == [
        ("new", "the column", "there", "not there", "", ""),
        ("LINE.item", "the column", "there", "not there", "", ""),
        ("old", "the column", "not there", "there", "", ""),
    ]
    assert drift_of(june, _job()) == ()
    assert (has_columns(june), has_columns(_job())) == (True, False)


def _counted(cells: list[str | None], most: int = 10) -> dict[str, Any]:
    counts = Counter(cell for cell in cells if cell is not None)
    values = [{"value": value, "count": count} for value, count in counts.most_common(most)]
    return _column("c", len(cells), nulls=cells.count(None), top={"method": "exact", "values": values})


@given(_CELLS, _CELLS)
def test_the_share_that_moved_is_the_least_that_must_change(this: list[str | None], other: list[str | None]) -> None:
    """Of as many rows of each, those that cannot be put beside an equal one."""
    left, right = Counter(this * len(other)), Counter(other * len(this))
    rows = len(this) * len(other)
    alike = sum(min(left[value], right[value]) for value in left)
    assert share_moved(_counted(this), _counted(other)) == pytest.approx(1 - alike / rows)


def test_where_values_are_not_all_listed_nothing_is_said_of_them() -> None:
    this, other = _counted(["a", "b", "c"], most=2), _counted(["a", "b", "b"])
    assert share_moved(this, other) is share_moved(other, this) is None
    assert [one[1] for one in _said(_job(this), _job(other))] == []
    moved = _said(_job(_counted(["a", "b", "c"])), _job(other))
    assert moved == [("c", "rows with other values", "", "", "33.3 %", "")]
    estimated = {**other, "top": {**other["top"], "method": "sample"}}
    assert share_moved(other, estimated) is None
