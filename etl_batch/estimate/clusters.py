"""Totals from a simple random sample of units: records, byte blocks, row groups (Cochran 1977, ch. 6, 9 and 9A).

A unit is drawn whole, so what varies is the totals of units, never the rows within them: rows of one block may be as
alike as they please. Two estimators stand to choice, the expansion M * mean(b) and the ratio to the units' sizes,
X * sum(b) / sum(x), whose variance is that of the residuals b - R*x. The interval has m - 1 degrees of freedom and is
corrected for skewness (Hall 1992). Where it cannot be trusted, `doubts` says why.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.quantiles import t_quantile

Floats = npt.NDArray[np.float64]

FEW_UNITS = 30
HEAVY_SHARE = 0.10  #: of the variance, from one unit alone
SKEWED = 0.25  #: Hall's g
HEAVY_TAIL = 2.0  #: Hill's index: with less, the variance itself has no limit
HEAVY_UNITS = 2.4  #: the same, of the totals of units: fewer of them are seen, so that chance has more say
#: From how many units on the interval of totals whose index is below the first number holds whether or not the largest
#: unit was met: found by simulation (`tests.bench.simulate_blocks`). What asks only after the largest unit that was met
#: passes just those samples that lack it, whose totals are too small.
UNITS_FOR_UNEVEN = ((3.0, 800), (4.0, 400), (10.0, 200))
_RATIO_GAIN = (
    0.95  #: standard error of the ratio estimator, as a share of the other's, from which on it is worth its bias
)
_ROWS_FOR_A_TAIL = 100
UNITS_FOR_A_TAIL = 100  #: so many tell what the tail of their totals is


@dataclass(frozen=True, slots=True)
class Units:
    """A simple random sample without replacement of units."""

    name: str  #: of one: record, page, block, row group
    population: int  #: M
    sizes: Floats  #: shape (m,): of the units read, in `size_name`
    size_name: str  #: bytes or rows
    size_population: float  #: of all units together
    rows: Floats  #: shape (m,): rows of the units read
    rows_population: int | None  #: of the file; None: not known

    @property
    def read(self) -> int:
        """How many were read, m."""
        return len(self.sizes)

    @property
    def rows_estimated(self) -> float:
        """Rows of the file, estimated where they are not known."""
        if self.rows_population is not None:
            return float(self.rows_population)
        total = float(self.sizes.sum())
        return float(self.rows.sum()) * self.size_population / total if total > 0 else 0.0


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
    estimator: str  #: expansion, or ratio to bytes or rows
    reason: str  #: why that one
    design_effect: float | None  #: variance beside that of as many rows drawn one by one; None: cannot be told
    skewness: float  #: Hall's g


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEstimate:
    """A total and its interval."""

    total: float
    std_error: float | None  #: None: the variance is not known
    df: float | None  #: None: every unit was read
    low: float | None
    high: float | None
    residuals: Floats  #: shape (m,): what the variance is of
    design: Design


def estimate_units(units: Units, measured: Measured, confidence: float) -> UnitEstimate:
    """The total of a measure, by the better of both estimators."""
    m = units.read
    expansion = measured.totals - measured.totals.mean()
    ratio, ratio_total = _ratio(units, measured.totals)
    estimator, reason = _better(units, expansion, ratio)
    residuals, total = (expansion, units.population * float(measured.totals.mean()))
    if estimator != "expansion":
        residuals, total = ratio, ratio_total
    if m == units.population:
        residuals, total = np.zeros(m), math.fsum(measured.totals)
    variance = _variance(units.population, residuals)
    skewness = hall_skewness(units.population, residuals, variance)
    low = high = None
    if variance is not None and (variance > 0 or m == units.population):
        low, high = interval(total, variance, skewness, confidence=confidence, df=m - 1)
        if measured.nonnegative:
            low = max(low, min(math.fsum(measured.totals), total))
    unknown = variance is None or low is None
    return UnitEstimate(
        total=total,
        std_error=None if unknown or variance is None else math.sqrt(variance),
        df=None if unknown or m == units.population else float(m - 1),
        low=low,
        high=high,
        residuals=residuals,
        design=Design(
            name=f"simple random sample of {units.name}s",
            unit=units.name,
            units=units.population,
            units_read=m,
            estimator=estimator,
            reason=reason,
            design_effect=_design_effect(units, measured, variance),
            skewness=skewness,
        ),
    )


def interval(total: float, variance: float, skewness: float, *, confidence: float, df: float) -> tuple[float, float]:
    """The bounds by Student's t after Hall's transform; a variance of 0 is a census."""
    error = math.sqrt(variance)
    if error == 0:
        return total, total
    t = t_quantile((1 + confidence) / 2, df)
    return total - error * _hall(t, skewness), total - error * _hall(-t, skewness)


def doubts(units: Units, measured: Measured, estimate: UnitEstimate) -> list[str]:
    """Why the interval may not hold as often as it says, in plain words; nothing: no reason was found."""
    m = units.read
    if m == units.population:
        return []
    plural = f"{units.name}s"
    found: list[str] = []
    if m < FEW_UNITS:
        found.append(f"only {m} of {units.population} {plural} were read")
    hits = int(np.count_nonzero(measured.totals))
    if hits < FEW_UNITS <= m:
        found.append(f"only {hits} of the {plural} read hold anything that counts")
    squares = estimate.residuals**2
    everything = float(squares.sum())
    if everything > 0 and float(squares.max()) > HEAVY_SHARE * everything:
        share = 100 * float(squares.max()) / everything
        found.append(f"one {units.name} alone makes {share:.0f} % of the variance")
    if abs(estimate.design.skewness) > SKEWED:
        found.append(f"the totals of the {plural} are very skewed (g = {estimate.design.skewness:.2f})")
    among_units = _tail_of_units(measured.totals)
    if among_units is not None and among_units < HEAVY_UNITS:
        found.append(
            f"few {plural} hold most (Hill's index {among_units:.1f}): those that were not read may decide the total"
        )
    elif among_units is not None and m < (wanted := units_for(among_units)):
        found.append(f"only {m} {plural} were read, and they are so uneven that {wanted} should be")
    if measured.tail_index is not None and measured.tail_index < HEAVY_TAIL:
        found.append(
            f"the values have a heavy tail (Hill's index {measured.tail_index:.1f}): rare rows may decide the total"
        )
    return found


def units_for(among_units: float) -> int:
    """How many units should be read.

    Args:
        among_units: Hill's index of the units' totals.
    """
    return next((units for index, units in UNITS_FOR_UNEVEN if among_units < index), FEW_UNITS)


def tail_index(largest: Floats) -> float | None:
    """Hill's (1975) index of the tail, from the largest absolute values of a sample; None: too few.

    Args:
        largest: the largest absolute values, in any order; about the square root of the sample's size of them.
    """
    values = np.sort(largest[largest > 0])
    if len(values) < math.isqrt(_ROWS_FOR_A_TAIL):
        return None
    spread = float(np.log(values[1:] / values[0]).mean())
    return 1 / spread if spread > 0 else math.inf


def _tail_of_units(totals: Floats) -> float | None:
    """Hill's index of the units' totals: where alike rows lie together, the largest rows read are all of one unit."""
    m = len(totals)
    count = max(math.isqrt(m), min(m // 8, UNITS_FOR_A_TAIL))
    return tail_index(np.partition(np.abs(totals), m - count)[m - count :]) if 0 < count < m else None


def hall_skewness(population: int, residuals: Floats, variance: float | None) -> float:
    """Hall's g of an estimated total: its own skewness, from that of the units, with finite population corrections."""
    m = len(residuals)
    if not variance or m < 3:
        return 0.0
    share = m / population
    centred = residuals - residuals.mean()
    scale = math.sqrt(variance)
    third = float(((centred * (population / m) / scale) ** 3).sum()) * m / ((m - 1) * (m - 2)) * m
    return third * (1 - share) * (1 - 2 * share)


