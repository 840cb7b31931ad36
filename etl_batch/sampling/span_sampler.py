"""What a worker does with the rows of a span for the sample: count, add up, keep the rows that may be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.exact_sums import Index, Sums
from etl_batch.formats.column_strata import SpanStrata, strata_of
from etl_batch.formats.column_sums import sums_of
from etl_batch.formats.format import Batch, RowIds
from etl_batch.kernels.columns import Column, describe
from etl_batch.kernels.pick_rows import least_priorities, pick_rows
from etl_batch.sampling.certain_rows import Largest, largest
from etl_batch.sampling.counts import Counts, Hint, no_counts
from etl_batch.sampling.plan import MINIMUM, SamplePlan
from etl_batch.sampling.span_sample import Candidates, SpanSample
from etl_batch.sampling.strata_totals import StrataTotals
from etl_batch.sampling.thresholds import Limits
from etl_batch.values import Span

_FIRST_ROWS = 8192  #: of a worker's first span, by which it finds out what a large value is

Threshold = tuple[float, int]  #: see `Largest.threshold`


@dataclass(slots=True)
class SpanSampler:
    """Samples span after span. What it has seen before lets it forget more rows at once, and changes nothing else."""

    plan: SamplePlan
    _seen: Counts = field(default_factory=no_counts)  #: by this worker
    _known: Counts = field(default_factory=no_counts)  #: by all workers, as far as hints say
    _largest: list[Largest] = field(init=False)

    def __post_init__(self) -> None:
        self._largest = [Largest(self.plan.certain) for _ in self.plan.measures]

    def learn(self, hint: Hint) -> None:
        """Hear what all workers have seen together."""
        self._known = hint.counts

    def take(self, batch: Batch, span: Span) -> SpanSample | None:
        """The span's part of the sample; None: it has no good row."""
        if not batch.rows:
            return None
        column, *measures = batch.columns_of((self.plan.strata, *self.plan.measures))
        strata = strata_of(column, batch.rows)
        sums = tuple(_summed(measure, strata) for measure in measures)
        totals = StrataTotals(strata.keys, strata.names, strata.rows, sums).limited(self.plan.max_strata)
        self._seen = self._seen.plus(totals.keys, totals.rows, self.plan.max_strata)
        places = np.minimum(strata.places, totals.strata - 1)  # what is beyond the last is (other)
        keys = totals.keys[places]
        seen, ids = self._seen.highest(self._known), batch.row_ids()
        limits = seen.limits(self.plan, keys)
        if seen.is_crowded(self.plan):
            beyond = seen.limits_beyond_least(self.plan, keys)
            limits = np.minimum(limits, np.maximum(self._least_limits(span, ids, strata), beyond))
        candidates, rows = self._candidates(span, (ids, strata, places), limits, measures)
        return SpanSample.of(span.source, totals, candidates, batch.pick(rows))

    def _least_limits(self, span: Span, ids: RowIds, strata: SpanStrata) -> Limits:
        """Of each code, the largest priority that can be drawn where strata are given the least number only."""
        least = np.full((len(strata.places), MINIMUM), 2**64 - 1, dtype=np.uint64)
        least_priorities(self.plan.key(span.source), ids.first, ids.address, strata.codes, least)
        found: Limits = least[:, -1]
        return found

    def _candidates(
        self, span: Span, rows: tuple[RowIds, SpanStrata, Index], limits: Limits, measures: Sequence[Column]
    ) -> tuple[Candidates, npt.NDArray[np.uint64]]:
        """The rows that may be drawn, or are among the largest; and their places in the span.

        Args:
            span: where they are from.
            rows: their ids, their strata, and the places of these among the totals.
            limits: of the strata.
            measures: their values.
        """
        ids, strata, places_of = rows
        thresholds = self._thresholds(span, ids, strata, measures)
        picked, values = self._picked(span, ids, strata.codes, limits, (thresholds, measures))
        places, row_ids, priority = picked.T
        codes = strata.codes[places]
        source = np.full(len(places), span.source, dtype=np.int64)
        kept = priority <= limits[codes]
        for number, so_far in enumerate(self._largest):
            sizes = np.abs(values[:, number])
            large = np.flatnonzero(sizes >= thresholds[number][0])
            top = large[largest(sizes[large], source[large], row_ids[large], so_far.most)]
            kept[top] = True
            so_far.add(sizes[top], source[top], row_ids[top])
        return Candidates(places_of[codes], priority, source, row_ids, values).taken(kept), places[kept]

    def _thresholds(self, span: Span, ids: RowIds, strata: SpanStrata, measures: Sequence[Column]) -> list[Threshold]:
        """Of each measure, what a row's value must exceed to be among the largest.

        Before so many rows were seen, the first ones of the span say what most of it stays below.
        """
        found = [so_far.threshold(span.source) for so_far in self._largest]
        if len(strata.codes) < 2 * _FIRST_ROWS or all(size for size, _ in found):
            return found
        all_of_them = np.full(len(strata.places), 2**64 - 1, dtype=np.uint64)
        picked, values = self._picked(span, ids, strata.codes[:_FIRST_ROWS], all_of_them, (found, measures))
        source = np.full(len(picked), span.source, dtype=np.int64)
        for number, (size, _) in enumerate(found):
            first = Largest(self.plan.certain)
            first.add(np.abs(values[:, number]), source, picked[:, 1])
            least, last = first.threshold(span.source)
            if not size and least:
                found[number] = least, last + 1  # the last of them is still to be taken itself
        return found

    def _picked(
        self, span: Span, ids: RowIds, codes: npt.NDArray[np.uint32], limits: Limits,
        large: tuple[list[Threshold], Sequence[Column]],
    ) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.float64]]:  # fmt: skip
        """See `pick_rows`: places, ids and priorities of the rows found, and their values."""
        thresholds, measures = large
        picked = np.empty((len(codes), 3), dtype=np.uint64)
        values = np.empty((len(codes), len(measures)))
        count = pick_rows(
            self.plan.key(span.source), ids.first, ids.address, codes, limits, describe(measures),
            np.array([size for size, _ in thresholds]), np.array([tie for _, tie in thresholds], dtype=np.uint64),
            picked, values,
        )  # fmt: skip
        return picked[: int(count)].copy(), values[: int(count)].copy()


def _summed(column: Column, strata: SpanStrata) -> Sums:
    """The sums of a measure for each stratum."""
    return sums_of(column, strata.codes, len(strata.places)).spread(strata.places, len(strata.keys))
