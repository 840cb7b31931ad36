"""Which priorities may still be drawn, from what was counted so far.

The sample's final scale c solves `sum over strata of clamp(c * N^q, minimum, N) = budget + sum of min(N, minimum)`.
Long before the counts N are final, c is bounded: what a stratum takes of the budget never falls as it grows. The rows
still to come raise the sum least if as many of them as can be add nothing, being in strata too small for more than
their minimum, and all others join the largest stratum, for there `c * N^q` is flattest. Against that bound a row is
held; the rate it allows never rises as counts grow, so a row beyond it can be forgotten at once.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from etl_batch.light_dataclass import dataclass
from etl_batch.sampling.plan import MINIMUM, POWER

Counts = npt.NDArray[np.int64]
Limits = npt.NDArray[np.uint64]

#: A binomial of mean k + 7 sqrt(k) + 20 falls below k with a probability of 1e-11 at most (Chernoff), for any k.
_SLACK, _SLACK_ROWS = 7.0, 20.0
_ALL = 2**64 - 1
_CLOSE = 1.001  #: a bound that is looser by so much lets hardly more rows pass
_NO_BUDGET = 1e-9  #: of which no row can be drawn
#: The fewest rows that (other) draws by its share, and the share that is rounded up to them.
_FEW_DRAWN, _FEW_SHARED = MINIMUM + 1.0, MINIMUM + 0.5


def scale_bound(counts: Counts, coming: int, budget: int, most_strata: int) -> float:
    """What the final scale is not above; infinity where all rows may be drawn.

    Args:
        counts: shape (strata,): rows seen of each; strata not seen yet have none.
        coming: rows that will certainly come, in whichever strata.
        budget: rows to be drawn beside the minimum of each stratum.
        most_strata: so many there may come to be.
    """
    seen = np.sort(counts[counts > 0]).astype(np.float64)
    if not len(seen):
        return float("inf")
    roots = seen**POWER
    least = _LeastTaken(seen[:-1], roots[:-1], float(seen[-1]), coming, most_strata)
    above = float(np.sqrt(seen[-1] + coming))
    if least.at(above) <= budget:
        return float("inf")
    below = max(budget, _NO_BUDGET) / (float(roots[:-1].sum()) + float(seen[-1] + coming) ** POWER)  # none takes less
    while above > below * _CLOSE:
        middle = min(2 * below, math.sqrt(above * below))
        if least.at(middle) > budget:
            above = middle
        else:
            below = middle
    return above


def smallest_shared(scale: float) -> float:
    """The rows from which on a stratum is drawn more of than the minimum."""
    return float((MINIMUM / scale) ** (1 / POWER)) if scale > 0 else float("inf")


@dataclass(frozen=True, slots=True)
class _LeastTaken:
    """What all strata together take of the budget, at the least, once all rows are here."""

    rows: npt.NDArray[np.float64]  #: shape (strata - 1,): of all but the largest stratum
    roots: npt.NDArray[np.float64]  #: shape (strata - 1,): `rows**POWER`
    largest: float  #: rows of the largest one
    coming: int
    most_strata: int

    def at(self, scale: float) -> float:
        """At a scale."""
        hidden = self.most_strata * max(float(MINIMUM), math.ceil(smallest_shared(scale)))
        grown = self.largest + max(self.coming - hidden, 0)
        taken = np.minimum(self.rows, scale * self.roots)
        taken -= np.minimum(self.rows, MINIMUM)
        its = min(grown, scale * float(grown**POWER)) - min(grown, MINIMUM)
        return float(np.maximum(taken, 0.0, out=taken).sum()) + max(its, 0.0)


def limits_of(counts: Counts, scale: float, base_rate: float) -> Limits:
    """The largest priority of each stratum that may still be drawn.

    Args:
        counts: shape (strata,): rows seen of each.
        scale: see `scale_bound`.
        base_rate: share of rows that any stratum may be given, however large it becomes; see `draw`.
    """
    rows = np.maximum(counts, 1).astype(np.float64)
    share = np.minimum(rows, scale * rows**POWER) if np.isfinite(scale) else rows
    wanted = np.maximum(np.maximum(np.minimum(rows, MINIMUM), share), base_rate * rows) + 1
    rate = (wanted + _SLACK * np.sqrt(wanted) + _SLACK_ROWS) / rows
    limits = np.full(len(rows), _ALL, dtype=np.uint64)
    below = rate < 1
    limits[below] = (rate[below] * 2.0**64).astype(np.uint64)
    return limits


def limit_of_all(base_rate: float) -> int:
    """The largest priority that may still be drawn in (other), of whichever stratum a row is by now.

    For a stratum that is given its least number of rows and no more, those of the smallest priorities are enough,
    unless it comes to be united with others. Of N united rows w are drawn, their share by the base rate or the least
    number. If that is the least number, those that each stratum keeps are enough; beyond, the bound on a binomial lets
    the largest priority pass where w is smallest.
    """
    rate = (_FEW_DRAWN + _SLACK * float(np.sqrt(_FEW_DRAWN)) + _SLACK_ROWS) / _FEW_SHARED * base_rate
    return _ALL if rate >= 1 else int(rate * 2.0**64)


def least_of(strata: Counts, priorities: Limits) -> npt.NDArray[np.bool_]:
    """Of each stratum the least number of rows, those of the smallest priorities; shapes (rows,)."""
    found = np.zeros(len(strata), dtype=np.bool_)
    rest = np.arange(len(strata))
    for _ in range(MINIMUM):
        smallest = np.full(int(strata.max(initial=-1)) + 1, _ALL, dtype=np.uint64)
        np.minimum.at(smallest, strata[rest], priorities[rest])
        is_smallest = priorities[rest] == smallest[strata[rest]]
        found[rest[is_smallest]] = True
        rest = rest[~is_smallest]
    return found
