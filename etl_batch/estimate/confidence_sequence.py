"""Intervals that hold at every look, for a display that narrows while rows still come in.

The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (arXiv 2103.06476): at a time t,
in rows, with the multiplier below, the interval estimate +- multiplier * standard error misses at any look at most as
often as it says, in the limit. A plain 1.96 at each of 40 looks would miss in more than a third of all runs.
"""

from __future__ import annotations

import math

DEFAULT_CONFIDENCE = 0.95  #: how often intervals should hold, where nobody says it


def multiplier(rows: float, confidence: float = DEFAULT_CONFIDENCE, tightest_at: float = 1000.0) -> float:
    """How many standard errors the interval reaches to each side.

    Args:
        rows: in the estimate so far, above 0.
        confidence: nominal coverage over all looks, between 0 and 1.
        tightest_at: rows at which the sequence is to be tightest.

    Raises:
        ValueError: an argument out of its range.
    """
    if not (rows > 0 and tightest_at > 0 and 0 < confidence < 1):
        raise ValueError("rows and tightest_at are above 0, confidence between 0 and 1")
    alpha = 1 - confidence
    log_alpha = -2 * math.log(alpha)
    rho_squared = (log_alpha + math.log(log_alpha + 1)) / tightest_at
    grown = rows * rho_squared
    return math.sqrt((grown + 1) / grown * math.log((grown + 1) / alpha**2))
