"""Totals from units drawn whole: pages, byte blocks, row groups (Cochran 1977, ch. 5, 6 and 9A).

A unit is drawn whole, so what varies is the totals of units, never the rows within them: rows of one block may be as
alike as they please. Units are drawn from zones of the file (`zones`), some are read for certain. Two estimators stand
to choice: the expansion, sum of weight * b, where units are equally large; else the ratio to their sizes,
X * sum(w b) / sum(w x), whose variance is that of the residuals b - R x. The interval is corrected for skewness (Hall
1992). Where it cannot be trusted, `unit_doubts` says why.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.heavy_tails import hall_bounds
from etl_batch.estimate.quantiles import t_quantile
from etl_batch.estimate.zone_spread import Drawn, Spread, spread_of
from etl_batch.light_dataclass import dataclass

Floats = npt.NDArray[np.float64]

_RATIO_GAIN = (
    0.95  #: standard error of the ratio estimator, as a share of the other's, from which on it is worth its bias
)
_MISFIT = 3.0  #: standard errors that the sizes of the units read may be off what they should be together


@dataclass(frozen=True, slots=True)
class Units:
    """Units that were read: some for certain, the others drawn from zones."""

    name: str  #: of one: record, page, block, row group
    population: int  #: M, all units of the file
    drawn: Drawn
    sizes: Floats  #: shape (m,): of the units read, in `size_name`
    size_name: str  #: bytes or rows
    size_population: float  #: of all units together
    rows: Floats  #: shape (m,): rows of the units read
    rows_population: int | None  #: of the file; None: not known
    #: Whether all units but those read for certain are equally large; None: their sizes show when they are read.
    equal: bool | None

    @property
    def read(self) -> int:
        """How many were read, m."""
        return len(self.sizes)

    @property
    def rows_estimated(self) -> float:
        """Rows of the file, estimated where they are not known."""
        if self.rows_population is not None:
            return float(self.rows_population)
        return math.fsum(self.drawn.weights * self.rows)

    def first(self, count: int) -> Units:
        """Those that were read first, as a sample by itself."""
        if count == self.read:
            return self
        drawn = replace(self.drawn, zone=self.drawn.zone[:count])
        return replace(self, drawn=drawn, sizes=self.sizes[:count], rows=self.rows[:count])


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure on the units that were read; rows outside of the filter count as 0."""

    name: str
    totals: Floats  #: shape (m,)
    squares: float  #: sum of the squared values of all rows read
    matching: int  #: rows within the filter
    nonnegative: bool  #: no value below 0 was met
    tail_index: float | None = None  #: Hill's, of the largest rows; None: too few rows to tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How a total was estimated."""

    name: str  #: in words
    unit: str
    units: int
    units_read: int
    zones: int
    units_certain: int  #: read for certain
    estimator: str  #: expansion, or ratio to bytes or rows
    reason: str  #: why that one
    design_effect: float | None  #: variance beside that of as many rows drawn one by one; None: not known
    skewness: float  #: Hall's g


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEstimate:
    """A total and its interval."""

    total: float
    std_error: float | None  #: None: the variance is not known
    df: float | None  #: None: every unit was read
    low: float | None
    high: float | None
    is_constant: bool  #: nothing varied, although not every unit was read
    heaviest: float  #: the largest part of the variance that one unit alone supplies, 0 to 1
    design: Design


def estimate_units(units: Units, measured: Measured, confidence: float) -> UnitEstimate:
    """The total of a measure, by the better of both estimators."""
    totals = measured.totals[:, None]
    scale = np.array([_scale(measured, units.read)])
    (total,), spread, (estimator, reason) = _estimated(units, totals, scale)
    is_census = units.read == units.population
    if is_census:
        total = math.fsum(measured.totals)
    variance, df, skewness = float(spread.variance[0]), float(spread.df[0]), float(spread.skewness[0])
    is_known = variance > 0 and df > 0
    low = high = float(total) if is_census else None
    if is_known and not is_census:
        low, high = interval(total, variance, skewness, confidence=confidence, df=df)
        if measured.nonnegative:
            low = max(low, min(math.fsum(measured.totals), total))
    return UnitEstimate(
        total=float(total),
        std_error=0.0 if is_census else math.sqrt(variance) if is_known else None,
        df=df if is_known and not is_census else None,
        low=low,
        high=high,
        is_constant=variance == 0 and not is_census,
        heaviest=float(spread.heaviest[0]),
        design=Design(
            name=_design_name(units),
            unit=units.name,
            units=units.population,
            units_read=units.read,
            zones=len(units.drawn.populations),
            units_certain=int(np.count_nonzero(units.drawn.zone < 0)),
            estimator=estimator,
            reason=reason,
            design_effect=_design_effect(units, measured, variance),
            skewness=skewness,
        ),
    )


