"""How the error falls with the calls: amplitude estimation, simulated, beside drawing rows and our sampler. Pure.

Each point is the root of the mean squared error over repetitions from one seed, at the mean number of calls. A call is
one use of the operator that prepares the state; for the classical ways, one row that is read.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from etl_batch.estimate.allocation import allocate
from etl_batch.estimate.amplitude import AmplitudeEstimate, iterative, maximum_likelihood, monte_carlo
from etl_batch.estimate.strata import strata_of
from etl_batch.estimate.stratum_sample import StratumSample

ROWS = 1_000_000  #: of the population that our sampler draws from
STRATA = 30
_MLAE_SHOTS = 30
_MLAE_POWERS = range(2, 10)
_IQAE_EPSILONS = (0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
_IQAE_ALPHA = 0.05
_CLASSICAL_CALLS = (60, 200, 600, 2_000, 6_000, 20_000)


@dataclass(frozen=True, slots=True)
class ErrorPoint:
    """The error of one method at one effort."""

    calls: float
    error: float  #: root of the mean squared error of the share


@dataclass(frozen=True, slots=True)
class ErrorCurve:
    """One method."""

    name: str
    is_simulated_quantum: bool
    points: tuple[ErrorPoint, ...]

    @property
    def slope(self) -> float:
        """Of the line through the points on logarithmic axes: -1/2 for drawing rows, about -1 for amplitudes."""
        logs = np.log([(point.calls, max(point.error, 1e-12)) for point in self.points])
        return float(np.polyfit(logs[:, 0], logs[:, 1], 1)[0])


@lru_cache(maxsize=8)
def error_curves(amplitude: float, repetitions: int = 30, seed: int = 0) -> tuple[ErrorCurve, ...]:
    """All four methods; the last answers are kept, since equal questions have equal answers.

    Args:
        amplitude: the share of "good" that all are to find, above 0 and below 1.
        repetitions: of each point.
        seed: of the chance.
    """
    rng = np.random.default_rng(seed)

    def curve(name: str, runs: list[Callable[[], AmplitudeEstimate]], *, is_quantum: bool) -> ErrorCurve:
        return ErrorCurve(name, is_quantum, tuple(_point(run, amplitude, repetitions) for run in runs))

    draws = [partial(monte_carlo, amplitude, shots, rng) for shots in _CLASSICAL_CALLS]
    likelihoods = [partial(maximum_likelihood, amplitude, powers, _MLAE_SHOTS, rng) for powers in _MLAE_POWERS]
    iterations = [partial(iterative, amplitude, epsilon, _IQAE_ALPHA, rng) for epsilon in _IQAE_EPSILONS]
    return (
        curve("Drawing rows (Monte Carlo)", [*draws], is_quantum=False),
        ErrorCurve("Our sampler (sqrt-allocated strata)", False, _sampler_points(amplitude, repetitions, rng)),
        curve("MLAE, simulated", [*likelihoods], is_quantum=True),
        curve("IQAE, simulated", [*iterations], is_quantum=True),
    )


def _point(run: Callable[[], AmplitudeEstimate], amplitude: float, repetitions: int) -> ErrorPoint:
    found = [run() for _ in range(repetitions)]
    squared = math.fsum((answer.amplitude - amplitude) ** 2 for answer in found) / repetitions
    return ErrorPoint(math.fsum(answer.calls for answer in found) / repetitions, math.sqrt(squared))


def _sampler_points(amplitude: float, repetitions: int, rng: np.random.Generator) -> tuple[ErrorPoint, ...]:
    """The share of "good" rows in a population of uneven strata, by the estimator that reports use."""
    sizes = _uneven(rng)
    good = {name: _good_rows(rows, amplitude, rng) for name, rows in sizes.items()}
    truth = sum(good.values()) / ROWS
    points = []
    for calls in _CLASSICAL_CALLS:
        drawn = allocate(sizes, calls)
        errors = [_sampled_share(sizes, good, drawn, rng) - truth for _ in range(repetitions)]
        points.append(ErrorPoint(float(calls), math.sqrt(math.fsum(error**2 for error in errors) / repetitions)))
    return tuple(points)


def _sampled_share(
    sizes: dict[str, int], good: dict[str, int], drawn: dict[str, int], rng: np.random.Generator
) -> float:
    """One sample without replacement from each stratum, and what it says of the share."""
    samples = []
    for name, rows in sizes.items():
        hits = int(rng.hypergeometric(good[name], rows - good[name], drawn[name]))
        samples.append(StratumSample(name, rows, np.repeat([1.0, 0.0], [hits, drawn[name] - hits])))
    return math.fsum(strata_of(samples).totals) / ROWS


def _uneven(rng: np.random.Generator) -> dict[str, int]:
    """Strata whose sizes are as uneven as those of real purchases: lognormal, adding up to `ROWS`."""
    weights = rng.lognormal(0.0, 1.5, STRATA)
    sizes = np.maximum((weights / weights.sum() * ROWS).astype(np.int64), 100)
    sizes[int(np.argmax(sizes))] += ROWS - int(sizes.sum())
    return {f"stratum {at}": int(rows) for at, rows in enumerate(sizes)}


def _good_rows(rows: int, amplitude: float, rng: np.random.Generator) -> int:
    """How many rows of a stratum are good: the share differs from stratum to stratum."""
    spread = 4.0  #: of the beta distribution; a smaller one makes the strata more unlike
    share = rng.beta(spread * amplitude, spread * (1 - amplitude))
    return int(np.clip(round(share * rows), 0, rows))
