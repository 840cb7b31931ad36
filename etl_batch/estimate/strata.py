"""Strata as arrays, and the variance of each one's estimated total (Cochran 1977, ch. 5).

A stratum with one sampled row of several says nothing of its variance: it is united with the stratum whose population
is nearest (collapsed strata; Cochran 1977, 5A.12), for the variance only; a stratum without any takes that mean, too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.moments import Moments, moments_of
from etl_batch.estimate.stratum_sample import StratumSample
from etl_batch.light_dataclass import dataclass

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Strata:
    """Of each stratum, shape (strata,), certain rows left out of all but `certain`."""

    names: tuple[str, ...]
    populations: npt.NDArray[np.int64]
    moments: Moments  #: of its own sample
    certain: Floats  #: sum over the rows taken for certain
    certain_rows: npt.NDArray[np.int64]
    totals: Floats  #: estimated, certain rows included
    variances: Floats  #: of the estimated total; 0 of a census
    third: Floats  #: third central moment of the estimated total
    largest: Floats  #: the largest part of the variance that one row supplies
    df: Floats  #: degrees of freedom of the variance; 0: it is not known
    collapsed: tuple[str, ...]  #: names of the strata that were united with another

    @property
    def is_census(self) -> npt.NDArray[np.bool_]:
        """Whether every row was seen."""
        return np.asarray(self.moments.n >= self.populations)

    @property
    def rows_sampled(self) -> npt.NDArray[np.int64]:
        """Rows seen, certain ones included."""
        return np.asarray(self.moments.n + self.certain_rows)


def strata_of(samples: Sequence[StratumSample]) -> Strata:
    """The estimated total of each stratum and what is known of its error.

    Raises:
        ValueError: more sampled rows than there are, or a value that is no finite number.
    """
    certain_rows = np.array([len(sample.certain) for sample in samples], dtype=np.int64)
    populations = np.array([sample.population for sample in samples], dtype=np.int64) - certain_rows
    size = populations.astype(np.float64)  # products of populations may be larger than any integer of 64 bits
    own = moments_of([np.asarray(sample.values, dtype=np.float64) for sample in samples])
    certain = np.zeros(len(samples))
    for place in np.flatnonzero(certain_rows).tolist():
        certain[place] = np.sum(samples[place].certain)
    if np.any(own.n > populations):
        name = samples[int(np.argmax(own.n - populations))].name
        raise ValueError(f"the sample of stratum {name!r} is larger than its population")
    if not (np.isfinite(own.total).all() and np.isfinite(certain).all()):
        raise ValueError("a value is not a finite number")
    used, partners = _with_partners(samples, populations, own)
    n = np.maximum(own.n, 1)
    share = np.where(own.n > 0, own.n / np.maximum(populations, 1), 0.0)
    variances = np.where(own.n < populations, size * (size - n) * used.variance / n, 0.0)
    expansion = size / n
    spread = size * (size - n) / (n * np.maximum(used.n - 1, 1.0))
    return Strata(
        names=tuple(sample.name for sample in samples),
        populations=populations,
        moments=own,
        certain=certain,
        certain_rows=certain_rows,
        totals=np.where(own.n < populations, size * np.where(own.n > 0, own.mean, used.mean), own.total) + certain,
        variances=np.maximum(variances, 0.0),
        third=np.where(own.n < populations, expansion**3 * n * used.third * (1 - share) * (1 - 2 * share), 0.0),
        largest=np.where(own.n < populations, spread * used.farthest, 0.0),
        df=np.where((own.n < populations) & (used.n > 1), used.n - 1.0, 0.0),
        collapsed=tuple(samples[at].name for at in partners),
    )


def _with_partners(
    samples: Sequence[StratumSample], populations: npt.NDArray[np.int64], own: Moments
) -> tuple[Moments, list[int]]:
    """Moments in which strata that know nothing of their variance share those of a union; which strata those are."""
    lone = np.flatnonzero((own.n < 2) & (own.n < populations))
    sampled = np.flatnonzero(own.n > 0)
    if not len(lone):
        return own, []
    union: dict[int, list[int]] = {}
    by_size = sampled[np.lexsort((np.array([samples[at].name for at in sampled.tolist()]), populations[sampled]))]
    sizes = populations[by_size]
    for at in lone.tolist():
        nearest = _nearest(by_size, sizes, int(populations[at]), at)
        union[at] = [at] if nearest is None else [at, nearest]
    pooled = moments_of([np.concatenate([samples[member].values for member in members]) for members in union.values()])
    merged = {}
    for field in ("n", "total", "mean", "variance", "third", "farthest"):
        whole = getattr(own, field).copy()
        whole[lone] = getattr(pooled, field)
        merged[field] = whole
    return Moments(**merged), list(union)


def _nearest(by_size: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], size: int, at: int) -> int | None:
    """The other stratum with any sample whose population is nearest; of two, the smaller one."""
    place = int(np.searchsorted(sizes, size))
    around = [rank for rank in range(max(place - 2, 0), min(place + 3, len(by_size))) if by_size[rank] != at]
    if not around:
        return None
    return int(by_size[min(around, key=lambda rank: abs(int(sizes[rank]) - size))])
