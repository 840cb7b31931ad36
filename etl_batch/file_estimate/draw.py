"""Which units are drawn, in an order that can be continued: some for certain, then one more of each zone in turn."""

from __future__ import annotations

import numpy as np

from etl_batch.estimate.zones import Zones
from etl_batch.formats.units.unit import Integers

_SHUFFLED_WHOLE = 1 << 20
_MORE = 1.25  #: times as many places are drawn as it takes: the zones do not get equally many


class Draw:
    """Numbers of units. However many are taken, those of each zone are a simple random sample of it.

    Places are drawn over the whole file; those of one zone keep their order, and each zone gives its next one in turn.
    """

    def __init__(self, zones: Zones, seed: int) -> None:
        self._zones = zones
        self._random = np.random.default_rng(np.random.SeedSequence([seed, zones.units]))
        whole = zones.drawable <= _SHUFFLED_WHOLE
        self._places: Integers = self._random.permutation(zones.drawable) if whole else np.empty(0, np.int64)
        self._order: Integers = zones.certain
        self._sure = len(zones.certain)  #: of the order that no more places can change
        self.drawn = 0
        if whole:
            self._in_turn()

    def more(self, count: int) -> Integers:
        """The next numbers, as many as asked for, or as there are."""
        count = min(count, self._zones.units - self.drawn)
        while self._sure < self.drawn + count:
            self._extend(int(_MORE * (self.drawn + count)) + 16 * self._zones.count)
        found = self._order[self.drawn : self.drawn + count]
        self.drawn += count
        return found

    def _extend(self, wanted: int) -> None:
        """Draw with replacement, and keep what was not met before: in the order of the first meeting."""
        fresh = self._random.integers(0, self._zones.drawable, max(wanted - len(self._places), len(self._places) // 4))
        together = np.concatenate([self._places, fresh])
        _, first = np.unique(together, return_index=True)
        self._places = together[np.sort(first)]
        self._in_turn()

    def _in_turn(self) -> None:
        """The order in which each zone gives one; as far as every zone has enough."""
        zone = self._zones.of_drawable(self._places)
        by_zone = np.argsort(zone, kind="stable")
        counts = np.bincount(zone, minlength=self._zones.count)
        turn = np.empty(len(zone), np.int64)
        turn[by_zone] = np.arange(len(zone)) - np.repeat(np.cumsum(counts) - counts, counts)
        order = np.lexsort((zone, turn))
        left = self._zones.populations > counts
        complete = int(counts[left].min()) if left.any() else len(zone)  # turns in which every zone that can gives one
        self._sure = len(self._zones.certain) + int(np.count_nonzero(turn < complete))
        self._order = np.concatenate([self._zones.certain, self._zones.numbers(self._places[order])])
