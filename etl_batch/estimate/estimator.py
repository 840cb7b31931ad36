"""Totals from stratified samples, with their intervals (Cochran 1977, ch. 5).

T = sum of N * mean; V = sum of N (N - n) s^2 / n; degrees of freedom after Satterthwaite (1946). Where all rows of a
stratum were seen it adds no error. Where the variance is not known there is no interval: never one of no width.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.confidence_sequence import DEFAULT_CONFIDENCE
from etl_batch.estimate.heavy_tails import hall_bounds, skew_warnings
from etl_batch.estimate.quantiles import t_quantile
from etl_batch.estimate.strata import Strata, strata_of
from etl_batch.estimate.stratum_sample import StratumSample
from etl_batch.estimate.stratum_warnings import FEW, stratum_warnings
from etl_batch.values import StratumEstimate, TotalEstimate

_LARGEST = 1e200  #: a variance whose power 1.5 is a number yet
_ABOVE_ROUNDING = 1 + 1e-9  #: a sum of floats that are not negative is rounded by far less
_NAMED = 3  #: strata that a warning names
_UNKNOWN = "all sampled rows have the same value, which does not prove that all rows have: no interval can be given"
_NOTHING_SAMPLED = "no row was sampled: nothing is known but what was taken for certain"


def stratified_total(
    samples: Mapping[str, npt.ArrayLike], populations: Mapping[str, int], confidence: float = DEFAULT_CONFIDENCE
) -> TotalEstimate:
    """The total with a plain t interval: no certain rows, no correction for skewness.

    Args:
        samples: sampled values of each stratum.
        populations: rows of each stratum; a stratum without a sample has none sampled.
        confidence: nominal coverage of the interval, between 0 and 1.

    Raises:
        ValueError: a stratum without a population, a sample larger than its population, a value that is not finite,
            or a confidence out of its range.
    """
    unknown = sorted(set(samples) - set(populations))
    if unknown:
        raise ValueError(f"stratum {unknown[0]!r} has a sample, but no population")
    nothing: npt.ArrayLike = ()
    given = [
        StratumSample(name, rows, np.asarray(samples.get(name, nothing), dtype=np.float64).ravel())
        for name, rows in populations.items()
    ]
    return _estimate(given, "", confidence, range(len(given)), corrected=False)


def estimate_total(
    strata: Sequence[StratumSample],
    measure: str,
    confidence: float = DEFAULT_CONFIDENCE,
    listed: Sequence[int] | None = None,
) -> TotalEstimate:
    """The total, corrected for skewness, with what a reader should know of it.

    Args:
        strata: samples, and rows taken for certain.
        measure: its name.
        confidence: nominal coverage of the interval, between 0 and 1.
        listed: places of the strata that get an estimate of their own beside the whole; None: all.

    Raises:
        ValueError: see `stratified_total`.
    """
    own = range(len(strata)) if listed is None else listed
    return _estimate(strata, measure, confidence, own, corrected=True)


def _estimate(
    samples: Sequence[StratumSample], measure: str, confidence: float, listed: Sequence[int], *, corrected: bool
) -> TotalEstimate:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; give a number between 0 and 1")
    strata = strata_of(samples)
    total = math.fsum(strata.totals)
    variance = math.fsum(strata.variances)
    is_census = bool(strata.is_census.all())
    std_error: float | None = math.sqrt(variance)
    df: float | None = None
    low: float | None = total
    high: float | None = total
    warnings = [*_collapse_warning(strata)]
    if not is_census:
        df = _satterthwaite(strata.variances, strata.df)
        cubed = variance**1.5 if variance < _LARGEST else math.inf
        if df is None or not 0 < cubed < math.inf:
            std_error = df = low = high = None
            warnings.append(_UNKNOWN if strata.moments.n.any() else _NOTHING_SAMPLED)
        else:
            skewness = math.fsum(strata.third) / cubed
            quantile = _t(1 - (1 - confidence) / 2, df)
            low, high = hall_bounds(total, math.sqrt(variance), quantile, skewness if corrected else 0.0)
            low, high = _around(total, _not_below_seen(low, samples), high)
            warnings += skew_warnings(skewness, float(strata.largest.max()) / variance)
    if corrected:
        warnings += _low_n_warning(strata)
    return TotalEstimate(
        measure=measure,
        total=total,
        std_error=std_error,
        df=df,
        confidence=confidence,
        ci_low=low,
        ci_high=high,
        rows_population=int(strata.populations.sum() + strata.certain_rows.sum()),
        rows_sampled=int(strata.rows_sampled.sum()),
        method=_method(strata, is_census=is_census, corrected=corrected),
        warnings=tuple(warnings),
        strata=_each(strata, samples, (confidence, corrected), listed),
    )


def _around(total: float, low: float, high: float) -> tuple[float, float]:
    """Bounds that rounding leaves on their sides of the total, and apart."""
    return min(low, total), max(high, math.nextafter(total, math.inf))


def _satterthwaite(variances: npt.NDArray[np.float64], df: npt.NDArray[np.float64]) -> float | None:
    """Degrees of freedom of a sum of variances; None: not known."""
    some = variances > 0
    if not some.any() or (df[some] <= 0).any():
        return None
    shares = variances[some] / variances[some].sum()
    return float(1 / np.sum(shares**2 / df[some]))


def _not_below_seen(low: float, samples: Sequence[StratumSample]) -> float:
    """The lower bound of a total; of a measure that is never below 0, no less than what was seen of it."""
    seen = np.concatenate([values for sample in samples for values in (sample.values, sample.certain)] or [np.empty(0)])
    if (seen < 0).any() or low > _ABOVE_ROUNDING * float(seen.sum()):  # mostly far above
        return low
    return max(low, math.fsum(seen.tolist()))


def _each(
    strata: Strata, samples: Sequence[StratumSample], interval: tuple[float, bool], listed: Sequence[int]
) -> tuple[StratumEstimate, ...]:
    """Intervals of strata, by t; the second of `interval` says whether they are corrected for skewness."""
    confidence, corrected = interval
    census = strata.is_census.tolist()
    deviations = np.sqrt(strata.variances).tolist()
    third, largest = strata.third.tolist(), strata.largest.tolist()
    sampled, totals, df = strata.rows_sampled.tolist(), strata.totals.tolist(), strata.df.tolist()
    found = []
    for at in listed:
        total, error = totals[at], deviations[at]
        std_error: float | None = error
        low: float | None = total
        high: float | None = total
        skewness = third[at] / cubed if corrected and 0 < (cubed := error * error * error) < math.inf else 0.0
        if not census[at]:
            if error <= 0 or df[at] <= 0:
                std_error = low = high = None
            else:
                low, high = hall_bounds(total, error, _t(1 - (1 - confidence) / 2, df[at]), skewness)
                low, high = _around(total, _not_below_seen(low, [samples[at]]), high)
        said: tuple[str, ...] = ()
        if corrected and not census[at]:
            share = largest[at] / squared if 0 < (squared := error * error) < math.inf else 0.0
            said = stratum_warnings(sampled[at], "row", skewness, share)
        found.append(
            StratumEstimate(
                stratum=strata.names[at],
                population=samples[at].population,
                sample=sampled[at],
                total=total,
                std_error=std_error,
                ci_low=low,
                ci_high=high,
                warnings=said,
            )
        )
    return tuple(found)


@cache
def _t(probability: float, df: float) -> float:
    return t_quantile(probability, df)


def _collapse_warning(strata: Strata) -> tuple[str, ...]:
    if not strata.collapsed:
        return ()
    named = ", ".join(strata.collapsed[:_NAMED]) + (", ..." if len(strata.collapsed) > _NAMED else "")
    number = len(strata.collapsed)
    which = f"1 stratum has ({named})" if number == 1 else f"{number} strata have ({named})"
    return (f"{which} fewer than 2 sampled rows: their variance is taken together with strata of about their size",)


def _low_n_warning(strata: Strata) -> tuple[str, ...]:
    few = int(np.count_nonzero((strata.rows_sampled < FEW) & ~strata.is_census))
    if not few or len(strata.names) == 1:
        return ()
    which = "1 stratum was" if few == 1 else f"{few} strata were"
    return (f"low n: {which} sampled with fewer than {FEW} rows; take their own intervals as a hint only",)


def _method(strata: Strata, *, is_census: bool, corrected: bool) -> str:
    if is_census:
        return "census: every row was seen"
    parts = ["stratified" if len(strata.names) > 1 else "simple random sample", "Satterthwaite t"]
    if corrected:
        parts.append("Hall's transform")
    if strata.certain_rows.any():
        parts.append(f"{int(strata.certain_rows.sum()):,} largest rows taken for certain")
    return ", ".join(parts)
