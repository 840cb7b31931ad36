"""The total of every stratum from a sample of units: domains, whose rows count as 0 elsewhere (Cochran 1977, 5A.14)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from etl_batch.estimate.clusters import Floats, Units, estimated_domains
from etl_batch.estimate.heavy_tails import hall_bounds
from etl_batch.estimate.quantiles import t_quantile
from etl_batch.estimate.stratum_warnings import stratum_warnings
from etl_batch.estimate.zone_spread import Spread
from etl_batch.file_estimate.tally import StrataRows
from etl_batch.formats.units.unit import ROWS
from etl_batch.values import StratumEstimate

_CELLS = 1 << 21  #: totals of strata in units at once


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
    first = units.first(rows.units)
    total, spread = _domains(first, rows, len(names), rows.values[measure])
    population, _ = _domains(first, rows, len(names), rows.values[ROWS])
    sampled = np.bincount(rows.codes, minlength=len(names))
    lowest = np.zeros(len(names))
    np.minimum.at(lowest, rows.codes, rows.values[measure])
    seen = np.bincount(rows.codes, weights=rows.values[measure], minlength=len(names))
    error = np.sqrt(np.nan_to_num(spread.variance, nan=0.0))
    holding = np.bincount(np.unique(rows.unit_of_row * len(names) + rows.codes) % len(names), minlength=len(names))
    found = []
    for code, name in enumerate(names):
        if not sampled[code]:
            continue
        known = bool(error[code] > 0 and spread.df[code] > 0)
        low = high = float(total[code])
        if known:
            t = t_quantile((1 + confidence) / 2, float(spread.df[code]))
            low, high = hall_bounds(low, float(error[code]), t, float(spread.skewness[code]))
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
                warnings=stratum_warnings(
                    int(holding[code]), units.name, float(spread.skewness[code]), float(spread.heaviest[code])
                ),
            )
        )
    return tuple(sorted(found, key=lambda stratum: (-abs(stratum.total), stratum.stratum)))


def _domains(units: Units, rows: StrataRows, strata: int, values: Floats) -> tuple[Floats, Spread]:
    """Totals by stratum, and what they vary by, from the totals of each stratum within each unit."""
    scale = np.sqrt(np.bincount(rows.codes, minlength=strata) * np.bincount(rows.codes, values**2, strata)) / units.read
    totals: list[Floats] = []
    spreads: list[Spread] = []
    for start, stop in _parts(units.read, strata):
        inside = (rows.codes >= start) & (rows.codes < stop)
        cell = rows.unit_of_row[inside] * (stop - start) + rows.codes[inside] - start
        cells = np.bincount(cell, weights=values[inside], minlength=units.read * (stop - start)).astype(np.float64)
        total, spread = estimated_domains(units, cells.reshape(units.read, stop - start), scale[start:stop])
        totals.append(total)
        spreads.append(spread)
    return np.concatenate(totals), Spread.joined(spreads)


def _parts(units: int, strata: int) -> Iterator[tuple[int, int]]:
    """Some strata at once, so that their totals in all units take little memory."""
    step = max(_CELLS // max(units, 1), 1)
    for start in range(0, strata, step):
        yield start, min(start + step, strata)
