"""Which units are drawn: a simple random sample without replacement that can be continued."""

from __future__ import annotations

import numpy as np

from etl_batch.file_estimate.contract import Integers

_SHUFFLED_WHOLE = 1 << 20


class Draw:
    """Numbers below `units` in random order. The first k of them are a simple random sample, for every k."""

    def __init__(self, units: int, seed: int) -> None:
        self._units = units
        self._random = np.random.default_rng(np.random.SeedSequence([seed, units]))
        whole = units <= _SHUFFLED_WHOLE
        self._order: Integers = self._random.permutation(units) if whole else np.empty(0, np.int64)
        self.drawn = 0

    def more(self, count: int) -> Integers:
        """The next numbers, as many as asked for, or as there are."""
        count = min(count, self._units - self.drawn)
        while len(self._order) < self.drawn + count:
            self._extend(self.drawn + count)
        found = self._order[self.drawn : self.drawn + count]
        self.drawn += count
        return found

    def _extend(self, wanted: int) -> None:
        """Draw with replacement, and keep what was not met before: in the order of the first meeting."""
        fresh = self._random.integers(0, self._units, max(wanted - len(self._order), len(self._order)) + 1024)
        together = np.concatenate([self._order, fresh])
        _, first = np.unique(together, return_index=True)
        self._order = together[np.sort(first)]
