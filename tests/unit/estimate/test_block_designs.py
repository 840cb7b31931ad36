"""Block designs hold, or say that they may not. `tests.bench.simulate_blocks` shows it at length."""

from __future__ import annotations

import numpy as np
import pytest

from etl_batch.file_estimate.contract import Question
from tests.bench.simulate_blocks import ORDERS, population, simulate

REPETITIONS = 150
SHARE = Question(measures=("value",), sample_frac=0.05)


@pytest.mark.parametrize("order", ORDERS)
def test_intervals_of_gamma_values_hold(order: str) -> None:
    outcome = simulate(population("gamma", order, np.random.default_rng(7)), SHARE, REPETITIONS)
    assert outcome.held >= 0.91
    assert outcome.warned <= 0.05


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("kind", ["lognormal 2", "pareto 1.3"])
def test_heavy_tails_are_no_silent_miss(kind: str, order: str) -> None:
    outcome = simulate(population(kind, order, np.random.default_rng(8)), SHARE, 60)
    assert outcome.silent <= 0.005  # none of 60


@pytest.mark.parametrize("order", ["clustered", "sorted"])
def test_moderate_tails_are_read_on_until_the_interval_holds(order: str) -> None:
    outcome = simulate(population("exponential", order, np.random.default_rng(10)), SHARE, REPETITIONS)
    assert outcome.held >= 0.91
    assert outcome.warned <= 0.05


@pytest.mark.parametrize("order", ["clustered", "sorted"])
def test_a_sample_that_lacks_the_largest_units_is_warned_of_too(order: str) -> None:
    outcome = simulate(population("lognormal 1", order, np.random.default_rng(11)), SHARE, 60)
    assert outcome.silent <= 0.05
    assert outcome.warned >= 0.85


@pytest.mark.parametrize("kind", ["gamma", "lognormal 2"])
def test_a_wanted_error_is_kept_or_the_answer_exact(kind: str) -> None:
    question = Question(measures=("value",), error_within=0.05)
    outcome = simulate(population(kind, "clustered", np.random.default_rng(9)), question, 60)
    assert outcome.silent <= 0.1
    assert outcome.warned == 0
