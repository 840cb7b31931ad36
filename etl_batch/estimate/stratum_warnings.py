"""What a reader should know of the interval of a single stratum, in a few words: there may be a thousand of them."""

from __future__ import annotations

import math

from etl_batch.estimate.heavy_tails import MUCH_OF_ONE_ROW, is_skewed

FEW = 30  #: rows, or units where these are drawn whole: below, an interval is not to be relied on
#: Times log(n)/n: of n values without any tail, the farthest one supplies a larger part in one sample of a hundred.
_USUAL = 3.0


def stratum_warnings(seen: int, unit: str, skewness: float, largest_share: float) -> tuple[str, ...]:
    """Why the interval may hold less often than it says; each reason begins with a word or two by itself.

    Args:
        seen: rows of the stratum in the sample; units that hold any of them, where units are drawn whole.
        unit: of these: row, record, page, block, row group.
        skewness: of the estimated total.
        largest_share: the largest part of its variance that one of them supplies, 0 to 1.
    """
    said = []
    if seen < FEW:
        said.append(f"low n: {seen} {unit}{'' if seen == 1 else 's'} in the sample")
    if is_skewed(skewness):
        said.append(f"skewed: skewness of the estimate {skewness:.2f}")
    if seen > 1 and largest_share > max(MUCH_OF_ONE_ROW, _USUAL * math.log(seen) / seen):
        said.append(f"one {unit}: {largest_share:.0%} of the variance")
    return tuple(said)
