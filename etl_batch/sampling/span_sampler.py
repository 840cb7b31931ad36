"""What a worker does with the rows of a span for the sample: count, add up, keep the rows that may be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.column_strata import SpanStrata
from etl_batch.formats.format import Batch, RowIds
from etl_batch.kernels.columns import Column
from etl_batch.kernels.pick_rows import least_priorities
from etl_batch.light_dataclass import dataclass
from etl_batch.sampling.block_pass import BlockPass, Listed, Lottery, list_rows
from etl_batch.sampling.certain_rows import Largest, largest
from etl_batch.sampling.counts import Counts, Hint, no_counts
from etl_batch.sampling.plan import MINIMUM, SamplePlan
from etl_batch.sampling.span_sample import Candidates, SpanSample
from etl_batch.sampling.strata_totals import StrataTotals
from etl_batch.sampling.thresholds import Limits
from etl_batch.values import Span

if TYPE_CHECKING:
    from etl_batch.sampling.expected import Expected

_FIRST_ROWS = 8192  #: of a worker's first span, by which it finds out what a large value is


@dataclass(slots=True)
class SpanSampler:
    """Samples span after span. What it has seen before lets it forget more rows at once, and changes nothing else."""

    plan: SamplePlan
    expected: Expected | None = None
    _seen: Counts = field(default_factory=no_counts)  #: by this worker
    _known: Counts = field(default_factory=no_counts)  #: by all workers, as far as hints say
    _largest: list[Largest] = field(init=False)
    _pass: BlockPass = field(default_factory=BlockPass)

    def __post_init__(self) -> None:
        self._largest = [Largest(self.plan.certain) for _ in self.plan.measures]

    def learn(self, hint: Hint) -> None:
        """Hear what all workers have seen together."""
        self._known = hint.counts

    def begin(self, span: Span, columns: Mapping[str, Column], rows: int, ids: RowIds) -> tuple[int, int]:
        """See `Sampling.begin`; `take` goes on with it."""
        column, *measures = (columns[name] for name in (self.plan.strata, *self.plan.measures))
        return self._pass.begin(column, measures, rows, self._lottery(ids, span))

    def take(self, batch: Batch, span: Span) -> SpanSample | None:
        """The span's part of the sample; None: it has no good row."""
        if not batch.rows:
            return None
        column, *measures = batch.columns_of((self.plan.strata, *self.plan.measures))
        lottery = self._lottery(batch.row_ids(), span)
        passed = self._pass.read(column, measures, batch.rows, lottery)
        strata = passed.strata
        totals = StrataTotals(strata.keys, strata.names, strata.rows, passed.sums).limited(self.plan.max_strata)
        self._seen = self._seen.plus(totals.keys, totals.rows, self.plan.max_strata)
        seen = self._seen.highest(self._known)
        limits, is_crowded = seen.limits(self.plan, strata.of_codes), seen.is_crowded(self.plan)
        if self.expected is not None and not is_crowded:
            limits = np.minimum(limits, self.expected.of(strata.of_codes))
        self._pass.learn(strata, None if is_crowded else limits)
        if is_crowded:
            beyond = seen.limits_beyond_least(self.plan, strata.of_codes)
            limits = np.minimum(limits, np.maximum(_least_limits(strata, lottery), beyond))
        listed = passed.listed
        if listed is None:
            lottery = self._sharpened(lottery, strata, measures, span)
            listed = list_rows(strata, measures, limits, lottery)
        places = np.minimum(strata.places, totals.strata - 1)  # what is beyond the last is (other)
        codes = strata.codes[listed.places]
        kept = self._kept(listed, limits[codes], span, lottery)
        rows = listed.taken(kept)
        source = np.full(len(rows), span.source, dtype=np.int64)
        candidates = Candidates(places[codes[kept]], rows.priority, source, rows.ids, rows.values)
        return SpanSample.of(span.source, totals, candidates, batch.pick(np.ascontiguousarray(rows.places)))

    def _lottery(self, ids: RowIds, span: Span) -> Lottery:
        thresholds = [so_far.threshold(span.source) for so_far in self._largest]
        sizes, ties = zip(*thresholds, strict=True)
        return Lottery(self.plan.key(span.source), ids, np.array(sizes), np.array(ties, dtype=np.uint64))

    def _sharpened(self, lottery: Lottery, strata: SpanStrata, measures: Sequence[Column], span: Span) -> Lottery:
        """Before so many rows were seen, the first ones of the span say what most of it stays below."""
        if len(strata.codes) < 2 * _FIRST_ROWS or lottery.thresholds.all():
            return lottery
        all_of_them = np.full(len(strata.places), 2**64 - 1, dtype=np.uint64)
        rows = list_rows(replace(strata, codes=strata.codes[:_FIRST_ROWS]), measures, all_of_them, lottery)
        source = np.full(len(rows), span.source, dtype=np.int64)
        thresholds, ties = lottery.thresholds.copy(), lottery.ties.copy()
        for number in np.flatnonzero(thresholds == 0):
            first = Largest(self.plan.certain)
            first.add(np.abs(rows.values[:, number]), source, rows.ids)
            least, last = first.threshold(span.source)
            if least:
                thresholds[number], ties[number] = least, last + 1  # the last of them is still to be taken itself
        return replace(lottery, thresholds=thresholds, ties=ties)

    def _kept(self, listed: Listed, limits: Limits, span: Span, lottery: Lottery) -> npt.NDArray[np.bool_]:
        """Which rows may be drawn, or are among the largest; `limits` is of each row's stratum."""
        source = np.full(len(listed), span.source, dtype=np.int64)
        kept = listed.priority <= limits
        for number, so_far in enumerate(self._largest):
            sizes, least = np.abs(listed.values[:, number]), lottery.thresholds[number]
            above = np.flatnonzero((sizes > least) | ((sizes == least) & (listed.ids < lottery.ties[number])))
            top = above[largest(sizes[above], source[above], listed.ids[above], so_far.most)]
            kept[top] = True
            so_far.add(sizes[top], source[top], listed.ids[top])
        return kept


def _least_limits(strata: SpanStrata, lottery: Lottery) -> Limits:
    """Of each code, the largest priority that can be drawn where strata are given the least number only."""
    least = np.full((len(strata.places), MINIMUM), 2**64 - 1, dtype=np.uint64)
    least_priorities(lottery.key, lottery.ids.first, lottery.ids.address, strata.codes, least)
    found: Limits = least[:, -1]
    return found