def _hall(value: float, g: float) -> float:
    """The inverse of Hall's cubic transform; the value itself where nothing is skewed."""
    if abs(g) < 1e-6:
        return value
    return 3 / g * (math.cbrt(1 + g * (value - g / 6)) - 1)


def _ratio(units: Units, totals: Floats) -> tuple[Floats, float]:
    """The residuals of the ratio estimator, scaled to the population's mean size, and its total."""
    read = float(units.sizes.sum())
    if read <= 0:
        return np.full(len(totals), math.inf), 0.0
    ratio = float(totals.sum()) / read
    mean_size = units.size_population / units.population
    return (totals - ratio * units.sizes) * (mean_size * units.read / read), ratio * units.size_population


def _better(units: Units, expansion: Floats, ratio: Floats) -> tuple[str, str]:
    plural = f"{units.name}s"
    if float(np.ptp(units.sizes)) == 0:
        return "expansion", f"the {plural} are equally large"
    if units.read < FEW_UNITS or units.population == units.read:
        return f"ratio to {units.size_name}", f"the {plural} are not equally large"
    plain, by_size = float(expansion.std()), float(ratio.std())
    if by_size <= _RATIO_GAIN * plain:
        return f"ratio to {units.size_name}", f"larger {plural} hold more: {by_size / plain:.2f} x the standard error"
    return "expansion", f"the ratio to {units.size_name} would gain next to nothing"


def _variance(population: int, residuals: Floats) -> float | None:
    """M^2 (1 - m/M) s^2 / m; None: one unit of several was read."""
    m = len(residuals)
    if m == population:
        return 0.0
    if m < 2:
        return None
    return population**2 * (1 - m / population) * float(residuals.var(ddof=1)) / m


def _design_effect(units: Units, measured: Measured, variance: float | None) -> float | None:
    """The variance beside that of a simple random sample of as many rows."""
    n, population = float(units.rows.sum()), units.rows_estimated
    if variance is None or n < 2 or population <= n:
        return None
    mean = float(measured.totals.sum()) / n
    spread = max(measured.squares - n * mean * mean, 0.0) / (n - 1)
    simple = population**2 * (1 - n / population) * spread / n
    return variance / simple if simple > 0 else None
