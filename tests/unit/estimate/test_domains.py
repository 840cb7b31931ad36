"""Filters, counts, proportions, means and ratios."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.estimate.confidence_sequence import multiplier
from etl_batch.estimate.domains import Domain, count, mean, proportion, ratio, within
from etl_batch.estimate.estimator import estimate_total
from etl_batch.estimate.heavy_tails import hall_bounds, hall_inverse
from etl_batch.estimate.stratum_sample import StratumSample

NONE = np.empty(0, dtype=np.bool_)


def sample_of(values: list[float], population: int) -> StratumSample:
    return StratumSample("s", population, np.array(values))


def test_a_filter_keeps_the_size_of_the_sample() -> None:
    strata = [sample_of([1.0, 2, 3, 4], 40)]
    domain = [Domain(np.array([True, False, True, False]), NONE)]
    found = estimate_total(within(strata, domain), "value")
    assert found.rows_sampled == 4
    assert found.total == 40
    assert found.std_error == pytest.approx(math.sqrt(40 * 36 * np.var([1, 0, 3, 0], ddof=1) / 4), rel=1e-12)


def test_rows_taken_for_certain_stay_certain_under_a_filter() -> None:
    strata = [StratumSample("s", 12, np.array([1.0, 2]), np.array([100.0, 200]))]
    domain = [Domain(np.array([True, True]), np.array([False, True]))]
    assert estimate_total(within(strata, domain), "value").total == 15 + 200


def test_counting_rows() -> None:
    strata = [sample_of([9.0] * 10, 100)]
    found = count(strata, [Domain(np.arange(10) < 3, NONE)])
    assert found.total == 30
    assert found.ci_low is not None
    assert found.ci_high is not None
    assert 3 <= found.ci_low < 30 < found.ci_high <= 100


def test_a_mean_over_some_rows_in_closed_form() -> None:
    values = np.array([1.0, 2, 3, 4, 5, 6])
    inside = np.array([True, True, True, True, False, False])
    found = mean([StratumSample("s", 60, values)], [Domain(inside, NONE)], "value")
    residuals = np.where(inside, values - 2.5, 0) / 40
    assert found.total == pytest.approx(2.5, rel=1e-12)
    assert found.std_error == pytest.approx(math.sqrt(60 * 54 * np.var(residuals, ddof=1) / 6), rel=1e-9)
    assert found.measure == "mean of value"


def test_a_ratio_whose_denominator_may_be_nothing() -> None:
    strata = [sample_of([1.0, 2, 3], 30)]
    found = ratio(strata, [sample_of([0.0, 0, 0], 30)], "r")
    assert (found.ci_low, found.ci_high) == (None, None)
    assert "may be 0" in found.warnings[-1]


@given(st.integers(2, 60), st.data(), st.sampled_from([0, 1, 10, 1000]))
def test_a_proportion_lies_between_0_and_1(rows: int, data: st.DataObject, more: int) -> None:
    inside = np.array(data.draw(st.lists(st.booleans(), min_size=rows, max_size=rows)))
    found = proportion([sample_of([1.0] * rows, rows + more)], [Domain(inside, NONE)])
    assert found.total == pytest.approx(inside.mean(), rel=1e-9)
    assert found.ci_low is not None
    assert found.ci_high is not None
    assert 0 <= found.ci_low <= found.total + 1e-12
    assert found.total - 1e-12 <= found.ci_high <= 1
    assert more == 0 or found.ci_low < found.ci_high


def test_none_of_twenty() -> None:
    """The exact binomial bound: 1 - 0.025^(1/20)."""
    found = proportion([sample_of([1.0] * 20, 1000)], [Domain(np.zeros(20, dtype=np.bool_), NONE)])
    assert found.ci_low == 0
    assert found.ci_high == pytest.approx(0.16843, abs=1e-5)


def _hall(t: float, g: float) -> float:
    return t + g * t**2 / 3 + g**2 * t**3 / 27 + g / 6


@given(st.floats(-5, 5), st.floats(-3, 3))
def test_halls_transform_is_undone_and_rises(x: float, skewness: float) -> None:
    inverse = hall_inverse(x, skewness)
    assert _hall(inverse, skewness) == pytest.approx(x, abs=1e-4)
    assert hall_inverse(x + 0.1, skewness) > inverse


@given(st.floats(-100, 100), st.floats(0.1, 10), st.floats(0.5, 4), st.floats(-2, 2))
def test_the_interval_holds_what_halls_statistic_allows(
    total: float, std_error: float, quantile: float, skewness: float
) -> None:
    """Its ends are the totals at which the transformed statistic is just the quantile, from either side."""
    low, high = hall_bounds(total, std_error, quantile, skewness)
    assert _hall((total - low) / std_error, skewness) == pytest.approx(quantile, abs=1e-4)
    assert _hall((total - high) / std_error, skewness) == pytest.approx(-quantile, abs=1e-4)
    if abs(skewness) > 0.01:
        assert (high - total > total - low) == (skewness > 0), "it reaches farther where the values do"


def test_the_multiplier_of_the_confidence_sequence() -> None:
    """About 3.0 to 3.3 where it is meant to be used; never the 1.96 of a single look."""
    found = [multiplier(rows) for rows in (300, 1000, 3000, 10_000)]
    assert min(found) == found[1] == pytest.approx(3.04, abs=0.01)
    assert max(found) < 3.4
    assert multiplier(1000, 0.99) > multiplier(1000, 0.95)
    with pytest.raises(ValueError, match="above 0"):
        multiplier(0)
