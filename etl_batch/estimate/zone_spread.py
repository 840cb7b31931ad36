"""The variance of totals of units that were drawn from each of some zones (Cochran 1977, 5.4 and 5A.12).

Where what is dense begins or ends within a zone, its few units may all lie on the same side, and differ by nothing.
So each zone is also taken together with its neighbours, which tells of every such edge (collapsed strata), and the
larger of both variances counts. On even files they are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from etl_batch.light_dataclass import dataclass

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_ROUNDING = 1e-12  #: of what was added up: a smaller difference says nothing


@dataclass(frozen=True, slots=True)
class Spread:
    """Of the estimated totals of k measures."""

    variance: Floats  #: shape (k,); NaN: a zone of several units has one read
    df: Floats  #: shape (k,): degrees of freedom (Satterthwaite 1946); 0 where nothing varies
    skewness: Floats  #: shape (k,): Hall's g
    heaviest: Floats  #: shape (k,): the largest part of the variance that one unit alone supplies, 0 to 1

    @classmethod
    def joined(cls, parts: Sequence[Spread]) -> Spread:
        """Of more measures on the same units."""
        names = ("variance", "df", "skewness", "heaviest")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True)
class Drawn:
    """Which units were drawn from which zones."""

    zone: Integers  #: shape (m,), below 0: read for certain
    populations: Integers  #: shape (zones,): units of each zone

    @cached_property
    def counts(self) -> Integers:
        """Units drawn from each zone."""
        return np.bincount(self.zone[self.zone >= 0], minlength=len(self.populations))

    @cached_property
    def weights(self) -> Floats:
        """How many units each stands for, shape (m,)."""
        weights = np.ones(len(self.zone))
        inside = self.zone >= 0
        weights[inside] = (self.populations / np.maximum(self.counts, 1))[self.zone[inside]]
        return weights

    def sums(self, values: Floats) -> Floats:
        """Of each zone: shape (zones, k) from shape (m, k)."""
        found = np.zeros((len(self.populations), *values.shape[1:]))
        some = self.counts > 0
        if some.any():
            starts = (np.cumsum(self.counts) - self.counts)[some]
            found[some] = np.add.reduceat(values[self._by_zone], starts, axis=0)
        return found

    @cached_property
    def _by_zone(self) -> Integers:
        """Places of the units that were drawn, zone by zone."""
        order = np.argsort(self.zone, kind="stable")
        return order[np.count_nonzero(self.zone < 0) :]


def spread_of(drawn: Drawn, values: Floats, scale: Floats) -> Spread:
    """What the totals vary by.

    Args:
        drawn: the units.
        values: shape (m, k): their totals, or what an estimator leaves of them.
        scale: shape (k,): of the absolute values that make up a unit's total; tells what is a rounding error.
    """
    n, population = drawn.counts, drawn.populations.astype(np.float64)
    if np.any((n < 2) & (n < drawn.populations)):
        nothing = np.zeros(values.shape[1])
        return Spread(np.full(values.shape[1], np.nan), nothing, nothing, nothing)
    rows = np.maximum(n, 1)[:, None].astype(np.float64)
    mean = drawn.sums(values) / rows
    distance = np.where((drawn.zone >= 0)[:, None], values - mean[drawn.zone], 0.0)
    distance[np.abs(distance) <= _ROUNDING * np.maximum(np.abs(values), scale)] = 0.0
    squares = drawn.sums(distance**2)
    factor = (population * (population - n))[:, None] / rows
    own = factor * squares / np.maximum(rows - 1, 1)
    chosen = own
    if len(population) > 1:
        paired = factor * _with_neighbours(n[:, None], mean, squares, scale)
        chosen = np.where(paired.sum(axis=0) > own.sum(axis=0), paired, own)
    variance = chosen.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        df = np.nan_to_num(variance**2 / (chosen**2 / np.maximum(rows - 1, 1)).sum(axis=0), nan=0.0, posinf=0.0)
    parts = (factor / np.maximum(rows - 1, 1))[drawn.zone] * distance**2
    heaviest = parts.max(axis=0, initial=0.0) / np.maximum(parts.sum(axis=0), np.finfo(float).tiny)
    return Spread(variance, df, _skewness(drawn, distance, variance), heaviest)


def _with_neighbours(n: Integers, mean: Floats, squares: Floats, scale: Floats) -> Floats:
    """Each zone's variance among its units and those of a neighbour, on average over both neighbours."""
    together = n[:-1] + n[1:]
    apart = np.diff(mean, axis=0)
    apart[np.abs(apart) <= _ROUNDING * np.maximum(np.abs(mean[1:]), scale)] = 0.0
    both = (squares[:-1] + squares[1:] + n[:-1] * n[1:] / together * apart**2) / (together - 1)
    return np.asarray((np.concatenate([both[:1], both]) + np.concatenate([both, both[-1:]])) / 2)


def _skewness(drawn: Drawn, distance: Floats, variance: Floats) -> Floats:
    """Hall's g: the third central moment of the estimated total, over its variance to the power 1.5."""
    n = drawn.counts[:, None].astype(np.float64)
    share = n / np.maximum(drawn.populations, 1)[:, None]
    scale = np.sqrt(np.where(variance > 0, variance, 1.0))
    third = drawn.sums((distance * (drawn.weights[:, None] / scale)) ** 3)
    third = third * n**2 / np.maximum((n - 1) * (n - 2), 1) * (n > 2)
    found = (third * (1 - share) * (1 - 2 * share)).sum(axis=0)
    return np.where(variance > 0, found, 0.0)
