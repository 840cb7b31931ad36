"""Totals from stratified samples, with intervals (Cochran 1977, ch. 5 and 5A).

Stratum of N' rows with n' sampled: T = N' * mean, v = N'(N' - n') s^2 / n'. Rows taken for certain are added as they
are; N' and n' do not count them.
Standard error: the square root of the sum of v; degrees of freedom: Satterthwaite's.

Where every stratum with unseen rows has sampled values that are all equal, the estimated variance is 0, which is not
the true one: no interval is given then, of the total and of each such stratum. Where only some strata are like
that, they add 0 to the variance of the total, as usual, and a warning says so once they hold much of what was not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.cautions import warnings_about
from etl_batch.estimate.collapse import Collapsed, collapse
from etl_batch.estimate.heavy_tails import third_cumulants
from etl_batch.estimate.intervals import Estimates, Intervals, intervals
from etl_batch.estimate.moments import Moments, moments_of
from etl_batch.estimate.quantiles import check_confidence
from etl_batch.estimate.stratum_sample import Floats, StratumSample
from etl_batch.values import StratumEstimate, TotalEstimate

PLAIN_METHOD = "stratified, Satterthwaite t"
DEFAULT_METHOD = "stratified, largest rows taken for certain, Satterthwaite t, Hall's transform"


def stratified_total(
    samples: Mapping[str, npt.ArrayLike], populations: Mapping[str, int], confidence: float = 0.95
) -> TotalEstimate:
    """The plain estimate: no certainties, no correction for skewness.

    Args:
        samples: sampled values of each stratum, a simple random sample without replacement.
        populations: rows of each stratum, sampled ones included.
        confidence: level of the intervals.

    Returns:
        Bounds and standard errors are None where the variance cannot be estimated. Strata as in `populations`.

    Raises:
        ValueError: a sample has no population or more rows than it, or nothing was sampled.
    """
    strangers = [name for name in samples if name not in populations]
    if strangers:
        raise ValueError(f"stratum {strangers[0]!r} has a sample but no population")
    strata = [
        StratumSample(name, rows, np.asarray(samples.get(name, ()), dtype=np.float64).ravel())
        for name, rows in populations.items()
    ]
    return _estimate(strata, _Question("", confidence, corrected=False, non_negative=False))


def estimate_total(
    strata: Sequence[StratumSample], measure: str, confidence: float = 0.95, *, non_negative: bool | None = None
) -> TotalEstimate:
    """The estimate that the product gives: certainties apart, corrected for skewness, with warnings in words.

    Args:
        strata: the samples, with the rows taken for certain beside them; names must differ.
        measure: what is summed, for the result.
        confidence: level of the intervals.
        non_negative: whether no row of the measure is below 0, so that the total cannot be below what was seen;
            None: taken for true where no row that was seen is below 0.

    Raises:
        ValueError: a stratum has fewer rows than were sampled, or nothing was sampled.
    """
    return _estimate(strata, _Question(measure, confidence, corrected=True, non_negative=non_negative))


@dataclass(frozen=True, slots=True)
class _Question:
    measure: str
    confidence: float
    corrected: bool  #: for skewness, and for what a measure of one sign allows
    non_negative: bool | None


def _estimate(strata: Sequence[StratumSample], question: _Question) -> TotalEstimate:
    check_confidence(question.confidence)
    moments = moments_of(strata)
    names = [stratum.name for stratum in strata]
    collapsed = collapse(moments, names)
    parts = _parts(moments, collapsed, corrected=question.corrected)
    whole = parts.summed()
    floor = _floor(moments, question)
    result = intervals(whole, floor.sum(keepdims=True), question.confidence)
    apart = intervals(_own_variances_only(parts, collapsed), floor, question.confidence)
    return TotalEstimate(
        measure=question.measure,
        total=result.totals[0],
        std_error=result.std_errors[0],
        df=float(whole.df[0]) if whole.known[0] and result.std_errors[0] is not None else None,
        confidence=question.confidence,
        ci_low=result.lows[0],
        ci_high=result.highs[0],
        rows_population=int(moments.rows.sum() + moments.certain_rows.sum()),
        rows_sampled=int(moments.sampled.sum() + moments.certain_rows.sum()),
        method=DEFAULT_METHOD if question.corrected else PLAIN_METHOD,
        warnings=warnings_about(moments, whole, [names[at] for at in collapsed.borrowed.tolist()]),
        strata=_strata(names, moments, apart),
    )


def _parts(moments: Moments, collapsed: Collapsed, *, corrected: bool) -> Estimates:
    return Estimates(
        totals=collapsed.totals + moments.certain_sums,
        variances=collapsed.variances,
        df=collapsed.df,
        third=third_cumulants(moments) if corrected else np.zeros(moments.rows.shape),
        complete=~moments.uncertain,
        scale=moments.scale,
    )


def _own_variances_only(parts: Estimates, collapsed: Collapsed) -> Estimates:
    """A borrowed variance serves the total of all; it says nothing about the stratum itself."""
    variances = parts.variances.copy()
    variances[collapsed.borrowed] = np.nan
    return replace(parts, variances=variances)


def _floor(moments: Moments, question: _Question) -> Floats:
    """What the total of each stratum cannot be below: the sum of what was seen, or minus infinity."""
    non_negative = moments.lowest >= 0 if question.non_negative is None else question.non_negative
    if question.corrected and non_negative:
        return moments.sums + moments.certain_sums
    return np.full(moments.rows.shape, -np.inf)


def _strata(names: Sequence[str], moments: Moments, result: Intervals) -> tuple[StratumEstimate, ...]:
    columns = zip(
        names,
        (moments.rows + moments.certain_rows).tolist(),
        (moments.sampled + moments.certain_rows).tolist(),
        result.totals,
        result.std_errors,
        result.lows,
        result.highs,
        strict=True,
    )
    return tuple(
        StratumEstimate(
            stratum=name, population=rows, sample=sampled, total=total, std_error=error, ci_low=low, ci_high=high
        )
        for name, rows, sampled, total, error, low, high in columns
    )
