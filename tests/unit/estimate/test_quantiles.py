"""Quantiles: closed forms and published tables."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.estimate.quantiles import _t_above, chi2_quantile, normal_quantile, t_quantile

PROBABILITIES = st.floats(1e-6, 1 - 1e-6)


@given(PROBABILITIES)
def test_one_and_two_degrees_of_freedom_are_closed_forms(p: float) -> None:
    cauchy = math.tan(math.pi * (p - 0.5))
    assert t_quantile(p, 1) == pytest.approx(cauchy, rel=1e-9, abs=1e-9)
    two = (2 * p - 1) / math.sqrt(2 * p * (1 - p))
    assert t_quantile(p, 2) == pytest.approx(two, rel=1e-9, abs=1e-9)
    assert chi2_quantile(p, 2) == pytest.approx(-2 * math.log1p(-p), rel=1e-8)


@pytest.mark.parametrize(("p", "df", "value"), [(0.975, 10, 2.228), (0.95, 5, 2.015), (0.995, 30, 2.750)])
def test_published_values_of_t(p: float, df: float, value: float) -> None:
    assert t_quantile(p, df) == pytest.approx(value, abs=5e-4)


@given(PROBABILITIES.filter(lambda p: p != 0.5), st.floats(0.3, 1e5))
def test_a_quantile_of_t_is_exceeded_as_often_as_it_says(p: float, df: float) -> None:
    assert _t_above(abs(t_quantile(p, df)), df) == pytest.approx(min(p, 1 - p), rel=1e-8)


@given(PROBABILITIES)
def test_four_degrees_of_freedom_are_closed_forms(p: float) -> None:
    spread = math.sqrt(4 * p * (1 - p))
    four = math.copysign(2 * math.sqrt(math.cos(math.acos(spread) / 3) / spread - 1), p - 0.5)
    assert t_quantile(p, 4) == pytest.approx(four, rel=1e-7, abs=1e-7)
    half = chi2_quantile(p, 4) / 2
    assert 1 - math.exp(-half) * (1 + half) == pytest.approx(p, rel=1e-7, abs=1e-12)


@pytest.mark.parametrize(("p", "df", "value"), [(0.10, 199, 173.912), (0.10, 29, 19.768), (0.95, 10, 18.307)])
def test_published_values_of_chi_square(p: float, df: float, value: float) -> None:
    assert chi2_quantile(p, df) == pytest.approx(value, rel=1e-4)


def test_many_degrees_of_freedom_are_normal_and_none_are_refused() -> None:
    assert t_quantile(0.975, 1e12) == normal_quantile(0.975)
    with pytest.raises(ValueError, match="above 0"):
        t_quantile(0.975, 0)