def interval(total: float, variance: float, skewness: float, *, confidence: float, df: float) -> tuple[float, float]:
    """The bounds by Student's t after Hall's transform.

    Args:
        total: estimated.
        variance: of it, above 0.
        skewness: of it, Hall's g.
        confidence: nominal coverage.
        df: degrees of freedom, above 0.
    """
    return hall_bounds(total, math.sqrt(variance), t_quantile((1 + confidence) / 2, df), skewness)


def estimated_domains(units: Units, totals: Floats, scale: Floats) -> tuple[Floats, Spread]:
    """The totals of k domains and what they vary by.

    Args:
        units: that were read.
        totals: shape (m, k): of the domains in each unit.
        scale: shape (k,), see `spread_of`.
    """
    if units.equal is not False:
        return _expansion(units, totals), spread_of(units.drawn, totals, scale)
    residuals, found = _ratio(units, totals)
    return found, spread_of(units.drawn, residuals, scale)


def _estimated(units: Units, totals: Floats, scale: Floats) -> tuple[Floats, Spread, tuple[str, str]]:
    """The total, what it varies by, and by which estimator, and why."""
    plural, by_size = f"{units.name}s", f"ratio to {units.size_name}"
    if units.equal is not None:
        found, spread = estimated_domains(units, totals, scale)
        name = "expansion" if units.equal else by_size
        return found, spread, (name, f"the {plural} are {'' if units.equal else 'not '}equally large")
    plain = spread_of(units.drawn, totals, scale)
    residuals, by_ratio = _ratio(units, totals)
    ratio = spread_of(units.drawn, residuals, scale)
    gain = math.sqrt(ratio.variance[0] / plain.variance[0]) if plain.variance[0] > 0 else 1.0
    if gain <= _RATIO_GAIN and _sizes_fit(units):
        return by_ratio, ratio, (by_size, f"larger {plural} hold more: {gain:.2f} x the standard error")
    return _expansion(units, totals), plain, ("expansion", f"the {by_size} would gain next to nothing")


def _sizes_fit(units: Units) -> bool:
    """Whether the units read are together as large as they should be; where they are not, large ones were missed."""
    sizes = units.sizes[:, None]
    error = math.sqrt(max(float(spread_of(units.drawn, sizes, np.abs(sizes).max(axis=0)).variance[0]), 0.0))
    return abs(float(_expansion(units, sizes)[0]) - units.size_population) <= _MISFIT * error + 1e-9 * float(
        units.size_population
    )


def _expansion(units: Units, totals: Floats) -> Floats:
    return np.asarray((units.drawn.weights[:, None] * totals).sum(axis=0))


def _ratio(units: Units, totals: Floats) -> tuple[Floats, Floats]:
    """The residuals of the ratio estimator, scaled to the population's size, and its totals.

    Units read for certain are known, and tell nothing of the others.
    """
    certain = units.drawn.zone < 0
    weights = np.where(certain, 0.0, units.drawn.weights)[:, None]
    size = units.size_population - float(units.sizes[certain].sum())
    read = float((weights[:, 0] * units.sizes).sum())
    own = totals[certain].sum(axis=0)
    if read <= 0:
        return totals, own + (weights * totals).sum(axis=0)
    ratio = (weights * totals).sum(axis=0) / read
    return (totals - ratio * units.sizes[:, None]) * (size / read), own + ratio * size


def _scale(measured: Measured, units: int) -> float:
    """What a unit's absolute values add up to, at the most, on average (Cauchy and Schwarz)."""
    return math.sqrt(measured.matching * measured.squares) / max(units, 1)


def _design_name(units: Units) -> str:
    plural, zones = f"{units.name}s", len(units.drawn.populations)
    if units.read == units.population:
        return f"all {plural} read"
    return (
        f"random sample of {plural} from {zones} zones of the file"
        if zones > 1
        else f"simple random sample of {plural}"
    )


def _design_effect(units: Units, measured: Measured, variance: float) -> float | None:
    """The variance beside that of a simple random sample of as many rows."""
    n, population = float(units.rows.sum()), units.rows_estimated
    if not math.isfinite(variance) or n < 2 or population <= n:
        return None
    mean = float(measured.totals.sum()) / n
    spread = max(measured.squares - n * mean * mean, 0.0) / (n - 1)
    simple = population**2 * (1 - n / population) * spread / n
    return variance / simple if simple > 0 else None
