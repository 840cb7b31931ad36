"""How many rows of each stratum enter the sample.

`power` 0.5 is the square-root rule, 1 the proportional one, 0 the equal one (power allocation: Bankier 1988). Every
stratum gets at least `minimum` rows, or all it has.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def allocate(populations: Mapping[str, int], budget: int, power: float = 0.5, minimum: int = 2) -> dict[str, int]:
    """Rows to draw of each stratum, `budget` in all, or all rows where there are no more.

    Args:
        populations: rows of each stratum.
        budget: rows of the sample.
        power: of the population, to which the sample of a stratum is proportional.
        minimum: rows of each stratum at least, as far as it has them.

    Raises:
        ValueError: the budget is too small for the minimum of every stratum, or a number is below 0.
    """
    names = sorted(populations)  # so that ties fall the same way, whatever the order of the mapping
    counts = np.array([populations[name] for name in names], dtype=np.int64)
    found = dict(zip(names, allocate_counts(counts, budget, power, minimum).tolist(), strict=True))
    return {name: found[name] for name in populations}


def allocate_counts(counts: Counts, budget: int, power: float = 0.5, minimum: int = 2) -> Counts:
    """See `allocate`: shape (strata,) in and out. Of equal remainders, the earlier stratum gets the row."""
    scale = solve_scale(counts, budget, power, minimum)
    if scale == float("inf"):
        return counts.copy()
    exact = np.clip(scale * _weights(counts, power), _least(counts, minimum), counts)
    whole = np.floor(exact).astype(np.int64)
    missing = min(budget, int(counts.sum())) - int(whole.sum())
    remainders = np.where(whole < counts, exact - whole, -1.0)
    whole[np.argsort(-remainders, kind="stable")[:missing]] += 1
    return whole


def solve_scale(counts: Counts, budget: int, power: float = 0.5, minimum: int = 2) -> float:
    """The factor c with which clamp(c * N^power, minimum, N) adds up to the budget; infinite: all rows are taken.

    Raises:
        ValueError: see `allocate`.
    """
    if budget < 0 or minimum < 0 or power < 0 or (len(counts) and counts.min() < 0):
        raise ValueError("populations, budget, power and minimum are 0 or more")
    least = _least(counts, minimum)
    if least.sum() > budget:
        raise ValueError(f"{len(counts)} strata of at least {minimum} rows need {int(least.sum())}, not {budget}")
    if counts.sum() <= budget:
        return float("inf")
    weights = _weights(counts, power)
    some = counts > 0
    # The sum is a rising broken line in c; each stratum bends it twice: where it leaves its minimum, where it is full.
    bends = np.concatenate([least[some] / weights[some], counts[some] / weights[some]])
    slopes = np.concatenate([weights[some], -weights[some]])
    order = np.argsort(bends, kind="stable")
    bends, slopes = bends[order], np.cumsum(slopes[order])
    heights = np.concatenate([[0.0], np.cumsum(slopes[:-1] * np.diff(bends))]) + float(least.sum())
    before = int(np.searchsorted(heights, budget, side="right")) - 1
    before = min(max(before, 0), len(bends) - 1)
    slope = slopes[before]
    return float(bends[before] + (budget - heights[before]) / slope if slope > 0 else bends[before])


def _least(counts: Counts, minimum: int) -> Counts:
    return np.minimum(counts, minimum)


def _weights(counts: Counts, power: float) -> Floats:
    return np.where(counts > 0, np.power(counts.astype(np.float64), power), 0.0)
