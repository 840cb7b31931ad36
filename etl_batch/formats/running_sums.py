"""Where a kernel adds up a measure block by block, for strata that stay from span to span."""

from __future__ import annotations

from dataclasses import field

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.exact_sums import Index, Sums, Unit
from etl_batch.formats.column_sums import FLOATS, unit_of
from etl_batch.kernels.columns import Column, Kind
from etl_batch.kernels.sample_rows import FLOAT_LIMBS
from etl_batch.light_dataclass import dataclass

#: strata for each of which there is room for floats of any size; of more, sums are made in a pass of their own
MOST_SUMMED = 4096
_WHOLE_LIMBS = {Kind.I64: 2, Kind.U64: 2, Kind.DECIMAL_64: 2, Kind.DECIMAL_128: 4}  #: others: one


@dataclass(slots=True)
class RunningSums:
    """The sums of one measure, as `kernels.sample_rows` adds them up; all zeros before a span."""

    kind: Kind
    unit: Unit
    limbs: npt.NDArray[np.int64] = field(init=False)  #: shape (room, limbs)
    most: npt.NDArray[np.float64] = field(init=False)  #: shape (room,)
    odd: npt.NDArray[np.int64] = field(init=False)  #: shape (room,)

    def __post_init__(self) -> None:
        limbs = FLOAT_LIMBS if self.kind in FLOATS else _WHOLE_LIMBS.get(self.kind, 1)
        self.limbs = np.zeros((0, limbs), np.int64)
        self.most, self.odd = np.empty(0), np.empty(0, np.int64)

    @classmethod
    def of(cls, column: Column, room: int) -> RunningSums:
        """None so far, of a column of numbers."""
        made = cls(column.kind, unit_of(column))
        made.grow(room)
        return made

    def can_go_on(self, column: Column) -> bool:
        """Whether another span's values are of the same unit."""
        return column.kind is self.kind and unit_of(column) == self.unit

    def grow(self, room: int) -> None:
        """Make room for so many strata."""
        more = room - len(self.most)
        self.limbs = np.concatenate([self.limbs, np.zeros((more, self.limbs.shape[1]), np.int64)])
        self.most = np.concatenate([self.most, np.full(more, -np.inf)])
        self.odd = np.concatenate([self.odd, np.zeros(more, np.int64)])

    def line(self) -> tuple[int, int, int, int]:
        """As the kernel takes it; see `sample_rows.LIMBS_AT`."""
        return self.limbs.ctypes.data, self.limbs.shape[1], self.most.ctypes.data, self.odd.ctypes.data

    def take(self, strata: Index, places: Index, count: int) -> Sums:
        """The sums of a span, which are zeros again afterwards.

        Args:
            strata: shape (n,): those that have rows.
            places: shape (n,): where the sums of each of them come.
            count: how many strata there are then.
        """
        rows = slice(0, int(strata.max(initial=-1)) + 1)
        first, stop = 0, self.limbs.shape[1]
        if self.kind in FLOATS:  # only what lies between the smallest value and the largest; `settled` carries beyond
            used = np.flatnonzero(self.limbs[rows].any(axis=0))
            first, stop = (int(used[0]), int(used[-1]) + 1) if len(used) else (0, 1)
        limbs = self.limbs[rows, first:stop]
        found = Sums(self.unit, first, limbs[strata], self.most[strata], self.odd[strata]).spread(places, count)
        limbs[:], self.most[rows], self.odd[rows] = 0, -np.inf, 0
        return found

    def forget(self) -> None:
        """Nothing was added up."""
        self.limbs[:], self.most[:], self.odd[:] = 0, -np.inf, 0
