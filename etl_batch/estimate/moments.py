"""Counts, means and central moments of many samples at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from etl_batch.light_dataclass import dataclass

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Moments:
    """Of each sample; every array has shape (samples,)."""

    n: npt.NDArray[np.int64]
    total: Floats
    mean: Floats  #: 0 of an empty sample
    variance: Floats  #: divisor n - 1; 0 where n < 2
    third: Floats  #: unbiased third central moment; 0 where n < 3
    farthest: Floats  #: largest squared distance from the mean


def moments_of(samples: Sequence[Floats]) -> Moments:
    """The moments of each sample, from its values' distances to their mean; not finite where a value is not.

    The mean of equal values is that value: what rounding makes of their sum would pass for a difference among them.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        return _moments_of(samples)


def _moments_of(samples: Sequence[Floats]) -> Moments:
    n = np.array([len(sample) for sample in samples], dtype=np.int64)
    values = np.concatenate([*samples, np.empty(0)])
    some = n > 0
    starts = (np.cumsum(n) - n)[some]

    def reduced(ufunc: np.ufunc, of: Floats) -> Floats:
        found = np.zeros(len(n))
        if len(starts):
            found[some] = ufunc.reduceat(of, starts)
        return found

    total = reduced(np.add, values)
    lowest, highest = reduced(np.minimum, values), reduced(np.maximum, values)
    mean = np.where(lowest == highest, lowest, total / np.maximum(n, 1))
    distance = values - np.repeat(mean, n)
    squared = distance * distance
    degrees = np.maximum(n - 1, 1)
    third = reduced(np.add, squared * distance) * n / (degrees * np.maximum(n - 2, 1))
    return Moments(
        n=n,
        total=total,
        mean=mean,
        variance=np.where(n > 1, reduced(np.add, squared) / degrees, 0.0),
        third=np.where(n > 2, third, 0.0),
        farthest=reduced(np.maximum, squared),
    )
