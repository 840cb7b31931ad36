"""A condition that no sampled row fulfils: there may be some, and at the most so many."""

from __future__ import annotations

import numpy as np
import pytest

from etl_batch.estimate.domains import count_of, none_met
from etl_batch.estimate.stratum_sample import StratumSample


def _stratum(name: str, population: int, inside: int, drawn: int) -> StratumSample:
    return StratumSample(name, population, np.repeat([1.0, 0.0], [inside, drawn - inside]))


def test_none_of_one_stratum_is_the_binomial_bound() -> None:
    found = count_of([_stratum("a", 1_000, 0, 100)])
    assert (found.total, found.ci_low) == (0.0, 0.0)
    assert found.ci_high == pytest.approx(1_000 * none_met(100, 0.95))
    assert found.ci_high == pytest.approx(36.2, abs=0.1)  # Clopper and Pearson, 0 of 100
    assert not found.warnings


def test_what_was_seen_whole_is_known() -> None:
    found = count_of([_stratum("whole", 5, 5, 5), _stratum("a", 1_000, 0, 100), _stratum("b", 500, 0, 20)])
    assert (found.total, found.ci_low) == (5.0, 5.0)
    assert found.ci_high == pytest.approx(5 + 25 * 3.689, abs=0.1)  # log(40), where 1 in 25 was drawn


def test_all_inside_has_a_lower_bound() -> None:
    found = count_of([_stratum("a", 1_000, 100, 100)])
    assert found.ci_high == found.total == 1_000
    assert found.ci_low == pytest.approx(1_000 - 36.2, abs=0.1)


def test_nothing_drawn_tells_nothing() -> None:
    found = count_of([_stratum("a", 1_000, 0, 0)])
    assert (found.ci_low, found.ci_high) == (None, None)


def test_the_bound_is_missed_as_seldom_as_it_says() -> None:
    """Of samples that meet none of the rows, that is; the others have an interval of their own."""
    chance = np.random.default_rng(1)
    missed = 0
    sizes, drawn, inside = (4_000, 1_000, 200), (40, 30, 20), (300, 40, 5)
    for _ in range(2_000):
        met = [chance.hypergeometric(k, size - k, n) for size, n, k in zip(sizes, drawn, inside, strict=True)]
        found = count_of([_stratum(str(at), size, met[at], drawn[at]) for at, size in enumerate(sizes)])
        missed += not any(met) and found.ci_high is not None and found.ci_high < sum(inside)
    assert missed / 2_000 < 0.03
