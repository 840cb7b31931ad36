"""Two runs side by side: exact totals beside exact ones, estimates as estimates, difference and percent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from etl_batch.text.number_text import UNKNOWN
from pages.services.comparison import Compared, compared
from pages.services.run_metrics import RunMetric

_MINUS = "\N{MINUS SIGN}"


def _estimate(measure: str, total: float, exact: float | None) -> dict[str, Any]:
    bounds = {"ci_low": total - 10, "ci_high": total + 10, "confidence": 0.95}
    return {"measure": measure, "total": total, "exact_total": exact, **bounds}


def _job(rows: int, *estimates: dict[str, Any]) -> JobView:
    metadata = {"outputs": [], "estimates": list(estimates), "throughput_mb_s": 0.4, "peak_rss_bytes": 10**8}
    return JobView(
        job_id=f"j{rows}", state=State.DONE, actor="ada", role=None, created_at="", rows_in=rows, seconds=2.0,
        metadata=metadata,
    )  # fmt: skip


def _by_name(job: JobView, other: JobView) -> dict[str, Compared]:
    return {row.name: row for row in compared(job, other)}


def test_exact_stands_beside_exact_and_estimates_are_called_so() -> None:
    rows = _by_name(
        _job(1100, _estimate("quantity", 1234567.0, 1234500.0), _estimate("value", 99.5, 100.25)),
        _job(1000, _estimate("quantity", 1000000.0, 1000000.0), _estimate("value", 50.0, None)),
    )
    exact = rows["exact total of quantity"]
    assert (exact.this, exact.other) == ("1,234,500", "1,000,000")
    assert (exact.difference, exact.share) == ("+234,500", "+23.4 %")
    estimate = rows["estimate of quantity"]
    assert estimate.this == "about 1,234,567"
    assert rows["95 % error of quantity"].other == "± 0.001 %"
    assert estimate.difference == "about +234,567"
    assert (rows["exact total of value"].this, rows["exact total of value"].other) == ("100.25", UNKNOWN)
    assert rows["exact total of value"].difference == ""
    assert not [name for name in rows if name.startswith("total")]
    assert (rows["rows in"].difference, rows["rows in"].share) == ("+100", "+10 %")
    assert rows["throughput"].this == "0.4 MB/s"


def test_all_digits_of_a_total_are_compared() -> None:
    one = _estimate("id", 1e17, 1e17) | {"exact_total_text": "100000000000000001"}
    other = _estimate("id", 1e17, 1e17) | {"exact_total_text": "100000000000000000"}
    row = _by_name(_job(1, one), _job(1, other))["exact total of id"]
    assert row.differs
    assert row.difference == "+1"


@pytest.mark.parametrize(("number", "other", "share"), [(5, 0, ""), (-5, -10, "+50 %"), (0, 10, f"{_MINUS}100 %")])
def test_shares(number: int, other: int, share: str) -> None:
    assert RunMetric("", Decimal(number)).share_of(RunMetric("", Decimal(other))) == share


@given(st.integers(-(10**30), 10**30), st.integers(-(10**30), 10**30))
def test_differences_are_exact(number: int, other: int) -> None:
    shown = RunMetric("", Decimal(number)).less(RunMetric("", Decimal(other)))
    assert int(shown.replace(",", "").replace(_MINUS, "-")) == number - other
