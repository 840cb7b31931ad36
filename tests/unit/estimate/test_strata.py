"""Strata as arrays: the textbook's variance of a total, and whose variance a lone row takes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from etl_batch.estimate.strata import strata_of
from etl_batch.estimate.stratum_sample import StratumSample


def sample(name: str, population: int, values: Sequence[float], certain: Sequence[float] = ()) -> StratumSample:
    return StratumSample(name, population, np.array(values, dtype=np.float64), np.array(certain, dtype=np.float64))


def test_the_total_and_its_variance_by_hand() -> None:
    """Cochran 1977, 5.13: N (N - n) s^2 / n."""
    found = strata_of([sample("a", 10, [1, 2, 6])])
    assert found.totals.tolist() == [30.0]
    assert found.variances[0] == pytest.approx(10 * 7 * 7 / 3)
    assert (found.df.tolist(), found.collapsed) == ([2.0], ())


def test_rows_taken_for_certain_add_to_the_total_and_not_to_the_variance() -> None:
    plain, with_certain = strata_of([sample("a", 10, [1, 2, 6])]), strata_of([sample("a", 12, [1, 2, 6], [1000, 500])])
    assert with_certain.totals[0] == plain.totals[0] + 1500
    assert with_certain.variances.tolist() == plain.variances.tolist()
    assert (with_certain.populations.tolist(), with_certain.rows_sampled.tolist()) == ([10], [5])


def test_a_census_is_known() -> None:
    found = strata_of([sample("a", 3, [1, 2, 6])])
    assert (found.totals.tolist(), found.variances.tolist(), found.third.tolist()) == ([9.0], [0.0], [0.0])
    assert (found.df.tolist(), found.is_census.tolist()) == ([0.0], [True])


def test_a_lone_row_shares_the_variance_of_the_stratum_nearest_in_size() -> None:
    found = strata_of([sample("far", 1000, [0, 100]), sample("near", 12, [3, 5]), sample("lone", 10, [4])])
    united = np.var([3, 5, 4], ddof=1)
    assert found.collapsed == ("lone",)
    assert found.variances[2] == pytest.approx(10 * 9 * united)
    assert found.totals[2] == 40.0  # by its own mean
    assert found.variances[1] == pytest.approx(12 * 10 * np.var([3, 5], ddof=1) / 2)  # whoever lends keeps its own


def test_a_stratum_without_any_row_takes_the_mean_of_its_neighbour_too() -> None:
    found = strata_of([sample("near", 12, [3, 5]), sample("empty", 10, [])])
    assert (found.totals[1], found.collapsed) == (40.0, ("empty",))


def test_of_two_that_are_equally_near_the_smaller_one() -> None:
    found = strata_of([sample("large", 12, [100, 300]), sample("small", 8, [1, 3]), sample("lone", 10, [2])])
    assert found.variances[2] == pytest.approx(10 * 9 * np.var([1, 3, 2], ddof=1))


def test_nobody_near_means_that_nothing_is_known() -> None:
    found = strata_of([sample("alone", 10, [4])])
    assert (found.totals.tolist(), found.df.tolist()) == ([40.0], [0.0])


def test_a_sample_larger_than_its_population_is_refused() -> None:
    with pytest.raises(ValueError, match="'b' is larger"):
        strata_of([sample("a", 3, [1]), sample("b", 1, [1, 2])])


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    for one in (sample("a", 3, [value]), sample("a", 3, [1], [value])):
        with pytest.raises(ValueError, match="finite"):
            strata_of([one])
