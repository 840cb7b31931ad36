"""Questions about some of the rows: totals, counts, proportions, means and ratios.

A filter never makes the sample smaller: rows outside count as 0 (domain estimation; Cochran 1977, 5A.14), because how
many of them there are is itself an estimate. Means and ratios are linearised (Cochran 1977, 6.11).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.confidence_sequence import DEFAULT_CONFIDENCE
from etl_batch.estimate.estimator import estimate_total
from etl_batch.estimate.quantiles import t_quantile
from etl_batch.estimate.stratum_sample import StratumSample
from etl_batch.light_dataclass import dataclass
from etl_batch.values import TotalEstimate

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Domain:
    """Which rows of a stratum's sample are meant."""

    values: Mask  #: shape (n,): of the sampled rows
    certain: Mask  #: shape (k,): of those taken for certain


def within(strata: Sequence[StratumSample], domains: Sequence[Domain]) -> list[StratumSample]:
    """The measure, 0 outside the domain."""
    return [
        replace(
            stratum,
            values=np.where(domain.values, stratum.values, 0.0),
            certain=np.where(domain.certain, stratum.certain, 0.0),
        )
        for stratum, domain in zip(strata, domains, strict=True)
    ]


def ones(strata: Sequence[StratumSample]) -> list[StratumSample]:
    """1 for every row, so that a total counts rows."""
    return [
        replace(stratum, values=np.ones(len(stratum.values)), certain=np.ones(len(stratum.certain)))
        for stratum in strata
    ]


def count(
    strata: Sequence[StratumSample], domains: Sequence[Domain], confidence: float = DEFAULT_CONFIDENCE
) -> TotalEstimate:
    """How many rows the domain has: never more than there are.

    Where no sampled row is inside, or none outside, one bound is known and the other is the exact binomial one; see
    `proportion`.
    """
    return count_of(within(ones(strata), domains), confidence)


def count_of(strata: Sequence[StratumSample], confidence: float = DEFAULT_CONFIDENCE) -> TotalEstimate:
    """`count`, of rows whose values are 1 inside of the domain and 0 outside."""
    found = estimate_total(strata, "rows", confidence)
    rows = float(found.rows_population)
    if found.std_error is None and (reach := _unmet(strata, confidence)) is not None:
        kept = tuple(warning for warning in found.warnings if "no interval" not in warning)
        low, high = max(found.total + reach[0], 0.0), min(found.total + reach[1], rows)
        return replace(found, ci_low=low, ci_high=high, warnings=kept)
    return replace(found, ci_high=None if found.ci_high is None else min(found.ci_high, rows))


def ratio(
    numerators: Sequence[StratumSample],
    denominators: Sequence[StratumSample],
    measure: str,
    confidence: float = DEFAULT_CONFIDENCE,
) -> TotalEstimate:
    """The ratio of two totals over the same rows; `total` holds it.

    Without an interval, and with a warning, where the denominator may be 0.
    """
    above = estimate_total(numerators, measure, confidence)
    below = estimate_total(denominators, measure, confidence)
    if below.total == 0 or (below.std_error is not None and abs(below.total) < 2 * below.std_error):
        said = "the denominator may be 0: the ratio is not known"
        value = above.total / below.total if below.total else 0.0
        return replace(
            above, total=value, std_error=None, df=None, ci_low=None, ci_high=None, strata=(),
            method=f"ratio, {above.method}", warnings=(*above.warnings, said),
        )  # fmt: skip
    value = above.total / below.total
    residuals = [
        replace(
            numerator,
            values=(numerator.values - value * denominator.values) / below.total,
            certain=(numerator.certain - value * denominator.certain) / below.total,
        )
        for numerator, denominator in zip(numerators, denominators, strict=True)
    ]
    error = estimate_total(residuals, measure, confidence)  # its own total is 0 but for rounding
    low = high = None
    if error.ci_low is not None and error.ci_high is not None:
        low, high = value + error.ci_low - error.total, value + error.ci_high - error.total
    return replace(error, total=value, ci_low=low, ci_high=high, strata=(), method=f"linearised ratio, {error.method}")


