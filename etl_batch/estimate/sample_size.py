"""How many units a wanted error takes (Cochran 1977, 4.7; Stein 1945 for the pilot)."""

from __future__ import annotations

import math

from etl_batch.estimate.clusters import UnitEstimate
from etl_batch.estimate.quantiles import chi2_quantile, t_quantile

_PILOT_DOUBT = 0.10  #: how often the pilot's variance may still be too small after it was inflated


def units_needed(pilot: UnitEstimate, error_within: float, confidence: float) -> float:
    """Units to read so that the interval is no wider than wanted, or infinity where the pilot cannot tell.

    n* = A / ((e*T/t)^2 + B) with A = (M*S)^2 and B = M*S^2; S^2 is the pilot's, within its zones, inflated by
    df / chi2_.10(df).

    Args:
        pilot: the estimate from a first sample.
        error_within: half the width of the interval, as a share of the total.
        confidence: of the interval.
    """
    m, population = pilot.design.units_read, pilot.design.units
    if not 2 <= m < population or not pilot.total or pilot.std_error is None or pilot.df is None:
        return math.inf
    spread = (pilot.std_error / population) ** 2 / (1 / m - 1 / population)  # S^2
    inflated = spread * pilot.df / chi2_quantile(_PILOT_DOUBT, pilot.df)
    t = t_quantile((1 + confidence) / 2, pilot.df)
    allowed = (error_within * pilot.total / t) ** 2
    return population**2 * inflated / (allowed + population * inflated)
