"""Why the interval of a total of units may not hold as often as it says."""

from __future__ import annotations

import math

import numpy as np

from etl_batch.estimate.clusters import Floats, Measured, UnitEstimate, Units

FEW_UNITS = 30
HEAVY_SHARE = 0.50  #: of the variance, from one unit alone; less of it is what the degrees of freedom tell
SKEWED = 0.25  #: Hall's g
HEAVY_TAIL = 2.0  #: Hill's index: with less, the variance itself has no limit
HEAVY_UNITS = 2.4  #: the same, of the totals of units: fewer of them are seen, so that chance has more say
#: From how many units on the interval of totals whose index is below the first number holds whether or not the largest
#: unit was met: found by simulation (`tests.bench.simulate_blocks`). What asks only after the largest unit that was met
#: passes just those samples that lack it, whose totals are too small.
UNITS_FOR_UNEVEN = ((3.0, 800), (4.0, 400), (10.0, 200))
_ROWS_FOR_A_TAIL = 100
UNITS_FOR_A_TAIL = 100  #: so many tell what the tail of their totals is


def doubts(units: Units, measured: Measured, estimate: UnitEstimate) -> list[str]:
    """The reasons, in plain words; nothing: none was found."""
    m = units.read
    if m == units.population:
        return []
    plural = f"{units.name}s"
    found: list[str] = []
    if m < FEW_UNITS:
        found.append(f"only {m} of {units.population} {plural} were read")
    hits = int(np.count_nonzero(measured.totals))
    if hits < FEW_UNITS <= m:
        found.append(f"only {hits} of the {plural} read hold anything that counts")
    if estimate.heaviest > HEAVY_SHARE:
        found.append(f"one {units.name} alone makes {100 * estimate.heaviest:.0f} % of the variance")
    if abs(estimate.design.skewness) > SKEWED:
        found.append(f"the totals of the {plural} are very skewed (g = {estimate.design.skewness:.2f})")
    found += _uneven(units, measured)
    if measured.tail_index is not None and measured.tail_index < HEAVY_TAIL:
        found.append(
            f"the values have a heavy tail (Hill's index {measured.tail_index:.1f}): rare rows may decide the total"
        )
    return found


def no_interval(units: Units, estimate: UnitEstimate) -> str | None:
    """Why there is no interval, in plain words; None: there is one."""
    if estimate.low is not None:
        return None
    plural = f"{units.name}s"
    if estimate.is_constant:
        return (
            f"all {plural} that were read have the same total, which does not prove that all have: no interval can be "
            "given"
        )
    return f"too few {plural} were read for an interval"


def units_for(among_units: float) -> int:
    """How many units should be read.

    Args:
        among_units: Hill's index of the units' totals.
    """
    return next((units for index, units in UNITS_FOR_UNEVEN if among_units < index), FEW_UNITS)


def tail_index(largest: Floats) -> float | None:
    """Hill's (1975) index of the tail, from the largest absolute values of a sample; None: too few.

    Args:
        largest: the largest absolute values, in any order; about the square root of the sample's size of them.
    """
    values = np.sort(largest[largest > 0])
    if len(values) < math.isqrt(_ROWS_FOR_A_TAIL):
        return None
    spread = float(np.log(values[1:] / values[0]).mean())
    return 1 / spread if spread > 0 else math.inf


def _uneven(units: Units, measured: Measured) -> list[str]:
    """Whether few units hold most, or are too few for how uneven they are."""
    among_units = _tail_of_units(measured.totals[units.drawn.zone >= 0])
    if among_units is None:
        return []
    plural = f"{units.name}s"
    if among_units < HEAVY_UNITS:
        return [
            f"few {plural} hold most (Hill's index {among_units:.1f}): those that were not read may decide the total"
        ]
    wanted = units_for(among_units)
    return [f"only {units.read} {plural} were read, and they are so uneven that {wanted} should be"] * (
        units.read < wanted
    )


def _tail_of_units(totals: Floats) -> float | None:
    """Hill's index of the units' totals: where alike rows lie together, the largest rows read are all of one unit."""
    m = len(totals)
    count = max(math.isqrt(m), min(m // 8, UNITS_FOR_A_TAIL))
    return tail_index(np.partition(np.abs(totals), m - count)[m - count :]) if 0 < count < m else None
