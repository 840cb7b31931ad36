"""The sample of a job while it runs: the parts of all spans so far as one, pruned as it grows."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.estimate.exact_sums import Index
from etl_batch.estimate.stratum_names import Hashes
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.freed_memory import give_back
from etl_batch.sampling.certain_rows import largest
from etl_batch.sampling.counts import MOST_HINTED, Counts, Hint
from etl_batch.sampling.plan import SamplePlan
from etl_batch.sampling.span_sample import Candidates, SpanSample, joined, no_candidates
from etl_batch.sampling.strata_totals import StrataTotals
from etl_batch.sampling.thresholds import least_of

if TYPE_CHECKING:
    from etl_batch.sampling.expected import Expected

_SLACK_ROWS = 20_000  #: that may be there too many, beside half of all, before they are pruned


@dataclass(frozen=True, slots=True)
class Piece:
    """The rows that a span added, in the side file."""

    source: int  #: which input's
    start: int  #: bytes
    stop: int


@dataclass(slots=True)
class SampleState:
    """All that was kept so far. In whatever order and cuts spans come, `draw` makes the same of it.

    The rows themselves are not here: they lie in the side file, and are read there once it is known which are drawn.

    What was added is among the candidates only once it was pruned; then their strata are places among the totals.
    """

    plan: SamplePlan
    inputs: int  #: how many
    expected: Expected | None = None  #: what was, by which rows may have been left out
    totals: StrataTotals | None = None  #: None: no good row so far
    candidates: Candidates = field(init=False)
    #: of each candidate among all rows that were ever added of its input
    places: Index = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    pieces: list[Piece] = field(default_factory=list)  #: where those rows lie, in their order
    _given: list[int] = field(init=False)  #: rows that were ever added of each input
    #: of which totals the strata of each are places, and where the first of each is among the rows of its input
    _added: list[tuple[Candidates, Hashes, int]] = field(default_factory=list)
    _keys: Hashes = field(default_factory=lambda: np.empty(0, dtype=np.uint64))  #: among which those of candidates are
    _there: int = 0  #: candidates and added rows
    _most: int = _SLACK_ROWS  #: of them, before they are pruned

    def __post_init__(self) -> None:
        self.candidates = no_candidates(len(self.plan.measures))
        self._given = [0] * self.inputs

    def add(self, part: SpanSample, start: int, stop: int) -> None:
        """Take what one span adds.

        Args:
            part: all but its rows.
            start: of these in the side file.
            stop: behind them there.
        """
        most = self.plan.max_strata
        self.totals = part.totals if self.totals is None else self.totals.merged(part.totals, most)
        count = len(part.candidates)
        self.pieces.append(Piece(part.source, start, stop))
        self._added.append((part.candidates, part.totals.keys, self._given[part.source]))
        self._given[part.source] += count
        self._there += count
        if self._there > self._most:
            self.prune()
            give_back()  # most of what the first spans of all workers add is forgotten again

    def prune(self) -> None:
        """Forget the rows that can no longer be drawn."""
        if self.totals is None:
            return
        candidates, places = self._all_of_them(self.totals)
        strata = candidates.strata
        counts = Counts(self.totals.keys, self.totals.rows)
        kept = candidates.priority <= counts.limits(self.plan, self.totals.keys)[strata]
        if counts.is_crowded(self.plan):
            beyond = counts.limits_beyond_least(self.plan, self.totals.keys)[strata]
            kept &= least_of(strata, candidates.priority) | (candidates.priority <= beyond)
        for number in range(len(self.plan.measures)):
            sizes = np.abs(candidates.values[:, number])
            kept[largest(sizes, candidates.source, candidates.row, self.plan.certain)] = True
        left = np.flatnonzero(kept)
        self.candidates, self.places = candidates.taken(left), places[left]
        self._there = len(left)
        self._most = 2 * len(left) + _SLACK_ROWS

    def _all_of_them(self, totals: StrataTotals) -> tuple[Candidates, Index]:
        """Those pruned before and those added since, their strata as places among the totals, and where they are."""
        parts = [(self.candidates, self._keys), *((added, keys) for added, keys, _ in self._added)]
        among_all = [replace(part, strata=totals.places_of(keys)[part.strata]) for part, keys in parts]
        behind = (np.arange(first, first + len(added)) for added, _, first in self._added)
        places = np.concatenate([self.places, *behind])
        self._added.clear()
        self._keys = totals.keys
        return joined(among_all), places

    def hint(self) -> Hint | None:
        """What to send to a worker; None: nothing is known yet, or it would be too much."""
        if self.totals is None or self.totals.strata > MOST_HINTED:
            return None
        return Hint(Counts(self.totals.keys, self.totals.rows))
