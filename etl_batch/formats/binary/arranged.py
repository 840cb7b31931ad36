"""Records laid out side by side, and what is wrong with those that could not be."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.records import Records
from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Arranged:
    """Those of some records that have a length that their layout allows."""

    records: Records
    kept: npt.NDArray[np.int64] | None  #: which they are among all; None: all
    reasons: dict[int, str]  #: what is wrong with the others, by their numbers

    @property
    def places(self) -> npt.NDArray[np.int64]:
        """Which they are among all."""
        return np.arange(self.records.rows) if self.kept is None else self.kept
