"""Totals from a sample that was drawn, each beside the exact one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from etl_batch.estimate.estimator import estimate_total
from etl_batch.estimate.stratum_sample import StratumSample
from etl_batch.sampling.draw import Draw
from etl_batch.sampling.plan import SamplePlan
from etl_batch.sampling.span_sample import Candidates
from etl_batch.sampling.strata_totals import StrataTotals
from etl_batch.values import TotalEstimate

MOST_LISTED = 10_000  #: strata of an estimate that are listed one by one


def estimates_of(
    plan: SamplePlan, totals: StrataTotals, candidates: Candidates, drawn: Draw, confidence: float
) -> tuple[TotalEstimate, ...]:
    """The total of each measure, with its strata in the order of their names."""
    found = []
    exact_strata = [sums.totals() for sums in totals.sums]
    for number, measure in enumerate(plan.measures):
        samples = _samples(totals, candidates, drawn, number)
        estimate = estimate_total(samples, measure, confidence)
        exact = [exact_strata[number][place] for place in drawn.listed.tolist()]
        strata = tuple(replace(one, exact_total=its) for one, its in zip(estimate.strata, exact, strict=True))
        estimate = replace(estimate, exact_total=totals.sums[number].total(), strata=strata)
        found.append(_shortened(_with_odd_rows(estimate, int(totals.sums[number].odd.sum()))))
    return tuple(found)


def _samples(totals: StrataTotals, candidates: Candidates, drawn: Draw, number: int) -> Sequence[StratumSample]:
    """What was drawn of each stratum for one measure, in the order of the names."""
    values = candidates.values[drawn.order, number]
    values = np.where(np.isfinite(values), values, 0.0)
    certain = drawn.certain[number]
    sampled = drawn.in_sample & ~certain
    names = totals.texts()
    rows = np.bincount(drawn.stratum, minlength=totals.strata)[drawn.listed]
    stops = np.cumsum(rows)
    starts = stops - rows
    return [
        StratumSample(
            name=names[place],
            population=int(totals.rows[place]),
            values=values[start:stop][sampled[start:stop]],
            certain=values[start:stop][certain[start:stop]],
        )
        for place, start, stop in zip(drawn.listed.tolist(), starts.tolist(), stops.tolist(), strict=True)
    ]


def _with_odd_rows(estimate: TotalEstimate, rows: int) -> TotalEstimate:
    if not rows:
        return estimate
    text = f"{rows:,} values of {estimate.measure!r} are not finite (NaN or infinite): they count as 0 in the estimate"
    return replace(estimate, warnings=(*estimate.warnings, f"{text}, and no exact total can be given"))


def _shortened(estimate: TotalEstimate) -> TotalEstimate:
    """With the largest strata only, where there are too many to list."""
    strata = estimate.strata
    if len(strata) <= MOST_LISTED:
        return estimate
    order = sorted(range(len(strata)), key=lambda place: (-strata[place].population, place))
    kept = tuple(strata[place] for place in sorted(order[:MOST_LISTED]))
    text = f"of {len(strata):,} strata, the {MOST_LISTED:,} with the most rows are listed; all are in the sample file"
    return replace(estimate, strata=kept, warnings=(*estimate.warnings, text))
