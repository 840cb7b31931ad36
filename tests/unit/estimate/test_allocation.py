"""How many rows each stratum gives: adds up, bounded, proportional to a power, the same in any order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.estimate.allocation import allocate, allocate_counts, neyman_counts, solve_scale

POPULATIONS = st.dictionaries(st.text(max_size=3), st.integers(0, 10**7), min_size=1, max_size=40)


@given(POPULATIONS, st.integers(0, 10**5), st.sampled_from([0, 0.5, 1, 2]), st.integers(0, 5))
def test_it_adds_up_within_bounds(populations: dict[str, int], more: int, power: float, minimum: int) -> None:
    least = {name: min(rows, minimum) for name, rows in populations.items()}
    budget = sum(least.values()) + more
    found = allocate(populations, budget, power, minimum)
    assert list(found) == list(populations)
    assert sum(found.values()) == min(budget, sum(populations.values()))
    assert all(least[name] <= found[name] <= rows for name, rows in populations.items())
    reordered = allocate(dict(reversed(populations.items())), budget, power, minimum)
    assert reordered == found


@given(POPULATIONS, st.integers(1, 10**5), st.sampled_from([0, 0.5, 1]))
def test_between_the_bounds_it_is_proportional_to_the_power(
    populations: dict[str, int], budget: int, power: float
) -> None:
    counts = np.array(list(populations.values()))
    scale = solve_scale(counts, budget, power, 0)
    found = allocate_counts(counts, budget, power, 0)
    if counts.sum() <= budget:
        assert found.tolist() == counts.tolist()
        return
    wanted = np.minimum(scale * np.where(counts > 0, counts.astype(float) ** power, 0), counts)
    assert np.abs(found - wanted).max() <= 1 + 1e-6
    assert wanted.sum() == pytest.approx(budget, rel=1e-9)


def test_the_rate_of_a_stratum_never_rises_when_counts_grow() -> None:
    """What the one-pass sampler rests on."""
    chosen = np.random.default_rng(1)
    for _ in range(200):
        counts = chosen.integers(1, 10_000, 20)
        grown = counts + chosen.integers(0, 3000, 20) * chosen.integers(0, 2, 20)
        before, after = (
            np.minimum(1, np.clip(solve_scale(n, 500) * np.sqrt(n), np.minimum(n, 2), n) / n) for n in (counts, grown)
        )
        assert (after <= before + 1e-9).all()


def test_the_square_root_rule() -> None:
    assert allocate({"a": 100, "b": 400, "c": 10_000}, 130, minimum=0) == {"a": 10, "b": 20, "c": 100}
    assert allocate({"a": 100, "b": 400}, 100, power=1, minimum=0) == {"a": 20, "b": 80}
    assert allocate({"a": 100, "b": 400}, 100, power=0) == {"a": 50, "b": 50}


def test_what_a_small_stratum_cannot_take_goes_to_the_others() -> None:
    assert allocate({"a": 5, "b": 1000, "c": 1000}, 205, power=0) == {"a": 5, "b": 100, "c": 100}


def test_ties_fall_to_the_first_name() -> None:
    assert allocate({"b": 10, "a": 10}, 5) == {"b": 2, "a": 3}


def test_a_budget_below_the_minimum_is_refused() -> None:
    with pytest.raises(ValueError, match="a budget of 3 rows is too small: the minimum of every stratum takes 4"):
        allocate({"a": 10, "b": 10}, 3)
    assert allocate({"a": 1, "b": 10}, 3) == {"a": 1, "b": 2}
    with pytest.raises(ValueError, match="give 0 or more"):
        allocate({"a": -1}, 3)


def test_nothing_to_allocate() -> None:
    assert allocate({}, 10) == {}
    assert allocate({"a": 0}, 10) == {"a": 0}


def test_neyman_allocation_makes_the_error_smallest() -> None:
    counts, deviations = np.array([100, 400, 1000]), np.array([9.0, 1.0, 3.0])

    def variance(rows: np.ndarray) -> float:
        return float(np.sum(counts * (counts - rows) * deviations**2 / rows))

    found = neyman_counts(counts, deviations, 120)
    assert found.sum() == 120
    assert variance(found) <= min(variance(allocate_counts(counts, 120, power)) for power in (0, 0.5, 1))
    for give, take in ((0, 1), (1, 2), (2, 0)):
        other = found.copy()
        other[give] -= 1
        other[take] += 1
        assert variance(found) <= variance(other) * (1 + 1e-3)
    assert neyman_counts(counts, np.zeros(3), 15).tolist() == [2, 4, 9]
    with pytest.raises(ValueError, match="not negative"):
        neyman_counts(counts, -deviations, 15)
