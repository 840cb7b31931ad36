"""How often the intervals hold the truth, on made-up populations whose totals are known. `make simulate`.

Each repetition draws a new sample as the engine would: square-root allocation over the strata, and the largest values
of the measure taken for certain.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from etl_batch.config import usable_cpus
from etl_batch.estimate.allocation import allocate_counts
from etl_batch.estimate.estimator import estimate_total
from etl_batch.estimate.stratum_sample import StratumSample

Floats = npt.NDArray[np.float64]

REPETITIONS = 10_000
STRATA = 30
SAMPLED = 2_500  #: rows
CERTAIN = 500  #: rows
_ROWS = 440_974
_CHUNK = 250  #: repetitions that one process does in one go, from one seed


@dataclass(frozen=True, slots=True)
class Population:
    """Every row's value, by stratum."""

    strata: tuple[Floats, ...]
    certain: tuple[npt.NDArray[np.bool_], ...]  #: which rows are among the largest
    counted: tuple[Floats, ...]  #: the values that the question is about: 0 outside its filter

    @property
    def total(self) -> float:
        """What the intervals should hold."""
        return float(sum(values.sum() for values in self.counted))


@dataclass(frozen=True, slots=True)
class Coverage:
    """What came of the repetitions."""

    repetitions: int
    held: int  #: intervals that hold the true total
    half_widths: float  #: sum, each as a share of the true total
    warned: int  #: estimates with a warning of skewness

    def __add__(self, other: Coverage) -> Coverage:
        """Both together."""
        return Coverage(
            self.repetitions + other.repetitions,
            self.held + other.held,
            self.half_widths + other.half_widths,
            self.warned + other.warned,
        )


def _gamma(chosen: np.random.Generator, rows: int) -> Floats:
    return chosen.gamma(4, size=rows)


def _exponential(chosen: np.random.Generator, rows: int) -> Floats:
    return chosen.exponential(size=rows)


def _lognormal(chosen: np.random.Generator, rows: int) -> Floats:
    return chosen.lognormal(sigma=1, size=rows)


def _wide_lognormal(chosen: np.random.Generator, rows: int) -> Floats:
    return chosen.lognormal(sigma=2, size=rows)


def _pareto(chosen: np.random.Generator, rows: int) -> Floats:
    return 1 + chosen.pareto(1.3, size=rows)


#: name: how values are made, and the share of the rows that the question is about
POPULATIONS: dict[str, tuple[Callable[[np.random.Generator, int], Floats], float]] = {
    "gamma(4)": (_gamma, 1),
    "exponential": (_exponential, 1),
    "lognormal 1": (_lognormal, 1),
    "lognormal 2": (_wide_lognormal, 1),
    "Pareto 1.3": (_pareto, 1),
    "1 % filter x lognormal 1": (_lognormal, 0.01),
}


def population(name: str) -> Population:
    """One of the populations, the same at every call: strata of very uneven size, each with a scale of its own."""
    make, share = POPULATIONS[name]
    chosen = np.random.default_rng(2025)
    weights = 1 / np.arange(1, STRATA + 1) ** 1.2
    sizes = np.floor(weights / weights.sum() * _ROWS).astype(int)
    sizes[0] += _ROWS - sizes.sum()
    strata = tuple(make(chosen, int(size)) * chosen.uniform(0.5, 2) for size in sizes)
    bound = np.partition(np.concatenate(strata), _ROWS - CERTAIN)[_ROWS - CERTAIN]
    return Population(
        strata,
        tuple(values >= bound for values in strata),
        tuple(np.where(chosen.random(len(values)) < share, values, 0.0) for values in strata),
    )


def cover(name: str, repetitions: int, seed: int) -> Coverage:
    """Draw, estimate, and compare with the truth, again and again."""
    whole = population(name)
    chosen = np.random.default_rng(seed)
    counts = np.array([len(values) for values in whole.strata], dtype=np.int64)
    drawn = allocate_counts(counts, SAMPLED).tolist()
    certain = [values[top] for values, top in zip(whole.counted, whole.certain, strict=True)]
    found = Coverage(0, 0, 0.0, 0)
    for _ in range(repetitions):
        samples = []
        for at, values in enumerate(whole.counted):
            rows = chosen.choice(len(values), drawn[at], replace=False, shuffle=False)
            rows = rows[~whole.certain[at][rows]]
            samples.append(StratumSample(str(at), len(values), values[rows], certain[at]))
        estimate = estimate_total(samples, name)
        held = (
            estimate.ci_low is not None
            and estimate.ci_high is not None
            and estimate.ci_low <= whole.total <= estimate.ci_high
        )
        width = (estimate.ci_high or 0) - (estimate.ci_low or 0)
        skewed = any("skewed" in said or "single sampled row" in said for said in estimate.warnings)
        found += Coverage(1, int(held), width / 2 / whole.total, int(skewed))
    return found


def main() -> int:
    """Print the table; 1 where any coverage is below 93 %."""
    _say(f"{REPETITIONS:,} repetitions, {STRATA} strata, {_ROWS:,} rows, {SAMPLED:,} sampled, {CERTAIN} certain")
    _say("| population | coverage of 95 % | half-width | warned |\n|---|---|---|---|")
    least = 1.0
    with ProcessPoolExecutor(usable_cpus()) as pool:
        for name in POPULATIONS:
            chunks = range(REPETITIONS // _CHUNK)
            parts = pool.map(cover, [name] * len(chunks), [_CHUNK] * len(chunks), chunks)
            found = sum(parts, Coverage(0, 0, 0.0, 0))
            least = min(least, found.held / found.repetitions)
            _say(
                f"| {name} | {found.held / found.repetitions:.1%} | {found.half_widths / found.repetitions:.1%} "
                f"| {found.warned / found.repetitions:.0%} |",
            )
    return 0 if least >= 0.93 else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
