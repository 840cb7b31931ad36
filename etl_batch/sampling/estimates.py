"""Totals from a sample that was drawn, each beside the exact one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from etl_batch.estimate.estimator import estimate_total
from etl_batch.estimate.exact_sums import Index
from etl_batch.estimate.exact_text import number_of
from etl_batch.estimate.stratum_sample import StratumSample
from etl_batch.sampling.draw import Draw
from etl_batch.sampling.plan import SamplePlan
from etl_batch.sampling.span_sample import Candidates
from etl_batch.sampling.strata_totals import StrataTotals
from etl_batch.values import TotalEstimate

MOST_LISTED = 1_000  #: strata of an estimate that are listed one by one


def estimates_of(
    plan: SamplePlan, totals: StrataTotals, candidates: Candidates, drawn: Draw, confidence: float
) -> tuple[TotalEstimate, ...]:
    """The total of each measure, with its strata in the order of their names."""
    found = []
    shown = _most_rows(totals.rows[drawn.listed])
    places = drawn.listed[shown].tolist()
    for number, measure in enumerate(plan.measures):
        sums = totals.sums[number]
        estimate = estimate_total(_samples(totals, candidates, drawn, number), measure, confidence, shown.tolist())
        strata = tuple(
            replace(stratum, exact_total=None if text is None else number_of(text), exact_total_text=text)
            for stratum, text in zip(estimate.strata, sums.texts(places), strict=True)
        )
        whole = sums.text()
        exact = None if whole is None else number_of(whole)
        estimate = replace(estimate, exact_total=exact, exact_total_text=whole, strata=strata)
        found.append(_with_warnings(estimate, int(sums.odd.sum()), totals.strata))
    return tuple(found)


def _most_rows(rows: Index) -> Index:
    """Places of the strata with the most rows, of equal ones the first, in their order; all, if there are not many."""
    return np.sort(np.argsort(-rows, kind="stable")[:MOST_LISTED])


def _samples(totals: StrataTotals, candidates: Candidates, drawn: Draw, number: int) -> Sequence[StratumSample]:
    """What was drawn of each stratum for one measure, in the order of the names."""
    values = candidates.values[drawn.order, number]
    values = np.where(np.isfinite(values), values, 0.0)
    certain = drawn.certain[number]
    sampled = drawn.in_sample & ~certain
    names = totals.texts()
    populations = totals.rows.tolist()
    rows = np.bincount(drawn.stratum, minlength=totals.strata)[drawn.listed]
    stops = np.cumsum(rows)
    starts = stops - rows
    nothing = values[:0]
    some_certain = np.flatnonzero(np.bincount(drawn.stratum[certain], minlength=totals.strata))
    with_certain = set(some_certain.tolist())  # few: strata without are cut by two slices less
    return [
        StratumSample(
            name=names[place],
            population=populations[place],
            values=values[start:stop][sampled[start:stop]],
            certain=values[start:stop][certain[start:stop]] if place in with_certain else nothing,
        )
        for place, start, stop in zip(drawn.listed.tolist(), starts.tolist(), stops.tolist(), strict=True)
    ]


def _with_warnings(estimate: TotalEstimate, odd: int, strata: int) -> TotalEstimate:
    said = []
    if odd:
        text = (
            f"{odd:,} values of {estimate.measure!r} are not finite (NaN or infinite): they count as 0 in the estimate"
        )
        said.append(f"{text}, and no exact total can be given")
    if strata > MOST_LISTED:
        text = f"of {strata:,} strata, the {MOST_LISTED:,} with the most rows are listed"
        said.append(f"{text}; all are in the sample file")
    return replace(estimate, warnings=(*estimate.warnings, *said))
