"""The design of a sample: its budget, and priorities that no other input or seed shares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.sampling.plan import SamplePlan, budget_of


def plan(seed: int = 0, budget: int = 1000, rows: int = 10_000, measures: int = 1) -> SamplePlan:
    names = tuple(f"m{number}" for number in range(measures))
    return SamplePlan(strata="s", measures=names, seed=seed, budget=budget, rows=rows, rows_are_certain=True)


@pytest.mark.parametrize(
    ("rows", "share", "most", "budget"),
    [
        (1000, 0.1, 500, 100),
        (1000, 0.9, 500, 500),
        (10, 0.001, 500, 1),
        (0, 0.5, 500, 0),
        (3, 1.0, 500, 3),
        (1, 1.0, 1, 1),
    ],
)
def test_a_budget(rows: int, share: float, most: int, budget: int) -> None:
    assert budget_of(rows, share, most) == budget


@given(st.integers(0, 10**12), st.floats(0, 1, exclude_min=True), st.integers(1, 10**9))
def test_a_budget_is_never_more_than_there_is_nor_than_is_allowed(rows: int, share: float, most: int) -> None:
    found = budget_of(rows, share, most)
    assert min(rows, 1) <= found <= min(rows, most)


def test_the_share_of_all_rows() -> None:
    assert plan(budget=50, rows=1000).base_rate == 0.05
    assert plan(budget=0, rows=0).base_rate == 0.0


def test_few_rows_are_taken_for_certain() -> None:
    """No more than one of five sampled rows, over all measures, and no more than 500 for each."""
    assert [plan(budget=budget).certain for budget in (4, 5, 1000, 10**6)] == [0, 1, 200, 500]
    assert plan(budget=1000, measures=4).certain == 50


@given(st.integers(-(2**63), 2**64 - 1), st.integers(0, 1000))
def test_keys_are_of_64_bits_and_differ_by_input_and_seed(seed: int, source: int) -> None:
    key = plan(seed).key(source)
    assert 0 <= key < 2**64
    assert key == plan(seed).key(source)
    assert key not in {plan(seed).key(source + 1), plan(seed + 1 if seed < 2**64 - 1 else 0).key(source)}
