"""The variance of totals drawn from zones: closed forms, edges between zones, rounding."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.estimate.zone_spread import Drawn, spread_of

ZONE = np.repeat(np.arange(3), 3)
DRAWN = Drawn(ZONE, np.array([10, 10, 10]))


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)[:, None]


def test_the_variance_of_stratified_samples() -> None:
    """Cochran 1977, (5.7): by hand; the means of the zones are alike, so that their neighbours tell no more."""
    found = spread_of(DRAWN, column(1, 2, 3, 1, 2, 3, 1, 3, 2), np.ones(1))
    assert found.variance[0] == pytest.approx(3 * 10 * 7 * 1 / 3, rel=1e-12)
    assert found.df[0] == pytest.approx(6, rel=1e-12)
    assert found.skewness[0] == pytest.approx(0, abs=1e-12)


def test_units_read_for_certain_have_no_part_in_it() -> None:
    drawn = Drawn(np.append(ZONE, -1), DRAWN.populations)
    with_certain = spread_of(drawn, column(1, 2, 3, 1, 2, 3, 1, 3, 2, 1e6), np.ones(1))
    assert with_certain.variance[0] == pytest.approx(3 * 10 * 7 * 1 / 3, rel=1e-12)
    assert drawn.weights.tolist() == [10 / 3] * 9 + [1.0]


def test_an_edge_between_two_zones_is_no_certainty() -> None:
    """What begins in the first zone, unseen, or just behind it: nobody knows."""
    found = spread_of(DRAWN, column(0, 0, 0, 20, 20, 20, 20, 20, 20), np.ones(1))
    assert found.variance[0] > 0
    assert found.df[0] > 0


def test_over_all_samples_it_is_not_too_small() -> None:
    zones = (np.array([1.0, 2, 9, 4]), np.array([2.0, 8, 3, 3]))
    totals, variances = [], []
    drawn = Drawn(np.array([0, 0, 1, 1]), np.array([4, 4]))
    for first, second in product(combinations(zones[0], 2), combinations(zones[1], 2)):
        values = column(*first, *second)
        totals.append(float((drawn.weights[:, None] * values).sum()))
        variances.append(float(spread_of(drawn, values, np.ones(1)).variance[0]))
    assert np.mean(totals) == pytest.approx(sum(map(sum, zones)), rel=1e-12)
    assert np.mean(variances) >= np.var(totals)


@given(st.floats(1e-3, 1e9), st.lists(st.integers(-3, 3), min_size=9, max_size=9))
def test_what_rounding_leaves_is_nothing(value: float, units_in_the_last_place: list[int]) -> None:
    """Totals of equal prices differ by how they were added up."""
    values = np.array([value + steps * np.spacing(value) for steps in units_in_the_last_place])[:, None]
    found = spread_of(DRAWN, values, np.array([value]))
    assert (found.variance[0], found.df[0], found.skewness[0], found.heaviest[0]) == (0, 0, 0, 0)


def test_a_zone_of_which_one_unit_was_read_tells_no_variance() -> None:
    found = spread_of(Drawn(np.array([0, 0, 1]), np.array([5, 5])), column(1, 2, 3), np.ones(1))
    assert np.isnan(found.variance[0])
    whole = spread_of(Drawn(np.array([0, 0, 1]), np.array([5, 1])), column(1, 2, 3), np.ones(1))
    assert whole.variance[0] > 0
