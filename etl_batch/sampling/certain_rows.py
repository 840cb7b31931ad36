"""The rows of the largest values of a measure, which are taken for certain; ties are settled by input and row."""

from __future__ import annotations

from dataclasses import field

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.exact_sums import Index
from etl_batch.light_dataclass import dataclass

_LOOKED_AT = 8  #: times as many sizes as are wanted are sorted first


def largest(sizes: npt.NDArray[np.float64], source: Index, row: npt.NDArray[np.uint64], most: int) -> Index:
    """The places of the `most` largest sizes above 0, the earlier row first where two are equal, in that order.

    Args:
        sizes: shape (n,): values without their sign; what is not finite is never among them.
        source: shape (n,): which input.
        row: shape (n,): which row of it.
        most: how many.
    """
    if not most:
        return np.empty(0, dtype=np.int64)
    places = _large_enough(sizes, most)
    if len(places) > most:
        found = sizes[places]
        least = np.sort(found)[-most]  # `np.partition` takes ten times as long where many are equal
        tied = places[found == least]
        places = places[found > least]
        places = np.append(places, tied[np.lexsort((row[tied], source[tied]))[: most - len(places)]])
    return places[np.lexsort((row[places], source[places], -sizes[places]))]


def _large_enough(sizes: npt.NDArray[np.float64], most: int) -> Index:
    """Places among which the `most` largest sizes above 0 are, ascending, and mostly not many others."""
    places: Index = np.flatnonzero((sizes > 0) & (sizes < np.inf)).astype(np.int64)
    while (step := len(places) // (_LOOKED_AT * most)) > 1:
        found = sizes[places]
        fewer = places[found >= np.sort(found[::step])[-most]]  # what `most` of some reach, `most` of all do
        if len(fewer) == len(places):
            break  # all the same
        places = fewer
    return places


@dataclass(slots=True)
class Largest:
    """The largest rows of one measure so far."""

    most: int
    sizes: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    source: Index = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    row: npt.NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, dtype=np.uint64))

    def add(self, sizes: npt.NDArray[np.float64], source: Index, row: npt.NDArray[np.uint64]) -> None:
        """Take some more rows into account."""
        if not len(sizes):
            return
        sizes = np.concatenate([self.sizes, sizes])
        source = np.concatenate([self.source, source])
        row = np.concatenate([self.row, row])
        kept = largest(sizes, source, row, self.most)
        self.sizes, self.source, self.row = sizes[kept], source[kept], row[kept]

    def threshold(self, source: int) -> tuple[float, int]:
        """What a row of an input must exceed: a size, or as large a one with an id below the second number."""
        if not self.most:
            return float("inf"), 0
        if len(self.sizes) < self.most:
            return 0.0, 0
        last = int(self.source[-1])
        tie = 0 if source > last else 2**64 - 1 if source < last else int(self.row[-1])
        return float(self.sizes[-1]), tie
