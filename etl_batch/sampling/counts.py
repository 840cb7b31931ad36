"""How many rows of each stratum were seen, by one worker or by all; and what follows for the rows that may be drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.stratum_names import OTHER_KEY, Hashes
from etl_batch.light_dataclass import dataclass
from etl_batch.sampling.plan import MINIMUM, SamplePlan
from etl_batch.sampling.strata_totals import united
from etl_batch.sampling.thresholds import Limits, limit_of_all, limits_of, scale_bound, smallest_shared

_BEYOND_ALL = 2.0**62  #: rows that no stratum has
MOST_HINTED = 4096  #: strata; to send more to a worker with each span would cost more than the rows it may forget


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows seen of each stratum: no more than there are in the end."""

    keys: Hashes  #: shape (strata,): ascending
    rows: npt.NDArray[np.int64]  #: shape (strata,)

    def plus(self, keys: Hashes, rows: npt.NDArray[np.int64], most: int) -> Counts:
        """With more rows; strata beyond `most` are united, as `StrataTotals.limited` does."""
        both = united(self.keys, keys)
        summed = np.zeros(len(both), dtype=np.int64)
        summed[np.searchsorted(both, self.keys)] = self.rows
        summed[np.searchsorted(both, keys)] += rows
        if len(both) - bool(both[-1] == OTHER_KEY) > most:
            summed = np.append(summed[:most], summed[most:].sum())
            both = np.append(both[:most], OTHER_KEY)
        return Counts(both, summed)

    def highest(self, other: Counts) -> Counts:
        """Of two counts of the same rows, each as low as it may be, the higher one of each stratum."""
        if not len(other.keys):
            return self
        both = united(self.keys, other.keys)
        rows = np.zeros(len(both), dtype=np.int64)
        rows[np.searchsorted(both, self.keys)] = self.rows
        places = np.searchsorted(both, other.keys)
        rows[places] = np.maximum(rows[places], other.rows)
        return Counts(both, rows)

    def is_crowded(self, plan: SamplePlan) -> bool:
        """Whether the least numbers of rows take more than the budget: then small strata keep hardly any others."""
        return int(np.minimum(self.rows, MINIMUM).sum()) >= plan.budget

    def limits(self, plan: SamplePlan, keys: Hashes) -> Limits:
        """The largest priorities that may still be drawn of some strata, all of which are counted here.

        Args:
            plan: the sample.
            keys: shape (n,): the strata.
        """
        return self._of(keys, limits_of(self.rows, self._scale(plan), self._rate(plan)))

    def limits_beyond_least(self, plan: SamplePlan, keys: Hashes) -> Limits:
        """The same for rows that are not among the least number of their strata.

        Only a stratum that is large enough in the end is given more than that, or one that comes to be united.
        """
        scale = self._scale(plan)
        rows = np.maximum(self.rows, min(smallest_shared(scale), _BEYOND_ALL))
        return np.maximum(self._of(keys, limits_of(rows, scale, 0.0)), np.uint64(limit_of_all(self._rate(plan))))

    def _rate(self, plan: SamplePlan) -> float:
        return plan.rate_bound(int(self.rows.sum()))

    def _scale(self, plan: SamplePlan) -> float:
        return scale_bound(self.rows, plan.coming(int(self.rows.sum())), plan.budget, plan.max_strata)

    def _of(self, keys: Hashes, every: Limits) -> Limits:
        """Of what each stratum has, that of some strata."""
        places = np.searchsorted(self.keys, keys)
        last = len(self.keys) - 1
        places = np.where(self.keys[np.minimum(places, last)] == keys, places, last)  # no longer apart: in (other)
        found: Limits = every[places]
        return found


@dataclass(frozen=True, slots=True)
class Hint:
    """The rows of all spans so far, sent to a worker, which may then forget rows sooner. No result depends on it."""

    counts: Counts


def no_counts() -> Counts:
    """Of nothing seen."""
    return Counts(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64))
