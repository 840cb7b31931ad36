"""Zones: runs of neighbouring units of a file, from each of which some are drawn.

What lies at one place of a file is then met as often as chance wants it at that place, and not somewhere else. Some
units are read for certain and belong to no zone: the last one, which may be short, and whatever stands out beforehand.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from etl_batch.light_dataclass import dataclass

Integers = npt.NDArray[np.int64]

CERTAIN = -1  #: instead of a zone: read for certain


@dataclass(frozen=True, slots=True)
class Zones:
    """Zones of equal numbers of units, as nearly as can be."""

    units: int  #: of the file
    count: int  #: of zones
    certain: Integers  #: numbers of the units read for certain, in order

    @classmethod
    def of(cls, units: int, count: int, certain: Integers) -> Zones:
        """Not more zones than there are units to be drawn."""
        certain = np.unique(np.asarray(certain, dtype=np.int64))
        return cls(units, max(min(count, units - len(certain)), 1), certain)

    @property
    def drawable(self) -> int:
        """Units that are not read for certain."""
        return self.units - len(self.certain)

    @property
    def populations(self) -> Integers:
        """Units of each zone, shape (count,)."""
        return np.diff(self._bounds())

    def of_drawable(self, places: Integers) -> Integers:
        """The zones of units, from their places among those that are not read for certain."""
        return np.searchsorted(self._bounds(), places, side="right") - 1

    def numbers(self, places: Integers) -> Integers:
        """The numbers in the file of units, from their places among those that are not read for certain."""
        return places + np.searchsorted(self.certain - np.arange(len(self.certain)), places, side="right")

    def of_units(self, numbers: Integers) -> Integers:
        """The zones of units, from their numbers in the file; `CERTAIN` where they are read for certain."""
        before = np.searchsorted(self.certain, numbers)
        zones = self.of_drawable(numbers - before)
        if len(self.certain):
            zones[self.certain[np.minimum(before, len(self.certain) - 1)] == numbers] = CERTAIN
        return zones

    def _bounds(self) -> Integers:
        return np.arange(self.count + 1, dtype=np.int64) * self.drawable // self.count
