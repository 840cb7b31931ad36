"""What units that were not read may hold, by the bounds that are known of them. Pure."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from etl_batch.estimate.clusters import Measured, UnitEstimate, Units
from etl_batch.formats.units.unit import LEAST_UNITS, Bounds, Integers

_MISSED = 0.05  #: how often so many units that lie together are all missed


def within_bounds(estimate: UnitEstimate, measured: Measured, numbers: Integers, bounds: Bounds | None) -> UnitEstimate:
    """An interval that goes no farther than what was read and the bounds of what was not.

    Args:
        estimate: of the total.
        measured: the units that were read.
        numbers: of these units.
        bounds: of all units.
    """
    if bounds is None or estimate.low is None or estimate.high is None:
        return estimate
    low, high = (np.delete(outer, numbers).sum() + measured.totals.sum() for outer in (bounds.low, bounds.high))
    return replace(
        estimate,
        low=min(max(estimate.low, float(low)), estimate.total),
        high=max(min(estimate.high, float(high)), estimate.total),
    )


def unread_doubt(units: Units, estimate: UnitEstimate, numbers: Integers, bounds: Bounds | None) -> str | None:
    """Whether what lies together in a few units may have been missed; None: there are enough, or it cannot matter."""
    read, population = units.read, units.population
    if read >= min(LEAST_UNITS, population):
        return None
    missed = math.ceil(math.log(_MISSED) / math.log1p(-read / population))
    said = f"only {read} of {population} {units.name}s were read: what lies together in {missed} of them may be missed"
    if bounds is None:
        return f"{said}, and the footers do not say what it can be"
    if estimate.low is None or estimate.high is None:
        return None  # it is said elsewhere why there is none
    mean = estimate.total / population
    half = max(estimate.high - estimate.total, estimate.total - estimate.low)
    above, below = (np.sort(np.delete(outer, numbers))[::-1][:missed] for outer in (bounds.high, -bounds.low))
    farthest = max(float((above - mean).sum()), float((below + mean).sum()))
    if farthest <= half:
        return None
    return f"{said}; by the footers it can make {100 * farthest / max(abs(estimate.total), 1e-300):.3g} % of the total"
