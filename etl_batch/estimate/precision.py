"""How many rows a wanted precision takes, from what a first sample (a pilot) says."""

from __future__ import annotations

import math

import numpy as np

from etl_batch.estimate.allocation import Counts, Shares, share_out
from etl_batch.estimate.quantiles import chi_square, two_sided_normal, two_sided_t
from etl_batch.estimate.stratum_sample import Floats

_WEIGHT_OF_NONE = (
    1e-9  #: of a stratum without deviation, relative to the largest: it gets rows when the others are full
)


def inflate_variances(variances: Floats, pilot_rows: Counts, assurance: float = 0.9) -> Floats:
    """What the variances S^2 of the strata will hardly exceed: s^2 * (n0 - 1) / chi2(1 - assurance).

    Args:
        variances: s^2 of each stratum in the pilot, shape (S,).
        pilot_rows: n0, sampled rows of each stratum in the pilot, shape (S,).
        assurance: probability that the true variance is below, for normal values.

    Returns:
        Shape (S,); infinite where a pilot of fewer than 2 rows says nothing.
    """
    df = np.maximum(pilot_rows - 1, 1)
    inflated = variances * df / chi_square(1 - assurance, df)
    return np.where(pilot_rows >= 2, inflated, np.inf)


def required_rows(
    counts: Counts, deviations: Floats, allowed_error: float, confidence: float, df: float | None = None
) -> int:
    """Rows to sample, Neyman-allocated, for a total within `allowed_error` (Cochran 1977, 5.9).

    n = A / ((error / t)^2 + B) with A = (sum N*S)^2 and B = sum N*S^2.

    Args:
        counts: N, rows of each stratum, shape (S,).
        deviations: S, standard deviation within each stratum, shape (S,); infinite: not known.
        allowed_error: half-width of the interval, in the unit of the total (relative error times total).
        confidence: level of the interval.
        df: degrees of freedom expected; None: many, so that t is the normal quantile.

    Returns:
        At most all rows; all of them, too, where a deviation is not known or no error is allowed.
    """
    all_rows = int(counts.sum())
    if not (allowed_error > 0 and math.isfinite(allowed_error) and bool(np.isfinite(deviations).all())):
        return all_rows
    largest = max(float(deviations.max(initial=0.0)), allowed_error)
    scaled, error = deviations / largest, allowed_error / largest
    quantile = two_sided_normal(confidence) if df is None else float(two_sided_t(confidence, df))
    a = float((counts * scaled).sum()) ** 2
    b = float((counts * scaled**2).sum())
    return min(math.ceil(a / ((error / quantile) ** 2 + b)), all_rows)


def neyman_counts(counts: Counts, deviations: Floats, budget: int, minimum: int = 2) -> Counts:
    """Rows of each stratum in proportion to N*S (Neyman 1934), between `minimum` and N; as `allocate_counts` otherwise.

    Where no stratum deviates, in proportion to N.

    Raises:
        ValueError: the budget does not reach for the minimum, or a deviation is negative or not finite.
    """
    if not bool(np.isfinite(deviations).all()) or float(deviations.min(initial=0.0)) < 0:
        raise ValueError("the deviations must be finite and not negative")
    largest = float(deviations.max(initial=0.0))
    relative = deviations / largest if largest > 0 else np.ones(len(counts))
    weights = np.maximum(counts, 1) * np.maximum(relative, _WEIGHT_OF_NONE)
    return share_out(Shares(weights, np.minimum(counts, minimum), counts), budget)
