"""Sums, means, variances and third moments of all strata at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.stratum_sample import Floats, StratumSample

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """The samples of S strata as arrays; of shape (S,) where nothing else is said.

    All values are divided by `scale`, a power of two, so that no square and no cube leaves the range of floats.
    """

    rows: Integers  #: N', rows that were not taken for certain
    sampled: Integers  #: n', sampled ones among them
    certain_rows: Integers
    certain_sums: Floats
    sums: Floats  #: of the sampled values
    means: Floats  #: of the sampled values; 0 where there is none
    variances: Floats  #: s^2 of the sampled values (n' - 1 in the denominator); 0 where n' < 2
    third: Floats  #: unbiased third central moment k3; 0 where n' < 3
    values: Floats  #: of all sampled rows, shape (n,)
    stratum_of: Integers  #: of each sampled row, shape (n,)
    scale: float
    lowest: float  #: of all values seen, certain ones included; 0 where there is none
    not_finite: int  #: values that are NaN or infinite; they count as 0

    @property
    def uncertain(self) -> npt.NDArray[np.bool_]:
        """Strata with rows that nobody has seen, shape (S,)."""
        return self.rows > self.sampled

    @property
    def observed_sum(self) -> float:
        """The sum of all values seen."""
        return math.fsum([*self.sums, *self.certain_sums])


def moments_of(strata: Sequence[StratumSample]) -> Moments:
    """Gather the strata.

    Raises:
        ValueError: a stratum has more sampled than existing rows, or rows but no stratum at all has a sampled one.
    """
    sampled, values = _joined([stratum.values for stratum in strata])
    certain_rows, certain = _joined([stratum.certain for stratum in strata])
    rows = np.array([stratum.population for stratum in strata], dtype=np.int64) - certain_rows
    _check(strata, rows, sampled)
    not_finite = int(values.size - np.isfinite(values).sum() + certain.size - np.isfinite(certain).sum())
    values, certain, scale = _scaled(values, certain)
    stratum_of = np.repeat(np.arange(len(strata)), sampled)
    sums = _sums(values, stratum_of, len(strata))
    means = sums / np.maximum(sampled, 1)
    deviations = values - means[stratum_of]
    deviations[_constant(values, sampled)[stratum_of]] = 0.0  # no rounding error may pass for a variance
    return Moments(
        rows=rows,
        sampled=sampled,
        certain_rows=certain_rows,
        certain_sums=_sums(certain, np.repeat(np.arange(len(strata)), certain_rows), len(strata)),
        sums=sums,
        means=means,
        variances=_sums(deviations**2, stratum_of, len(strata)) / np.maximum(sampled - 1, 1),
        third=_third(_sums(deviations**3, stratum_of, len(strata)), sampled),
        values=values,
        stratum_of=stratum_of,
        scale=scale,
        lowest=min(values.min(initial=np.inf), certain.min(initial=np.inf)) if values.size + certain.size else 0.0,
        not_finite=not_finite,
    )


def _joined(parts: Sequence[Floats]) -> tuple[Integers, Floats]:
    """Lengths of the arrays, and all of them in a row."""
    lengths = np.fromiter(map(len, parts), dtype=np.int64, count=len(parts))
    some = [part for part in parts if len(part)]
    return lengths, np.concatenate(some).astype(np.float64, copy=False) if some else np.empty(0)


def _check(strata: Sequence[StratumSample], rows: Integers, sampled: Integers) -> None:
    wrong = np.flatnonzero(sampled > rows)
    if wrong.size:
        first = strata[int(wrong[0])]
        seen = len(first.values) + len(first.certain)
        raise ValueError(f"stratum {first.name!r} has {first.population} rows, but {seen} were sampled")
    if int(sampled.sum()) == 0 and int(rows.sum()) > 0:
        raise ValueError(f"nothing was sampled of {int(rows.sum())} rows; their total cannot be estimated")


def _scaled(values: Floats, certain: Floats) -> tuple[Floats, Floats, float]:
    """Values that are no numbers become 0, the others are divided by a power of two above their largest."""
    values, certain = (np.where(np.isfinite(some), some, 0.0) for some in (values, certain))
    largest = max(float(np.abs(values).max(initial=0.0)), float(np.abs(certain).max(initial=0.0)))
    exponent = math.frexp(largest)[1] if largest > 0 else 0
    exponent = min(max(exponent, -1000), 1023)  # the scale itself must be a plain float
    return np.ldexp(values, -exponent), np.ldexp(certain, -exponent), math.ldexp(1.0, exponent)


def _sums(values: Floats, stratum_of: Integers, strata: int) -> Floats:
    return np.bincount(stratum_of, weights=values, minlength=strata).astype(np.float64, copy=False)


def _constant(values: Floats, sampled: Integers) -> npt.NDArray[np.bool_]:
    """Strata all of whose sampled values are equal, shape (S,)."""
    firsts = np.cumsum(sampled) - sampled
    first = np.zeros(len(sampled))
    some = sampled > 0
    first[some] = values[firsts[some]]
    differ = values != np.repeat(first, sampled)
    differing = np.bincount(np.repeat(np.arange(len(sampled)), sampled)[differ], minlength=len(sampled))
    return np.asarray(differing == 0)


def _third(cubes: Floats, sampled: Integers) -> Floats:
    n = sampled.astype(np.float64)
    return np.where(sampled >= 3, cubes * n / np.maximum((n - 1) * (n - 2), 1.0), 0.0)
