"""What each column holds, as the report shows it."""

from __future__ import annotations

from typing import Any

from etl_batch.report.column_view import MOST_COLUMNS, ProfileView, profile_views, profile_views_of
from etl_batch.report.page import render_html
from tests.data_makers.golden import results

_KEYS = ("min", "max", "sum", "mean", "min_length", "max_length", "distinct", "distinct_method", "histogram")


def column(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON values
    return {"name": "a", "type": "str", "nulls": 0} | dict.fromkeys(_KEYS) | more


def profile(*columns: dict[str, Any], rows: int = 100) -> dict[str, Any]:
    return {"rows": rows, "columns": list(columns)}


def view(*columns: dict[str, Any], rows: int = 100) -> ProfileView:
    (found,) = profile_views(results.result(column_profile=profile(*columns, rows=rows)))
    return found


def test_a_number() -> None:
    histogram = {"method": "exact", "edges": [1, 2, 3], "counts": [4, 0]}
    found = view(column(type="i64", min=1, max=3, sum=2000, mean=20.0, distinct=3000, distinct_method="HyperLogLog",
                        histogram=histogram)).columns[0]  # fmt: skip
    assert (found.least, found.greatest, found.more, found.distinct) == ("1", "3", "sum 2,000; mean 20", "about 3,000")
    assert found.bars == ((0.0, 0.0, 43.2, 22.0),)
    assert found.picture == "histogram from 1 to 3"


def test_a_text() -> None:
    found = view(column(nulls=25, min="a", max="b\u202e", min_length=1, max_length=9)).columns[0]
    assert (found.nulls, found.greatest, found.more) == ("25 (25 %)", "b[U+202E]", "1 to 9 characters")
    assert found.bars == ((0.0, 5.5, 72.0, 11.0),)


def test_no_rows() -> None:
    found = view(column(), rows=0).columns[0]
    assert (found.nulls, found.least, found.more, found.distinct) == ("none", "", "", "")


def test_many_columns_are_counted() -> None:
    found = view(*[column()] * (MOST_COLUMNS + 3))
    assert (len(found.columns), found.left_out) == (MOST_COLUMNS, 3)


def test_metadata_say_the_same_and_those_of_before_nothing() -> None:
    its = profile(column(min="a"))
    assert profile_views_of({"column_profile": its}) == profile_views(results.result(column_profile=its))
    tables = [{"name": "head", "column_profile": its}, {"name": "body", "column_profile": None}, {"name": "end"}]
    assert [one.table for one in profile_views_of({"tables": tables})] == ["head"]
    assert profile_views_of({}) == []


def test_the_page_has_them_and_lets_nothing_run() -> None:
    hostile = column(name="<script>alert(1)</script>", min="<b>", max="&")
    html = render_html(results.result(column_profile=profile(hostile)), results.config())
    assert "What each column holds" in html
    assert "<script>" not in html
    assert "<b>" not in html.partition("What each column holds")[2].partition("</section>")[0]
    assert "What each column holds" not in render_html(results.result(), results.config())
