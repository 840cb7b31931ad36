"""Populations to try the estimator on, and stratified samples of them, as the product draws them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.allocation import allocate_counts
from etl_batch.estimate.heavy_tails import TAKE_ALL_ROWS
from etl_batch.estimate.stratum_sample import Floats, StratumSample

Bools = npt.NDArray[np.bool_]
STRATA = 30
ROWS = 440_974
BUDGET = 2_500
_SHARES = np.arange(1, STRATA + 1) ** -1.25  #: the largest stratum has 34 % of the rows, the smallest 0.5 %
_EDGES = np.rint(np.concatenate([[0.0], np.cumsum(_SHARES) / _SHARES.sum()]) * ROWS).astype(np.int64)
SIZES = np.diff(_EDGES)

#: what fills a population: rows in, values out
SHAPES: dict[str, Callable[[np.random.Generator], Floats]] = {
    "gamma(4)": lambda random: random.standard_gamma(4.0, ROWS),
    "exponential": lambda random: random.standard_exponential(ROWS),
    "lognormal 1": lambda random: random.lognormal(0.0, 1.0, ROWS),
    "lognormal 2": lambda random: random.lognormal(0.0, 2.0, ROWS),
    "Pareto 1.3": lambda random: random.pareto(1.3, ROWS) + 1.0,
    "1 % filter x lognormal 1": lambda random: random.lognormal(0.0, 1.0, ROWS),
}
FILTERED = {"1 % filter x lognormal 1": 0.01}  #: the share of the rows that a filter lets pass


@dataclass(frozen=True, slots=True)
class Population:
    """All rows, in the order of their strata, and which of them are taken for certain."""

    values: Floats  #: 0 where a filter leaves the row out, shape (ROWS,)
    certain: Bools  #: of the largest values before the filter, shape (ROWS,)
    taken: tuple[Floats, ...]  #: the values taken for certain, of each stratum

    @property
    def total(self) -> float:
        """What the estimates should come to."""
        return float(self.values.sum())


def population(shape: str, random: np.random.Generator, take_all: int = TAKE_ALL_ROWS) -> Population:
    """A new population of this shape."""
    values = SHAPES[shape](random)
    certain = np.zeros(ROWS, dtype=np.bool_)
    if take_all:
        certain[np.argpartition(values, -take_all)[-take_all:]] = True
    if shape in FILTERED:
        values[random.random(ROWS) >= FILTERED[shape]] = 0.0
    spans = zip(_EDGES[:-1].tolist(), _EDGES[1:].tolist(), strict=True)
    return Population(values, certain, tuple(values[at:end][certain[at:end]] for at, end in spans))


def sample(rows: Population, random: np.random.Generator) -> list[StratumSample]:
    """A simple random sample of every stratum, by the square-root rule; rows taken for certain stand apart."""
    drawn = allocate_counts(SIZES, BUDGET)
    strata = []
    for stratum, (start, size, n) in enumerate(zip(_EDGES.tolist(), SIZES.tolist(), drawn.tolist(), strict=False)):
        chosen = start + random.choice(size, n, replace=False, shuffle=False)
        kept = rows.values[chosen[~rows.certain[chosen]]]
        strata.append(StratumSample(f"stratum {stratum + 1}", size, kept, rows.taken[stratum]))
    return strata