def mean(
    strata: Sequence[StratumSample], domains: Sequence[Domain], measure: str, confidence: float = DEFAULT_CONFIDENCE
) -> TotalEstimate:
    """The mean of the measure over the rows of the domain."""
    return ratio(within(strata, domains), within(ones(strata), domains), f"mean of {measure}", confidence)


def proportion(
    strata: Sequence[StratumSample], domains: Sequence[Domain], confidence: float = DEFAULT_CONFIDENCE
) -> TotalEstimate:
    """The share of the rows that the domain has, its interval on the logit scale: never outside 0 to 1.

    Where no sampled row is inside, or none outside, one bound is known and the other is the exact binomial one
    (Clopper and Pearson 1934) for as many rows as were sampled in the stratum of the smallest sampling rate.
    """
    found = count(strata, domains, confidence)
    rows = max(found.rows_population, 1)
    share = min(max(found.total / rows, 0.0), 1.0)
    error = None if found.std_error is None else found.std_error / rows
    low: float | None = share
    high: float | None = share
    if error is None or (error > 0 and not 0 < share < 1):
        low, high = _of_one_kind(strata, share, confidence)
        error = None
    elif error > 0:
        reach = t_quantile(1 - (1 - confidence) / 2, found.df or 1.0) * error / (share * (1 - share))
        middle = math.log(share / (1 - share))
        low, high = _logistic(middle - reach), _logistic(middle + reach)
    return replace(
        found, measure="share of rows", total=share, std_error=error, ci_low=low, ci_high=high, strata=(),
        method=f"proportion, logit interval, {found.method}",
        warnings=tuple(warning for warning in found.warnings if error is not None or "no interval" not in warning),
    )  # fmt: skip


def _of_one_kind(strata: Sequence[StratumSample], share: float, confidence: float) -> tuple[float | None, float | None]:
    least = min(
        (stratum for stratum in strata if len(stratum.values) + len(stratum.certain) < stratum.population),
        key=lambda stratum: len(stratum.values) / stratum.population,
    )
    if not len(least.values) or 0 < share < 1:
        return None, None
    rest = none_met(len(least.values), confidence)
    return (0.0, rest) if share == 0 else (1 - rest, 1.0)


def _unmet(strata: Sequence[StratumSample], confidence: float) -> tuple[float, float] | None:
    """How many rows fewer and more may be inside than the sample says, where all rows drawn are of one kind.

    With p of the rows of each stratum of the other kind, none of them is met with a probability of prod (1 - p)^n; the
    largest sum N*p for which that is above half of what the interval may miss is log(2/miss) * max(N/n) at the most.
    """
    open_strata = [stratum for stratum in strata if len(stratum.values) + len(stratum.certain) < stratum.population]
    kinds = {float(kind) for stratum in open_strata for kind in np.unique(stratum.values)}
    if len(kinds) != 1 or not all(len(stratum.values) for stratum in open_strata):
        return None
    unseen = sum(stratum.population - len(stratum.values) - len(stratum.certain) for stratum in open_strata)
    if len(open_strata) == 1:
        (stratum,) = open_strata
        most = (stratum.population - len(stratum.certain)) * none_met(len(stratum.values), confidence)
    else:
        expansion = max((stratum.population - len(stratum.certain)) / len(stratum.values) for stratum in open_strata)
        most = math.log(2 / (1 - confidence)) * expansion
    most = min(most, float(unseen))
    return (0.0, most) if kinds == {0.0} else (-most, 0.0)


def none_met(seen: int, confidence: float) -> float:
    """The share that may be of a kind of which none was met, at the most (Clopper and Pearson 1934).

    Args:
        seen: how many were drawn, above 0.
        confidence: of the interval that ends there, between 0 and 1.
    """
    return float(1 - ((1 - confidence) / 2) ** (1 / seen))


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0
