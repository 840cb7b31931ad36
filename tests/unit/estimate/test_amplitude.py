"""The simulated amplitude estimation against the papers' own figures and laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.estimate import amplitude as ae

SHARES = st.floats(0, 1)


@pytest.mark.parametrize(("share", "qubits", "likeliest"), [(0.2, 2, 0.5), (0.49, 3, 0.5), (0.2, 4, 0.146447)])
def test_the_likeliest_outcomes(share: float, qubits: int, likeliest: float) -> None:
    outcome = int(np.argmax(ae.canonical_distribution(share, qubits)))
    assert ae.canonical_estimates(qubits)[outcome] == pytest.approx(likeliest, abs=1e-6)


@given(SHARES, st.integers(1, 8))
def test_the_outcomes_are_a_distribution(share: float, qubits: int) -> None:
    likely = ae.canonical_distribution(share, qubits)
    assert likely.min() >= 0
    assert likely.sum() == pytest.approx(1, abs=1e-9)


@given(SHARES, st.integers(1, 8))
def test_theorem_12(share: float, qubits: int) -> None:
    likely = ae.canonical_distribution(share, qubits)
    is_near = np.abs(ae.canonical_estimates(qubits) - share) <= ae.theorem_12_bound(share, 2**qubits) + 1e-12
    assert likely[is_near].sum() >= 8 / math.pi**2 - 1e-9


@given(SHARES, st.integers(1, 6))
def test_the_distribution_is_that_of_a_slow_fourier_transform(share: float, qubits: int) -> None:
    """Twin: the amplitude of each outcome, summed term by term over the register."""
    size = 2**qubits
    phase = math.asin(math.sqrt(share)) / math.pi
    slow = np.zeros(size)
    for sign in (1, -1):
        for outcome in range(size):
            terms = [np.exp(2j * math.pi * step * (sign * phase - outcome / size)) for step in range(size)]
            slow[outcome] += abs(sum(terms) / size) ** 2 / 2
    assert ae.canonical_distribution(share, qubits) == pytest.approx(slow, abs=1e-9)


def test_canonical_draws_from_its_distribution() -> None:
    rng = np.random.default_rng(1)
    drawn = [ae.canonical(0.2, 3, rng).amplitude for _ in range(4000)]
    likely, values = ae.canonical_distribution(0.2, 3), ae.canonical_estimates(3)
    assert np.mean(drawn) == pytest.approx(float(likely @ values), abs=0.02)


def _slope(calls: list[float], errors: list[float]) -> float:
    return float(np.polyfit(np.log(calls), np.log(errors), 1)[0])


def _error(found: list[ae.AmplitudeEstimate], share: float) -> float:
    return float(np.sqrt(np.mean([(run.amplitude - share) ** 2 for run in found])))


def test_errors_fall_as_the_theory_says() -> None:
    share, repetitions = 0.3, 60
    rng = np.random.default_rng(2)
    by_likelihood, by_iteration, by_drawing = [], [], []
    for power in range(3, 9):
        found = [ae.maximum_likelihood(share, power, 50, rng) for _ in range(repetitions)]
        by_likelihood.append((found[0].calls, _error(found, share)))
        draws = [ae.monte_carlo(share, found[0].calls, rng) for _ in range(repetitions)]
        by_drawing.append((found[0].calls, _error(draws, share)))
        narrow = [ae.iterative(share, 0.05 / 2**power, 0.05, rng) for _ in range(repetitions)]
        by_iteration.append((float(np.mean([run.calls for run in narrow])), _error(narrow, share)))
    slopes = [_slope(*(list(axis) for axis in zip(*curve, strict=True))) for curve in (by_likelihood, by_iteration)]
    assert all(-1.25 < slope < -0.8 for slope in slopes)
    assert -0.65 < _slope(*(list(axis) for axis in zip(*by_drawing, strict=True))) < -0.35


@pytest.mark.parametrize("share", [0.0, 0.03, 0.2, 0.5, 0.77, 1.0])
def test_the_iterative_interval_covers(share: float) -> None:
    rng = np.random.default_rng(3)
    found = [ae.iterative(share, 0.002, 0.05, rng) for _ in range(100)]
    covered = sum(run.low is not None and run.high is not None and run.low <= share <= run.high for run in found)
    assert covered >= 95
    assert all(run.high is not None and run.low is not None and run.high - run.low <= 0.004 + 1e-12 for run in found)


def test_equal_seeds_give_equal_estimates() -> None:
    twice = [ae.iterative(0.4, 0.01, 0.05, np.random.default_rng(5)) for _ in range(2)]
    assert twice[0] == twice[1]


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan])
def test_what_is_no_share_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="give a share"):
        ae.good_probability(share, 1)
