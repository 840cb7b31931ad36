"""What the estimators are given: the sample of one stratum, for one measure."""

from __future__ import annotations

from dataclasses import field

import numpy as np
import numpy.typing as npt

from etl_batch.light_dataclass import dataclass

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StratumSample:
    """A simple random sample without replacement of one stratum, and the rows that were taken for certain.

    A null value of the measure counts as 0 towards a total, as in SQL's SUM.
    """

    name: str
    population: int  #: rows of the stratum, certain ones included
    values: Floats  #: shape (n,): of the sampled rows, certain ones left out
    certain: Floats = field(default_factory=lambda: np.empty(0))  #: shape (k,): of the rows taken for certain
