"""The total of every stratum from a sample of units: domains, whose rows count as 0 elsewhere (Cochran 1977, 5A.14)."""

from __future__ import annotations

import numpy as np

from etl_batch.estimate.clusters import Floats, Units
from etl_batch.estimate.quantiles import t_quantile
from etl_batch.file_estimate.tally import ROWS, StrataRows
from etl_batch.values import StratumEstimate


def stratum_estimates(
    units: Units, rows: StrataRows, names: list[str], measure: str, confidence: float
) -> tuple[StratumEstimate, ...]:
    """The strata that were met, the largest total first.

    Args:
        units: all units that were read; the strata's rows are of the first `rows.units` of them.
        rows: the rows, their strata and values.
        names: of the strata, by their codes.
        measure: which one.
        confidence: of the intervals.
    """
    sizes = units.sizes[: rows.units]
    by_ratio = float(np.ptp(sizes)) > 0
    total, error = _domain_totals(units, rows, len(names), rows.values[measure], by_ratio=by_ratio)
    population, _ = _domain_totals(units, rows, len(names), rows.values[ROWS], by_ratio=by_ratio)
    sampled = np.bincount(rows.codes, minlength=len(names))
    lowest = np.zeros(len(names))
    np.minimum.at(lowest, rows.codes, rows.values[measure])
    seen = np.bincount(rows.codes, weights=rows.values[measure], minlength=len(names))
    t = t_quantile((1 + confidence) / 2, rows.units - 1) if rows.units > 1 else 0.0
    found = []
    for code, name in enumerate(names):
        if not sampled[code]:
            continue
        known = error[code] > 0
        low, high = total[code] - t * error[code], total[code] + t * error[code]
        if lowest[code] >= 0:
            low = max(low, min(float(seen[code]), float(total[code])))
        found.append(
            StratumEstimate(
                stratum=name,
                population=round(float(population[code])),
                sample=int(sampled[code]),
                total=float(total[code]),
                std_error=float(error[code]) if known else None,
                ci_low=float(low) if known else None,
                ci_high=float(high) if known else None,
            )
        )
    return tuple(sorted(found, key=lambda one: (-abs(one.total), one.stratum)))


def _domain_totals(
    units: Units, rows: StrataRows, strata: int, values: Floats, *, by_ratio: bool
) -> tuple[Floats, Floats]:
    """Totals and standard errors by stratum, from the totals of each stratum within each unit."""
    m, population = rows.units, units.population
    pairs, place = np.unique(rows.unit_of_row * strata + rows.codes, return_inverse=True)
    totals = np.bincount(place, weights=values, minlength=len(pairs))
    unit, code = pairs // strata, pairs % strata
    sums = np.bincount(code, weights=totals, minlength=strata)
    squares = np.bincount(code, weights=totals**2, minlength=strata)
    if by_ratio:
        sizes = units.sizes[:m]
        ratio = sums / sizes.sum()
        products = np.bincount(code, weights=totals * sizes[unit], minlength=strata)
        mean_size = units.size_population / population
        scale = mean_size * m / float(sizes.sum())
        squares = (squares - 2 * ratio * products + ratio**2 * float(np.square(sizes).sum())) * scale**2
        estimate = ratio * units.size_population
        spread = squares / max(m - 1, 1)
    else:
        estimate = sums * (population / m)
        spread = (squares - sums**2 / m) / max(m - 1, 1)
    variance = population**2 * (1 - m / population) * np.maximum(spread, 0.0) / m
    return estimate, np.sqrt(variance) if m > 1 else np.zeros(strata)
