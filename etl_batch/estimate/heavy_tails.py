"""Intervals for skewed totals, and how to tell that they should not be trusted.

Few very large rows make intervals miss. In the order of what it brings: take the largest rows for certain
(`StratumSample.certain`), correct the interval for skewness (Hall 1992), and say so where neither is enough.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.moments import Moments
from etl_batch.estimate.stratum_sample import Floats

TAKE_ALL_ROWS = 500  #: rows of largest |value| to take for certain, for each measure; measured by `make simulate`
SKEWNESS_TO_WARN = 0.25
ROW_SHARE_TO_WARN = 0.1  #: of the variance of the total, supplied by one row
_STEEPEST = 3.0  #: |skewness| / quantile at most: far beyond, the transform would push the interval off the estimate


def third_cumulants(moments: Moments) -> Floats:
    """Third cumulant of the estimated total of each stratum: (N/n)^3 * n * k3 * (1-f)(1-2f), shape (S,)."""
    n = np.maximum(moments.sampled, 1).astype(np.float64)
    fraction = moments.sampled / np.maximum(moments.rows, 1)
    return np.asarray((moments.rows / n) ** 3 * n * moments.third * (1 - fraction) * (1 - 2 * fraction))


def skewness(third: npt.ArrayLike, variance: npt.ArrayLike) -> Floats:
    """g, the skewness of an estimate from its third cumulant and its variance; 0 where the variance is 0."""
    deviation = np.sqrt(np.asarray(variance, dtype=np.float64))
    safe = np.where(deviation > 0, deviation, 1.0)
    return np.where(deviation > 0, np.asarray(third) / safe / safe / safe, 0.0)


def hall_reach(quantile: Floats, skew: Floats) -> tuple[Floats, Floats]:
    """How many standard errors the interval reaches below and above the estimate, both above 0.

    Hall's transform of a studentised mean, turned around: g^-1(x) = (3/g)(cbrt(1 + g(x - g/6)) - 1) at +quantile and
    -quantile (P. Hall, J. R. Statist. Soc. B 54, 1992). For g = 0 both are the quantile itself.

    Args:
        quantile: of the symmetric interval, such as 1.96; any shape.
        skew: g of the estimate, of the same shape.
    """
    g = np.clip(skew, -_STEEPEST * quantile, _STEEPEST * quantile)
    return _inverse(g, quantile), -_inverse(g, -quantile)


def _inverse(g: Floats, x: Floats) -> Floats:
    inner = g * (x - g / 6)
    near = np.abs(inner) < 0.5
    root_less_one = np.where(near, np.expm1(np.log1p(np.where(near, inner, 0.0)) / 3), np.cbrt(1 + inner) - 1)
    flat = np.abs(g) < 1e-12
    return np.where(flat, x, 3 * root_less_one / np.where(flat, 1.0, g))


def largest_row_share(moments: Moments, variance: float) -> float:
    """The share of the variance of the total that the one row that supplies most of it supplies."""
    if not moments.values.size or not variance > 0:
        return 0.0
    n = moments.sampled.astype(np.float64)
    factor = moments.rows * (moments.rows - n) / np.maximum(n * (n - 1), 1.0)
    supplied = factor[moments.stratum_of] * (moments.values - moments.means[moments.stratum_of]) ** 2
    return float(supplied.max()) / variance
