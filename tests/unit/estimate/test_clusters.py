"""The total of a sample of units: closed forms, a census, what cannot be known, and what must be warned of."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from etl_batch.estimate.clusters import Measured, UnitEstimate, Units, estimate_units
from etl_batch.estimate.quantiles import t_quantile
from etl_batch.estimate.sample_size import units_needed
from etl_batch.estimate.unit_doubts import doubts, tail_index, units_for
from etl_batch.estimate.zone_spread import Drawn

TOTALS = np.array([3.0, 8.0, 1.0, 4.0, 9.0, 2.0])
SIZES = np.array([2.0, 5.0, 1.0, 3.0, 6.0, 1.0])


def units(
    sizes: np.ndarray, population: int, size_population: float, *, equal: bool | None = None, zones: int = 1
) -> Units:
    """Units of which each zone has equally many, and gave equally many, one after the other."""
    zone = np.arange(len(sizes)) * zones // len(sizes)
    drawn = Drawn(zone, np.full(zones, population // zones))
    return Units("block", population, drawn, sizes, "bytes", size_population, sizes, None, equal)


def measured(totals: np.ndarray) -> Measured:
    return Measured("value", totals, float((totals**2).sum()), len(totals), nonnegative=True)


def test_the_textbook_formulas() -> None:
    """Cochran 1977, (2.20) for M = 20 units of which 6 were read: by hand."""
    found = estimate_units(units(np.ones(6), 20, 20.0), measured(TOTALS), 0.95)
    variance = 20**2 * (1 - 6 / 20) * float(TOTALS.var(ddof=1)) / 6
    assert found.total == pytest.approx(20 * 27 / 6, rel=1e-12)
    assert found.std_error == pytest.approx(math.sqrt(variance), rel=1e-12)
    assert found.df == 5
    assert found.design.estimator == "expansion"


def test_over_all_samples_the_expansion_is_unbiased_and_so_is_its_variance() -> None:
    found = [
        estimate_units(units(np.ones(3), 6, 6.0), measured(TOTALS[list(some)]), 0.95)
        for some in combinations(range(6), 3)
    ]
    totals = np.array([estimate.total for estimate in found])
    errors = np.array([estimate.std_error for estimate in found], dtype=np.float64)
    assert totals.mean() == pytest.approx(TOTALS.sum(), rel=1e-12)
    assert (errors**2).mean() == pytest.approx(totals.var(), rel=1e-12)


def test_the_ratio_estimator_knows_totals_that_go_with_the_size() -> None:
    found = estimate_units(units(SIZES, 50, 400.0, equal=False), measured(3 * SIZES), 0.95)
    assert found.design.estimator == "ratio to bytes"
    assert found.total == pytest.approx(1200, rel=1e-12)


def test_a_census_is_exact_and_one_unit_alone_has_no_interval() -> None:
    census = estimate_units(units(SIZES, 6, float(SIZES.sum())), measured(TOTALS), 0.95)
    assert (census.total, census.low, census.high, census.df) == (27.0, 27.0, 27.0, None)
    alone = estimate_units(units(SIZES[:1], 6, float(SIZES.sum())), measured(TOTALS[:1]), 0.95)
    assert (alone.std_error, alone.low, alone.high) == (None, None, None)


def test_no_interval_of_width_zero_where_nothing_varied() -> None:
    found = estimate_units(units(np.ones(6), 20, 20.0), measured(np.zeros(6)), 0.95)
    assert (found.total, found.low, found.high, found.std_error) == (0.0, None, None, None)


def test_a_total_of_values_above_zero_is_no_less_than_what_was_seen() -> None:
    totals = np.zeros(40)
    totals[3] = 100.0
    found = estimate_units(units(np.ones(40), 4000, 4000.0), measured(totals), 0.95)
    assert found.low is not None
    assert found.low >= 100.0


def test_doubts_are_told() -> None:
    few = estimate_units(units(np.ones(6), 20, 20.0), measured(TOTALS), 0.95)
    assert any("only 6 of 20 blocks" in doubt for doubt in doubts(units(np.ones(6), 20, 20.0), measured(TOTALS), few))
    skewed = np.ones(100)
    skewed[0] = 1000.0
    many = units(np.ones(100), 4000, 4000.0)
    said = " ".join(doubts(many, measured(skewed), estimate_units(many, measured(skewed), 0.95)))
    assert "one block alone" in said
    assert "very skewed" in said
    even = measured(np.random.default_rng(1).normal(10, 1, 100))
    assert doubts(many, even, estimate_units(many, even, 0.95)) == []


@pytest.mark.parametrize(("index", "expected"), [(2.5, 800), (3.0, 400), (4.0, 200), (9.9, 200), (10.0, 30)])
def test_uneven_units_take_more_of_them(index: float, expected: int) -> None:
    assert units_for(index) == expected


def test_too_few_of_uneven_units_are_a_doubt_whether_or_not_the_largest_was_met() -> None:
    totals = np.random.default_rng(3).gamma(2, 1, 150)
    few = units(np.ones(150), 10_000, 10_000.0)
    assert any("only 150 blocks" in doubt for doubt in doubts(few, measured(totals), _of(few, totals)))
    many = units(np.ones(1500), 100_000, 100_000.0)
    more = np.random.default_rng(3).gamma(2, 1, 1500)
    assert doubts(many, measured(more), _of(many, more)) == []


def _of(some: Units, totals: np.ndarray) -> UnitEstimate:
    return estimate_units(some, measured(totals), 0.95)


def test_hills_index_of_a_pareto_tail() -> None:
    values = np.random.default_rng(5).pareto(1.3, 100_000) + 1
    found = tail_index(np.sort(values)[-316:])
    assert found is not None
    assert found == pytest.approx(1.3, abs=0.25)


def test_the_size_of_a_sample_does_not_grow_with_the_file() -> None:
    totals = np.random.default_rng(2).gamma(4, 1, 200)
    needed = [
        units_needed(estimate_units(units(np.ones(200), many, float(many)), measured(totals), 0.95), 0.01, 0.95)
        for many in (10**6, 4 * 10**6, 10**9)
    ]
    assert needed[2] < 1.02 * needed[0]
    inflated = 1.1 * (t_quantile(0.975, 199) * totals.std() / totals.mean() / 0.01) ** 2
    assert needed[2] == pytest.approx(inflated, rel=0.1)
