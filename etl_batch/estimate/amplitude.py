"""Amplitude estimation, simulated: canonical, maximum likelihood, iterative. For teaching; never a speed-up.

A quantum computer that holds a state with amplitude sqrt(a) for "good" can amplify it: after k rounds a measurement
says "good" with probability sin^2((2k+1) theta), where a = sin^2(theta). A simulation can only draw from this
distribution by knowing a. So it must be given the answer that it then estimates, and saves nothing; it shows how the
error falls with the number of calls: about as 1/M, where drawing rows falls as 1/sqrt(M).

Sources: Brassard, Hoyer, Mosca and Tapp 2000 (arXiv quant-ph/0005055); Suzuki et al. 2020 (arXiv 1904.10246);
Grinko, Gacon, Zoufal and Woerner 2021 (arXiv 1912.05559).
"""

from __future__ import annotations

import math

import numpy as np

from etl_batch.estimate.stratum_sample import Floats
from etl_batch.light_dataclass import dataclass

_GRID_PER_FRINGE = 16  #: points of the likelihood for each of its finest waves
_ZOOMS = 3  #: each looks closer at the two neighbours of the best point
_ZOOM_POINTS = 201


@dataclass(frozen=True, slots=True)
class AmplitudeEstimate:
    """What a simulated run found."""

    amplitude: float  #: the estimate of a, the share of "good"
    calls: int  #: of the operator that prepares the state; one shot after k rounds takes 2k + 1
    low: float | None = None  #: interval, where the algorithm gives one
    high: float | None = None


def good_probability(amplitude: float, rounds: int) -> float:
    """The probability of "good" after so many rounds of amplification, sin^2((2k+1) theta)."""
    return math.sin((2 * rounds + 1) * _angle(amplitude)) ** 2


def canonical_distribution(amplitude: float, qubits: int) -> Floats:
    """The probability of each outcome y of phase estimation (Brassard 2000, theorem 11).

    Returns:
        Shape (2^qubits,). The outcome y stands for the estimate sin^2(pi y / 2^qubits).
    """
    size = 2**qubits
    phase = size * _angle(amplitude) / math.pi
    outcomes = np.arange(size, dtype=np.float64)
    return np.asarray((_kernel(outcomes - phase, size) + _kernel(outcomes + phase, size)) / 2, np.float64)


def canonical_estimates(qubits: int) -> Floats:
    """The estimate that each outcome stands for, shape (2^qubits,)."""
    size = 2**qubits
    return np.asarray(np.sin(np.pi * np.arange(size) / size) ** 2, np.float64)


def canonical(amplitude: float, qubits: int, rng: np.random.Generator) -> AmplitudeEstimate:
    """One run of canonical amplitude estimation: one measurement, after 2^qubits - 1 rounds."""
    likely = canonical_distribution(amplitude, qubits)
    outcome = int(rng.choice(len(likely), p=likely / likely.sum()))
    return AmplitudeEstimate(float(canonical_estimates(qubits)[outcome]), 2 ** (qubits + 1) - 1)


def theorem_12_bound(amplitude: float, size: int) -> float:
    """The error that canonical estimation with M = `size` keeps with probability 8/pi^2 (Brassard 2000, theorem 12)."""
    return 2 * math.pi * math.sqrt(amplitude * (1 - amplitude)) / size + (math.pi / size) ** 2


def monte_carlo(amplitude: float, shots: int, rng: np.random.Generator) -> AmplitudeEstimate:
    """The classical way: the share of "good" among so many draws. Its error falls as 1/sqrt(shots)."""
    return AmplitudeEstimate(rng.binomial(shots, amplitude) / shots, shots)


def maximum_likelihood(amplitude: float, powers: int, shots: int, rng: np.random.Generator) -> AmplitudeEstimate:
    """Measurements after 0, 1, 2, 4, ... rounds, and the angle that explains them best (Suzuki et al. 2020).

    Args:
        amplitude: the answer, which the simulation needs to draw what would be measured.
        powers: how many numbers of rounds, doubling: the last is 2^(powers - 2).
        shots: measurements for each.
        rng: the source of chance.
    """
    rounds = [0, *(2**power for power in range(powers - 1))]
    hits = [int(rng.binomial(shots, good_probability(amplitude, each))) for each in rounds]
    finest = 2 * rounds[-1] + 1
    angles = np.linspace(0.0, math.pi / 2, _GRID_PER_FRINGE * finest + 1)
    for _ in range(_ZOOMS):
        best = int(np.argmax(_log_likelihood(angles, rounds, hits, shots)))
        low, high = angles[max(best - 1, 0)], angles[min(best + 1, len(angles) - 1)]
        angles = np.linspace(low, high, _ZOOM_POINTS)
    angle = angles[int(np.argmax(_log_likelihood(angles, rounds, hits, shots)))]
    return AmplitudeEstimate(math.sin(angle) ** 2, sum(shots * (2 * each + 1) for each in rounds))


