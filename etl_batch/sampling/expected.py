"""Which priorities will hardly be drawn, as rows from all over the inputs have it, before the pass begins.

What follows from the rows seen so far (`thresholds`) holds whatever is still to come. So of the first spans many times
as many rows are kept as are drawn of them. Most inputs are much the same everywhere: rows of a few places tell how
large the strata will be, and beyond that no row is kept. Nothing is believed of it: where a stratum is short of rows in
the end, which `draw` sees, the job is done again without.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.stratum_names import Hashes
from etl_batch.light_dataclass import dataclass
from etl_batch.sampling.counts import MOST_HINTED
from etl_batch.sampling.packing import Packed, pack
from etl_batch.sampling.plan import MINIMUM, POWER, SamplePlan
from etl_batch.sampling.thresholds import Limits, limits_of, scale_bound

_ALL = 2**64 - 1
_DOUBTS = 3.0  #: standard errors that strata may be smaller, and the scale larger, than the places have it
_MOST_DOUBT = 0.5  #: of the scale; beyond, nothing is expected
_EXPECTED = "expected"
_FEWEST_PLACES = 32  #: of which rows were told


@dataclass(frozen=True, slots=True)
class Glimpsed:
    """The rows of some places of the inputs."""

    keys: Hashes  #: shape (strata,): ascending
    rows: npt.NDArray[np.int64]  #: shape (places, strata)
    bytes: int  #: that they took


@dataclass(frozen=True, slots=True)
class Expected:
    """The largest priorities that are expected to be drawn."""

    keys: Hashes  #: shape (strata,): ascending; of all others nothing is expected
    limits: Limits  #: shape (strata,)

    def of(self, keys: Hashes) -> Limits:
        """Those of some strata."""
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        found: Limits = np.where(self.keys[places] == keys, self.limits[places], np.uint64(_ALL))
        return found

    def packed(self) -> bytes:
        """As it lies in the side file, in front of what the spans add."""
        return pack(Packed({_EXPECTED: len(self.keys)}, {"keys": self.keys, "limits": self.limits}))

    @classmethod
    def of_packed(cls, packed: Packed) -> Expected | None:
        """What `packed` made; None: this is something else."""
        if _EXPECTED not in packed.values:
            return None
        return cls(packed.arrays["keys"].copy(), packed.arrays["limits"].copy())


def expected(plan: SamplePlan, glimpsed: Sequence[Glimpsed], whole: int) -> Expected | None:
    """What is to be expected of the whole; None: nothing.

    The places must be drawn at random, from parts of the whole that are of one size. Each count is then a mean with a
    standard error, as is what all strata together take of the budget (by the first terms of its series).

    Args:
        plan: of the sample.
        glimpsed: what was seen.
        whole: bytes of all inputs.
    """
    keys, places = _together(glimpsed)
    seen = sum(part.bytes for part in glimpsed)
    if len(places) < _FEWEST_PLACES or not seen or not 0 < len(keys) <= MOST_HINTED:
        return None
    mean, error = places.mean(axis=0), _error(places)
    taken = mean**POWER
    doubt = _DOUBTS * float(_error(places @ (POWER * mean ** (POWER - 1)))) / float(taken.sum())
    rows = places.sum(axis=0) * (whole / seen)
    if doubt > _MOST_DOUBT or np.minimum(rows, MINIMUM).sum() >= plan.budget:
        return None
    fewer = np.floor(rows * (1 - doubt) ** (1 / POWER)).astype(np.int64)
    scale = scale_bound(fewer, 0, plan.budget, plan.max_strata)
    at_least = np.floor(rows * np.maximum(1 - _DOUBTS * error / mean, 0.0)).astype(np.int64)
    limits = limits_of(at_least, scale, 0.0)
    told = np.flatnonzero(limits < _ALL)
    return Expected(keys[told], limits[told]) if len(told) else None


def _together(glimpsed: Sequence[Glimpsed]) -> tuple[Hashes, npt.NDArray[np.float64]]:
    """All strata, and the rows of each place, shape (places, strata)."""
    keys: Hashes = np.unique(np.concatenate([np.empty(0, np.uint64), *(part.keys for part in glimpsed)]))
    every = np.zeros((sum(len(part.rows) for part in glimpsed), len(keys)))
    first = 0
    for part in glimpsed:
        every[first : first + len(part.rows), np.searchsorted(keys, part.keys)] = part.rows
        first += len(part.rows)
    return keys, every


def _error(places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The standard error of the mean of each column."""
    found: npt.NDArray[np.float64] = places.std(axis=0, ddof=1) / np.sqrt(len(places))
    return found
