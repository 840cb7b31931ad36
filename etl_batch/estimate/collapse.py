"""Strata with a single sampled row, or none, take their variance from the stratum nearest in size (collapsed strata).

The totals stay apart: a single row still stands for its own stratum, so that the estimate remains unbiased. Only the
variance is pooled, about the common mean of both strata, so that it contains the difference between them (Cochran 1977,
5A.12). A stratum without a sampled row takes the partner's mean, too. This happens where all its sampled rows were
taken for certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from etl_batch.estimate.moments import Integers, Moments
from etl_batch.estimate.stratum_sample import Floats


@dataclass(frozen=True, slots=True)
class Collapsed:
    """Totals of the unseen and sampled rows with their variances, shape (S,)."""

    totals: Floats
    variances: Floats  #: NaN: not known, since no stratum has two rows to compare
    df: Floats  #: degrees of freedom of each variance; 0: none
    borrowed: Integers  #: strata whose variance is another's


def collapse(moments: Moments, names: Sequence[str]) -> Collapsed:
    """Total and variance of each stratum: N*mean and N(N-n)s^2/n, with what single rows have to borrow.

    Args:
        moments: of the strata.
        names: of the strata; they decide where two are equally near.
    """
    rows, sampled = moments.rows.astype(np.float64), moments.sampled.astype(np.float64)
    some = np.maximum(sampled, 1)
    totals = rows * moments.means
    variances = rows * (rows - sampled) * moments.variances / some
    df = np.where(moments.uncertain, sampled - 1, 0.0).clip(min=0)
    needy = np.flatnonzero(moments.uncertain & (moments.sampled < 2))
    if needy.size:
        single = moments.sampled[needy] == 1
        count, mean, square = _pooled(moments, needy, names)
        df[needy] = np.maximum(count - 1, 0)
        # Unseen rows about the mean of others: that mean is uncertain, and so are the rows.
        spread = np.where(single, rows[needy] - 1, rows[needy] / np.maximum(count, 1) + 1)
        variances[needy] = rows[needy] * spread * square
        totals[needy] = np.where(single, totals[needy], rows[needy] * mean)
    return Collapsed(totals, variances, df, needy)


def _pooled(moments: Moments, needy: Integers, names: Sequence[str]) -> tuple[Floats, Floats, Floats]:
    """For each needy stratum, number, mean and variance of its own row, if any, and those of its partner."""
    rich = np.flatnonzero(moments.sampled >= 2)
    if not rich.size:  # nothing but single rows: all of them together
        singles = moments.means[moments.sampled == 1]
        square = float(singles.var(ddof=1)) if singles.size >= 2 else float("nan")
        alike = (float(singles.size), float(singles.mean()), square)
        count, mean, variance = (np.full(needy.size, figure) for figure in alike)
        return count, mean, variance
    partners = _partners(moments, needy, rich, names)
    n, own = moments.sampled[partners].astype(np.float64), moments.sampled[needy].astype(np.float64)
    apart = own * (moments.means[needy] - moments.means[partners])
    squares = moments.variances[partners] * (n - 1) + apart**2 * n / (n + 1)  # Welford's update
    return n + own, moments.means[partners] + apart / (n + 1), squares / (n + own - 1)


def _partners(moments: Moments, needy: Integers, rich: Integers, names: Sequence[str]) -> Integers:
    """For each needy stratum the rich one that is nearest in size; then the smaller; then the first by name."""
    sizes = moments.rows + moments.certain_rows
    by_size = rich[np.lexsort((np.array(names)[rich], sizes[rich]))]
    ladder, first = np.unique(sizes[by_size], return_index=True)
    above = np.searchsorted(ladder, sizes[needy])
    low, high = np.maximum(above - 1, 0), np.minimum(above, ladder.size - 1)
    lower_is_nearer = np.abs(sizes[needy] - ladder[low]) <= np.abs(ladder[high] - sizes[needy])
    return np.asarray(by_size[first[np.where(lower_is_nearer, low, high)]])
