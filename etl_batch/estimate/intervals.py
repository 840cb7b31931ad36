"""From totals and variances to intervals, for many estimates at once."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.heavy_tails import hall_reach, skewness
from etl_batch.estimate.quantiles import two_sided_t
from etl_batch.estimate.stratum_sample import Floats

_LARGEST = sys.float_info.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """S estimated totals and what is known of their errors; all of shape (S,), all divided by the same `scale`."""

    totals: Floats
    variances: Floats  #: 0 or NaN where rows are unseen: not known
    df: Floats  #: degrees of freedom of each variance; 0: none
    third: Floats  #: third cumulants; 0 for symmetric intervals
    complete: npt.NDArray[np.bool_]  #: every row was seen
    scale: float

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Estimates whose error can be estimated."""
        return (self.variances > 0) & (self.df > 0) & ~self.complete

    @property
    def skewness(self) -> Floats:
        """Skewness of each estimate, g."""
        return skewness(self.third, np.where(self.known, self.variances, 0.0))

    def summed(self, more: float = 0.0) -> Estimates:
        """Their sum and what is known of its error (S = 1); `more` is added to the total."""
        return Estimates(
            totals=np.array([_exact_sum(self.totals) + more]),
            variances=np.array([_exact_sum(self.variances)]),
            df=np.array([satterthwaite_df(self.variances, self.df)]),
            third=np.array([self.third.sum()]),
            complete=np.array([bool(self.complete.all())]),
            scale=self.scale,
        )


@dataclass(frozen=True, slots=True)
class Intervals:
    """Standard errors and bounds of S estimates in their own unit; None: no honest ones can be given."""

    totals: list[float]
    std_errors: list[float | None]
    lows: list[float | None]
    highs: list[float | None]


def satterthwaite_df(variances: Floats, df: Floats) -> float:
    """Degrees of freedom of a sum of independent variances: (sum v)^2 / sum(v^2 / df) over v > 0; 0: there is none.

    Satterthwaite, Biometrics Bulletin 2, 1946.
    """
    some = (variances > 0) & (df > 0)
    if not some.any():
        return 0.0
    relative = variances[some] / variances[some].max()
    return float(relative.sum() ** 2 / (relative**2 / df[some]).sum())


def intervals(estimates: Estimates, floor: Floats, confidence: float) -> Intervals:
    """Student's t, corrected for skewness. Never of zero width, but where every row was seen.

    Args:
        estimates: totals and variances.
        floor: what each total cannot be below, in the scale of the estimates, shape (S,).
        confidence: level of the intervals.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        totals = estimates.totals * estimates.scale
        errors, lows, highs = (np.where(estimates.complete, some, np.nan) for some in (0.0, totals, totals))
        known = estimates.known
        below, above = hall_reach(two_sided_t(confidence, estimates.df[known]), estimates.skewness[known])
        errors[known] = np.sqrt(estimates.variances[known]) * estimates.scale
        low = np.minimum(totals[known] - errors[known] * below, np.nextafter(totals[known], -np.inf))
        lows[known] = np.maximum(low, np.minimum(floor[known] * estimates.scale, totals[known]))
        highs[known] = np.maximum(totals[known] + errors[known] * above, np.nextafter(totals[known], np.inf))
    sound = np.isfinite(errors) & np.isfinite(lows) & np.isfinite(highs)
    columns = (_or_none(column, sound) for column in (errors, lows, highs))
    return Intervals(np.clip(totals, -_LARGEST, _LARGEST).tolist(), *columns)


def _or_none(column: Floats, sound: npt.NDArray[np.bool_]) -> list[float | None]:
    values: list[float | None] = column.tolist()
    for at in np.flatnonzero(~sound).tolist():
        values[at] = None
    return values


def _exact_sum(values: Floats) -> float:
    return math.fsum(values.tolist())
