"""The bound of the rate of drawing against the sum that it is a bound of, stratum by stratum."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.sampling.plan import MINIMUM, POWER
from etl_batch.sampling.thresholds import scale_bound, smallest_shared
from tests.helpers.chance import examples


def least_taken(counts: list[int], coming: int, scale: float, most_strata: int) -> float:
    """What all strata take of the budget at the least, one after the other."""
    seen = sorted(count for count in counts if count)
    hidden = most_strata * max(MINIMUM, math.ceil(smallest_shared(scale)))
    seen[-1] += max(coming - hidden, 0)
    return sum(max(min(rows, scale * float(rows**POWER)) - min(rows, MINIMUM), 0.0) for rows in seen)


@settings(max_examples=examples(200), deadline=None)
@given(
    st.lists(st.integers(0, 10**7), min_size=1, max_size=30), st.integers(0, 10**8), st.integers(1, 200_000),
    st.sampled_from([1, 20, 1000, 100_000]),
)  # fmt: skip
def test_it_is_hardly_above_where_the_budget_is_used_up(
    counts: list[int], coming: int, budget: int, most_strata: int
) -> None:
    bound = scale_bound(np.array(counts, np.int64), coming, budget, most_strata)
    if not any(counts):
        assert bound == math.inf
        return
    if bound == math.inf:
        above = math.sqrt(max(counts) + coming)
        assert least_taken(counts, coming, above, most_strata) <= budget * (1 + 1e-9)
        return
    assert least_taken(counts, coming, bound, most_strata) > budget * (1 - 1e-9)
    assert least_taken(counts, coming, bound / 1.002, most_strata) <= budget * (1 + 1e-9)
