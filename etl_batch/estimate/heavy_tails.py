"""What skewness does to an interval, and how much of it there is.

Hall's transform takes the skewness of the estimate out of the t statistic, monotonically (P. Hall, "On the removal of
skewness by transformation", Journal of the Royal Statistical Society B 54, 1992).
"""

from __future__ import annotations

import numpy as np

_STRAIGHT = 1e-6  #: below, the transform is the identity to all digits that matter
_MUCH_SKEWNESS = 0.25
MUCH_OF_ONE_ROW = 0.10  #: of the variance


def hall_inverse(x: float, skewness: float) -> float:
    """The value of the t statistic that Hall's transform takes to x."""
    if abs(skewness) < _STRAIGHT:
        return x
    return float(3 / skewness * (np.cbrt(1 + skewness * (x - skewness / 6)) - 1))


def hall_bounds(total: float, std_error: float, quantile: float, skewness: float) -> tuple[float, float]:
    """The interval of a total whose estimate has this skewness.

    Args:
        total: estimated.
        std_error: of it, above 0.
        quantile: of Student's t, upper; above 0.
        skewness: third central moment of the estimate, over its variance to the power 1.5.
    """
    low = total - std_error * hall_inverse(quantile, skewness)
    high = total - std_error * hall_inverse(-quantile, skewness)
    return low, high


def is_skewed(skewness: float) -> bool:
    """Whether an estimate is so skewed that its interval may hold less often than it says."""
    return abs(skewness) > _MUCH_SKEWNESS


def skew_warnings(skewness: float, largest_share: float) -> tuple[str, ...]:
    """What a reader should know, in plain words.

    Args:
        skewness: of the estimate.
        largest_share: the largest part of the variance that a single row supplies, 0 to 1.
    """
    said = []
    if is_skewed(skewness):
        longer = "above" if skewness > 0 else "below"
        said.append(
            f"the values are very skewed (skewness of the estimate {skewness:.2f}): the interval reaches farther "
            f"{longer} the estimate, and may hold the total less often than it says; a larger sample helps"
        )
    if largest_share > MUCH_OF_ONE_ROW:
        said.append(
            f"a single sampled row supplies {largest_share:.0%} of the variance: a few rows decide this estimate, "
            "so its interval is not certain; a larger sample helps"
        )
    return tuple(said)
