"""Runs of one series: inputs of the same name but for digits; what each came to, over time."""

from __future__ import annotations

import pytest

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from pages.services.run_history import measures_of, of_one_series, past_run, series_of


def _run(job_id: str, path: str, ended: str | None, **totals: float) -> JobView:
    estimates = [{"measure": name, "exact_total": total} for name, total in totals.items()]
    return JobView(
        job_id=job_id, state=State.DONE, actor="ada", role=None, created_at="", finished_at=ended, seconds=1.5,
        rows_in=10, rows_out=8, rows_quarantined=2, config={"inputs": [path]}, metadata={"estimates": estimates},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("/a/sales-2025-06.csv", "/b/sales-2025-12.csv", True),
        ("/a/sales-6.csv", "/a/sales-12.csv", True),
        ("/a/sales.csv", "/a/sale.csv", False),
        ("/a/2024/", "/b/2025/", True),
    ],
)
def test_names_of_a_series(one: str, other: str, is_same: bool) -> None:
    assert (series_of({"inputs": [one]}) == series_of({"inputs": [other]})) == is_same


def test_the_oldest_is_first_and_what_is_not_over_is_left_out() -> None:
    runs = [_run("b", "x2.csv", "2026-02"), _run("a", "x1.csv", "2026-01"), _run("c", "y.csv", "2026-03")]
    runs.append(_run("d", "x4.csv", None))
    assert [run.job_id for run in of_one_series(runs[0], runs)] == ["a", "b"]


def test_what_a_run_came_to_and_measures_that_several_have() -> None:
    runs = [past_run(_run("a", "x", "1", value=1.5, quantity=2)), past_run(_run("b", "x", "2", value=2.5))]
    assert (runs[0].rows, runs[0].bad, runs[0].seconds, runs[0].totals) == (10, 2, 1.5, {"value": 1.5, "quantity": 2.0})
    assert measures_of(runs) == ("value",)
