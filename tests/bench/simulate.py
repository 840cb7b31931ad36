"""How often the intervals hold: `make simulate`.

Six populations of 440,974 rows in 30 strata, from mild to heavy-tailed; of each 10,000 samples of 2,500 rows, drawn and
estimated as the product does by default. Every 50 samples a new population is made, so that the figures are those of the
shape and not of one population. Equal seeds give equal figures, whatever the number of processes.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from etl_batch.config import usable_cpus
from etl_batch.estimate.estimator import estimate_total, stratified_total
from etl_batch.estimate.heavy_tails import TAKE_ALL_ROWS
from etl_batch.values import TotalEstimate
from tests.bench.populations import BUDGET, ROWS, SHAPES, SIZES, STRATA, population, sample

REPETITIONS = int(os.environ.get("SIMULATE_REPETITIONS", "10000"))
CONFIDENCE = 0.95
REQUIRED = 0.93  #: share of intervals that must hold
_SAMPLES_EACH = 50  #: of one population
_SEED = 20


@dataclass(frozen=True, slots=True)
class Held:
    """How the intervals of some repetitions did."""

    repetitions: int = 0
    held: int = 0
    below: int = 0  #: intervals that lie below the exact total
    warned: int = 0  #: with a warning of skewed values, or of one row that decides
    strata_held: int = 0  #: of the intervals of the single strata
    half_width: float = 0.0  #: sum over the repetitions, as a share of the exact total
    error: float = 0.0  #: sum of the estimates' relative errors

    def __add__(self, other: Held) -> Held:
        return Held(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def coverage(self) -> float:
        """Share of the intervals that held."""
        return self.held / self.repetitions


def coverage(shape: str, repetitions: int, processes: int = 1, *, plain: bool = False) -> Held:
    """Repeat sampling and estimating.

    Args:
        shape: name of the population.
        repetitions: samples, a multiple of 50.
        processes: worker processes; 1: none but this.
        plain: without certainties and without the correction for skewness.
    """
    tasks = [(shape, block, plain) for block in range(math.ceil(repetitions / _SAMPLES_EACH))]
    if processes == 1:
        return sum(map(_block, tasks), Held())
    with ProcessPoolExecutor(processes) as pool:
        return sum(pool.map(_block, tasks, chunksize=4), Held())


def _block(task: tuple[str, int, bool]) -> Held:
    shape, block, plain = task
    random = np.random.default_rng([_SEED, list(SHAPES).index(shape), block])
    rows = population(shape, random, 0 if plain else TAKE_ALL_ROWS)
    exact = rows.total
    edges = np.concatenate([[0], np.cumsum(SIZES)])[:-1]
    exact_strata = np.add.reduceat(rows.values, edges).tolist()
    outcome = Held()
    for _ in range(_SAMPLES_EACH):
        strata = sample(rows, random)
        if plain:
            sizes = {stratum.name: stratum.population for stratum in strata}
            estimate = stratified_total({stratum.name: stratum.values for stratum in strata}, sizes, CONFIDENCE)
        else:
            estimate = estimate_total(strata, "value", CONFIDENCE)
        outcome += _judged(estimate, exact, exact_strata)
    return outcome


def _judged(estimate: TotalEstimate, exact: float, exact_strata: list[float]) -> Held:
    low, high = estimate.ci_low, estimate.ci_high
    if low is None or high is None:
        return Held(repetitions=1)  # no interval: counted as a miss
    skewed = any("skewed" in warning or "supplies" in warning for warning in estimate.warnings)
    return Held(
        repetitions=1,
        held=low <= exact <= high,
        below=high < exact,
        warned=skewed,
        strata_held=sum(
            part.ci_low is not None and part.ci_high is not None and part.ci_low <= value <= part.ci_high
            for part, value in zip(estimate.strata, exact_strata, strict=True)
        ),
        half_width=(high - low) / 2 / exact,
        error=(estimate.total - exact) / exact,
    )


def _lines(outcomes: Iterable[tuple[str, Held]]) -> Iterable[str]:
    yield "| population | intervals that hold | too low | half-width | mean error | warned | of single strata |"
    yield "|---|---|---|---|---|---|---|"
    for shape, held in outcomes:
        times = held.repetitions
        yield (
            f"| {shape} | {held.coverage:.1%} | {held.below / times:.1%} | {held.half_width / times:.1%} "
            f"| {held.error / times:+.2%} | {held.warned / times:.0%} | {held.strata_held / times / STRATA:.1%} |"
        )


def main() -> int:
    """Simulate, print the table, and fail where too few intervals hold."""
    began = time.monotonic()
    print(
        f"{REPETITIONS} samples of {BUDGET} rows, {ROWS} rows in {STRATA} strata, "
        f"{TAKE_ALL_ROWS} largest rows taken for certain, nominal {CONFIDENCE:.0%}"
    )
    outcomes = []
    for shape in SHAPES:
        outcomes.append((shape, coverage(shape, REPETITIONS, usable_cpus())))
        print(f"  {shape}: {outcomes[-1][1].coverage:.1%}", file=sys.stderr)
    print("\n".join(_lines(outcomes)))
    print(f"{time.monotonic() - began:.0f} s")
    failed = [shape for shape, held in outcomes if held.coverage < REQUIRED]
    for shape in failed:
        print(f"error: fewer than {REQUIRED:.0%} of the intervals hold: {shape}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
