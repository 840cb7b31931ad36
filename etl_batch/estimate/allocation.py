"""How many rows of each stratum to sample, when the number of all sampled rows is given.

Power allocation (Bankier 1988): k = clamp(c * N^q, minimum, N) rows of a stratum of N, with c such that the k add up to
the budget; q = 0.5 is the square-root rule, 1 is proportional, 0 is equal. What one cannot take goes to the others.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.stratum_sample import Floats
from etl_batch.light_dataclass import dataclass

Counts = npt.NDArray[np.int64]
_WEIGHT_OF_NONE = 1e-9  #: of a stratum without deviation, beside the largest: it gets rows when the others are full


def allocate(populations: Mapping[str, int], budget: int, power: float = 0.5, minimum: int = 2) -> dict[str, int]:
    """Rows to sample of each stratum, in the order of `populations`; the order does not change the numbers.

    Args:
        populations: rows of each stratum.
        budget: rows to sample in all; where it exceeds the rows there are, all of them are taken.
        power: q of the rule above.
        minimum: rows to sample of a stratum at least; a smaller stratum is taken whole.

    Raises:
        ValueError: the budget does not reach for the minimum in every stratum, or a number is negative.
    """
    by_name = sorted(populations)
    counts = np.array([populations[name] for name in by_name], dtype=np.int64)
    allocated = dict(zip(by_name, allocate_counts(counts, budget, power, minimum).tolist(), strict=True))
    return {name: allocated[name] for name in populations}


def allocate_counts(counts: Counts, budget: int, power: float = 0.5, minimum: int = 2) -> Counts:
    """`allocate` on arrays: shape (S,) in, shape (S,) out. Ties go to the stratum that comes first.

    Raises:
        ValueError: as `allocate`.
    """
    return share_out(_weighted(counts, power, minimum), budget)


def neyman_counts(counts: Counts, deviations: Floats, budget: int, minimum: int = 2) -> Counts:
    """Rows of each stratum in proportion to N*S (Neyman 1934), which makes the error of the total smallest.

    Where no stratum deviates, in proportion to N.

    Args:
        counts: N, rows of each stratum, shape (S,).
        deviations: S, standard deviation within each stratum, shape (S,).
        budget: rows to sample in all.
        minimum: rows to sample of a stratum at least; a smaller stratum is taken whole.

    Raises:
        ValueError: as `allocate`, or a deviation is negative or not finite.
    """
    if not bool(np.isfinite(deviations).all()) or float(deviations.min(initial=0.0)) < 0:
        raise ValueError("the deviations must be finite and not negative")
    largest = float(deviations.max(initial=0.0))
    relative = deviations / largest if largest > 0 else np.ones(len(counts))
    weights = np.maximum(counts, 1) * np.maximum(relative, _WEIGHT_OF_NONE)
    return share_out(Shares(weights, np.minimum(counts, minimum), counts), budget)


def solve_scale(counts: Counts, budget: int, power: float = 0.5, minimum: int = 2) -> float:
    """The c of the rule above; it never rises when a count grows, up to rounding.

    Where the budget is too small for every minimum it is 0; where it reaches for all rows, the smallest c that takes
    them all.
    """
    return _scale(_weighted(counts, power, minimum), budget)


@dataclass(frozen=True, slots=True)
class Shares:
    """What each stratum should get in relation to the others, and its limits; all of shape (S,)."""

    weights: Floats  #: above 0 wherever `upper` is
    lower: Counts
    upper: Counts

    def at(self, scale: float) -> Floats:
        """The rows of each stratum, not yet whole numbers."""
        return np.clip(scale * self.weights, self.lower, self.upper)


def share_out(shares: Shares, budget: int) -> Counts:
    """Whole numbers in proportion to the weights, within the limits, that add up to the budget (or to all rows).

    Rounding is by largest remainder; equal remainders go to the larger stratum, then to the first.

    Raises:
        ValueError: the lower limits add up to more than the budget.
    """
    needed = int(shares.lower.sum())
    if needed > budget:
        raise ValueError(f"a budget of {budget} rows is too small: the minimum of every stratum takes {needed}")
    if int(shares.upper.sum()) <= budget:
        return shares.upper.copy()
    exact = shares.at(_scale(shares, budget))
    whole = np.floor(exact).astype(np.int64)
    whole = np.clip(whole, shares.lower, shares.upper)
    remainders = np.where(whole < shares.upper, exact - whole, -1.0)
    order = np.lexsort((-shares.upper, -remainders))
    left_over = budget - int(whole.sum())
    whole[order[:left_over]] += 1
    return whole


def _weighted(counts: Counts, power: float, minimum: int) -> Shares:
    if counts.size and int(counts.min()) < 0:
        raise ValueError(f"a stratum has {int(counts.min())} rows; give 0 or more")
    if minimum < 0:
        raise ValueError(f"minimum is {minimum}; give 0 or more")
    return Shares(np.maximum(counts, 1).astype(np.float64) ** power, np.minimum(counts, minimum), counts)


def _scale(shares: Shares, budget: int) -> float:
    """Solve sum(clip(c * weight, lower, upper)) = budget for c; the sum is piecewise linear, with bends at limits."""
    some = shares.upper > 0
    weights, lower, upper = shares.weights[some], shares.lower[some], shares.upper[some]
    if not weights.size or budget <= int(lower.sum()):
        return 0.0
    if budget >= int(upper.sum()):
        return float((upper / weights).max())
    starts, ends = lower / weights, upper / weights
    bends = np.concatenate([starts, ends])
    order = np.argsort(bends, kind="stable")
    bends = bends[order]
    slopes = np.cumsum(np.concatenate([weights, -weights])[order])
    sums = int(lower.sum()) + np.concatenate([[0.0], np.cumsum(slopes[:-1] * np.diff(bends))])
    piece = int(np.searchsorted(np.maximum.accumulate(sums), budget, side="right")) - 1
    left, right = bends[piece], bends[min(piece + 1, len(bends) - 1)]
    free = (starts <= left) & (ends >= right) & (starts < ends)
    if not free.any():
        return float(left)
    # The cumulated sums carry the rounding of all bends before; the piece once found, its equation is solved anew.
    fixed = int(np.where(ends <= left, upper, lower)[~free].sum())
    return float((budget - fixed) / weights[free].sum())
