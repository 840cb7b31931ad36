"""Totals, variances, intervals."""

from __future__ import annotations

from tests.mutants.fault import Fault

_ESTIMATOR = "tests/unit/estimate/test_estimator.py"
_ALLOCATION = "tests/unit/estimate/test_allocation.py"
_MOMENTS = "tests/unit/estimate/test_moments.py"

FAULTS = (
    Fault("etl_batch.estimate.estimator._each", "half = _t(", "half = 0.9 * _t(", _ESTIMATOR),
    Fault(
        "etl_batch.estimate.estimator._estimate", "1 - (1 - confidence) / 2, df", "1 - (1 - confidence), df", _ESTIMATOR
    ),
    Fault("etl_batch.estimate.estimator._satterthwaite", "shares**2 / df[some]", "shares / df[some]", _ESTIMATOR),
    Fault("etl_batch.estimate.estimator._floor", "(seen < 0).any()", "False", _ESTIMATOR),
    Fault(
        "etl_batch.estimate.allocation.share_out", "-shares.upper, -remainders", "shares.upper, remainders", _ALLOCATION
    ),
    Fault(
        "etl_batch.estimate.allocation.allocate_counts",
        "_weighted(counts, power, minimum)",
        "_weighted(counts, 1.0, minimum)",
        _ALLOCATION,
    ),
    Fault(
        "etl_batch.estimate.heavy_tails.hall_bounds",
        "hall_inverse(quantile, skewness)",
        "hall_inverse(quantile, -skewness)",
        _ESTIMATOR,
    ),
    Fault("etl_batch.estimate.moments._moments_of", "lowest == highest", "lowest > highest", _MOMENTS),
)