def iterative(
    amplitude: float, epsilon: float, alpha: float, rng: np.random.Generator, shots: int = 100
) -> AmplitudeEstimate:
    """Rounds that grow as the interval narrows, without phase estimation (Grinko et al. 2021, Chernoff-Hoeffding).

    Args:
        amplitude: the answer, which the simulation needs to draw what would be measured.
        epsilon: the half width to reach, of the angle and so of the estimate.
        alpha: the probability that the interval misses.
        rng: the source of chance.
        shots: measurements before the interval is looked at again.
    """
    most_looks = math.ceil(math.log2(math.pi / (8 * epsilon))) + 1
    low, high = 0.0, math.pi / 2  #: of theta
    rounds, is_upper = 0, True
    hits = drawn = calls = 0
    while high - low > 2 * epsilon:
        found, is_upper = _next_rounds(rounds, is_upper, low, high)
        if found != rounds:
            rounds, hits, drawn = found, 0, 0
        hits += int(rng.binomial(shots, good_probability(amplitude, rounds)))
        drawn += shots
        calls += shots * (2 * rounds + 1)
        reach = math.sqrt(math.log(2 * most_looks / alpha) / (2 * drawn))
        share_low, share_high = max(hits / drawn - reach, 0.0), min(hits / drawn + reach, 1.0)
        found_low, found_high = _angles(share_low, share_high, rounds, is_upper=is_upper, start=low)
        low, high = max(low, found_low), max(min(high, found_high), low)
    least, most = math.sin(low) ** 2, math.sin(high) ** 2
    return AmplitudeEstimate((least + most) / 2, calls, least, most)


def _angle(amplitude: float) -> float:
    """The angle theta, 0 to pi/2.

    Raises:
        ValueError: the amplitude is no share.
    """
    if not 0 <= amplitude <= 1:
        raise ValueError(f"the amplitude is {amplitude}; give a share from 0 to 1")
    return math.asin(math.sqrt(amplitude))


def _kernel(distance: Floats, size: int) -> Floats:
    """sin^2(pi d) / (M^2 sin^2(pi d / M)), which is 1 where d is a multiple of M."""
    below = size * np.sin(np.pi * distance / size)
    is_peak = np.abs(below) < 1e-9
    return np.where(is_peak, 1.0, (np.sin(np.pi * distance) / np.where(is_peak, 1.0, below)) ** 2)


def _log_likelihood(angles: Floats, rounds: list[int], hits: list[int], shots: int) -> Floats:
    total = np.zeros_like(angles)
    for each, good in zip(rounds, hits, strict=True):
        # What is certain in theory may still be drawn next to it: no logarithm of 0.
        likely = np.clip(np.sin((2 * each + 1) * angles) ** 2, 1e-15, 1 - 1e-15)
        total += good * np.log(likely) + (shots - good) * np.log1p(-likely)
    return total


def _next_rounds(rounds: int, is_upper: bool, low: float, high: float) -> tuple[int, bool]:
    """The most rounds after which the whole interval still lies in one half turn; at least twice what they were."""
    factor_now = 4 * rounds + 2
    factor = math.floor(math.pi / (high - low))
    factor -= (factor - 2) % 4
    while factor >= 2 * factor_now:
        start = (factor * low) % (2 * math.pi)
        end = start + factor * (high - low)
        if end <= math.pi:
            return (factor - 2) // 4, True
        if start >= math.pi and end <= 2 * math.pi:
            return (factor - 2) // 4, False
        factor -= 4
    return rounds, is_upper


def _angles(share_low: float, share_high: float, rounds: int, *, is_upper: bool, start: float) -> tuple[float, float]:
    """The angles that a share of "good" after so many rounds allows, in the half turn that is known to hold them."""
    factor = 4 * rounds + 2
    turns = 2 * math.pi * math.floor(factor * start / (2 * math.pi))
    least, most = math.acos(1 - 2 * share_low), math.acos(1 - 2 * share_high)
    if not is_upper:
        least, most = 2 * math.pi - most, 2 * math.pi - least
    return (turns + least) / factor, (turns + most) / factor
