"""Stand-in until the branch of the estimators is merged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

from etl_batch.estimate.stratum_sample import StratumSample
from etl_batch.values import StratumEstimate, TotalEstimate


def estimate_total(strata: Sequence[StratumSample], measure: str, confidence: float = 0.95) -> TotalEstimate:
    """The stratified total with a normal interval."""
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    found, variance = [], 0.0
    for one in strata:
        rest, count = one.population - len(one.certain), len(one.values)
        mean = float(one.values.mean()) if count else 0.0
        total = rest * mean + math.fsum(one.certain)
        own = rest * (rest - count) * float(one.values.var(ddof=1)) / count if count > 1 else 0.0
        variance += own
        error = math.sqrt(own)
        found.append(
            StratumEstimate(
                stratum=one.name,
                population=one.population,
                sample=count + len(one.certain),
                total=total,
                std_error=error,
                ci_low=total - z * error,
                ci_high=total + z * error,
            )
        )
    total, error = math.fsum(one.total for one in found), math.sqrt(variance)
    return TotalEstimate(
        measure=measure, total=total, std_error=error, df=None, confidence=confidence, ci_low=total - z * error,
        ci_high=total + z * error, rows_population=sum(one.population for one in found),
        rows_sampled=sum(one.sample for one in found), method="stand-in", strata=tuple(found),
    )  # fmt: skip
