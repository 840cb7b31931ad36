"""Moments of samples: as NumPy has them, and nothing where nothing varies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.estimate.estimator import estimate_total
from etl_batch.estimate.moments import moments_of
from etl_batch.estimate.stratum_sample import StratumSample

PRICES = st.floats(-1e12, 1e12, allow_nan=False)


@given(st.lists(st.tuples(PRICES, st.integers(0, 200)), min_size=1, max_size=8))
def test_equal_values_do_not_vary(samples: list[tuple[float, int]]) -> None:
    found = moments_of([np.full(rows, value) for value, rows in samples])
    for of in (found.variance, found.third, found.farthest):
        assert not of.any()
    assert found.mean.tolist() == [value if rows else 0.0 for value, rows in samples]


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50).filter(lambda some: min(some) < max(some)))
def test_other_values_do(values: list[float]) -> None:
    found = moments_of([np.array(values), np.empty(0)])
    assert found.mean[0] == pytest.approx(np.mean(values), abs=1e-6)
    assert found.variance[0] == pytest.approx(np.var(values, ddof=1), rel=1e-9)


def test_thirty_equal_prices_give_no_interval_of_no_width() -> None:
    found = estimate_total([StratumSample("a", 1000, np.full(30, 9.99))], "price")
    assert (found.std_error, found.ci_low, found.ci_high) == (None, None, None)
    assert any("the same value" in warning for warning in found.warnings)
