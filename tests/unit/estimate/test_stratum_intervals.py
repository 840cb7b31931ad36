"""Intervals of single strata: corrected for skewness, with a word where they may hold less often than they say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from etl_batch.estimate.estimator import estimate_total, stratified_total
from etl_batch.estimate.stratum_sample import StratumSample
from etl_batch.estimate.stratum_warnings import stratum_warnings

ROWS, RUNS = 3_000, 400
POPULATIONS: dict[str, tuple[Callable[[np.random.Generator], np.ndarray], int, float]] = {
    "lognormal 1": (lambda chance: chance.lognormal(0, 1, ROWS), 30, 0.89),
    "lognormal 1.5": (lambda chance: chance.lognormal(0, 1.5, ROWS), 50, 0.86),
    "Pareto 2.5": (lambda chance: chance.pareto(2.5, ROWS) + 1, 100, 0.87),
}


@pytest.mark.parametrize("name", POPULATIONS)
def test_skewed_strata_are_not_missed_without_a_word(name: str) -> None:
    make, drawn, least = POPULATIONS[name]
    chance = np.random.default_rng(11)
    held = silent = 0
    for run in range(RUNS):
        if run % 20 == 0:
            values = make(chance)
        sample = StratumSample("a", ROWS, chance.choice(values, drawn, replace=False))
        stratum = estimate_total([sample], "y").strata[0]
        assert stratum.ci_low is not None
        assert stratum.ci_high is not None
        is_held = stratum.ci_low <= values.sum() <= stratum.ci_high
        held += is_held
        silent += not is_held and not stratum.warnings
    assert held / RUNS >= least
    assert silent / RUNS <= 0.05 + 2 * (0.05 * 0.95 / RUNS) ** 0.5


def test_even_strata_are_not_warned_of() -> None:
    chance = np.random.default_rng(5)
    warned = sum(
        bool(estimate_total([StratumSample("a", ROWS, chance.normal(10, 2, 50))], "y").strata[0].warnings)
        for _ in range(200)
    )
    assert warned < 10


def test_the_words() -> None:
    assert stratum_warnings(29, "block", 0.3, 0.5) == (
        "low n: 29 blocks in the sample",
        "skewed: skewness of the estimate 0.30",
        "one block: 50% of the variance",
    )
    assert stratum_warnings(1, "row", 0.0, 1.0) == ("low n: 1 row in the sample",)
    assert stratum_warnings(1_000, "row", -0.2, 0.1) == ()


def test_a_census_needs_no_words_and_the_public_total_stays_plain() -> None:
    values = np.array([1.0, 2.0, 50.0, 3.0])
    whole = estimate_total([StratumSample("a", 4, values)], "y").strata[0]
    assert (whole.ci_low, whole.ci_high, whole.warnings) == (56.0, 56.0, ())
    plain = stratified_total({"a": values}, {"a": 40}).strata[0]
    assert plain.warnings == ()
    assert plain.ci_high is not None
    assert plain.ci_low == pytest.approx(56.0)  # not below what was seen
    assert plain.ci_high - plain.total == pytest.approx(3.182446 * (plain.std_error or 0), rel=1e-6)
