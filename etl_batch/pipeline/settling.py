"""Spans of sources whose rows are found in the pass itself: what the parent makes sure of, having them in their order.

A span is right where it begins at the end of the one before it. One that is not, or whose worker met a broken row
while it guessed, is done again from there. What holds no row leaves no trace, so that the spans are those that a check
before the pass would have found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace

from etl_batch.formats.format import Source
from etl_batch.formats.unsettled import Unsettled
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.shared_buffers import Held
from etl_batch.pipeline.job import JobPlan, TablePlan
from etl_batch.pipeline.runners.runner import Outputs
from etl_batch.pipeline.span_job import Grant
from etl_batch.values import NOT_KNOWN, PartResult, Span


class StartAgain(Exception):
    """The inputs are not as the plan has it: their rows must be looked at before the pass."""


class NotAsExpected(Exception):
    """Rows were left out that the sample may need: all is done again, and nothing is expected of it."""


@dataclass(slots=True)
class _Reached:
    """How far a source is read."""

    stop: int  #: bytes
    rows: int = 0


@dataclass(slots=True)
class Progression:
    """The spans so far, each where the one before it ended."""

    reached: dict[int, _Reached] = field(default_factory=dict)  #: by source; those without spans are not there
    spans: int = 0

    @classmethod
    def of(cls, planned: Sequence[Span]) -> Progression:
        """Of spans of which none is read."""
        return cls({span.source: _Reached(span.start) for span in reversed(planned)})

    def follows(self, span: Span) -> bool:
        """Whether the rows of a span begin where those before them end."""
        return span.start == self.reached[span.source].stop

    def placed(self, span: Span) -> Span:
        """A span from where its rows begin."""
        so_far = self.reached[span.source]
        return replace(span, start=so_far.stop, first_row=so_far.rows)

    def add(self, span: Span) -> Span:
        """Go on behind a span that follows; returns it with its place in the output."""
        so_far = self.reached[span.source]
        settled = replace(span, ordinal=self.spans, first_row=so_far.rows)
        self.reached[span.source] = _Reached(span.stop, so_far.rows + span.rows)
        self.spans += 1
        return settled


def is_unsettled(plan: JobPlan) -> bool:
    """Whether rows of the plan are found in the pass."""
    return any(isinstance(source, Unsettled) for source in plan.sources)


def fitting(spans: Sequence[Span], plan: JobPlan) -> int:
    """How many of the spans that an interrupted job did are spans of a plan."""
    if not is_unsettled(plan):
        fits = [made == span for made, span in zip(spans, plan.spans, strict=False)]
        return fits.index(False) if False in fits else len(fits)
    progression, ends = Progression.of(plan.spans), {span.source: span.stop for span in plan.spans}
    done = dict.fromkeys(ends, False)
    for number, span in enumerate(spans):
        earlier = [done[source] for source in ends if source < span.source]
        if span.source not in ends or not all(earlier) or not progression.follows(span):
            return number
        if span.rows < 1 or not span.start < span.stop <= ends[span.source] or progression.add(span) != span:
            return number
        done[span.source] = span.stop == ends[span.source]
    return len(spans)


def left_of(plan: JobPlan, done: Sequence[Span]) -> list[Span]:
    """The spans that are to be done behind those that are: of one that was planned from its beginning, the rest."""
    if not done or not is_unsettled(plan):
        return list(plan.spans[len(done) :])
    last = done[-1]
    same = [span for span in plan.spans if span.source == last.source]
    left = [span for span in same if last.stop <= span.stop] if last.stop < same[-1].stop else []
    if left:
        left[0] = replace(left[0], start=last.stop, first_row=last.first_row + last.rows)
    return left + [span for span in plan.spans if span.source > last.source]


@dataclass(slots=True)
class SettlingOutputs:
    """Passes on to the outputs what is sure, with its place; the rest is to be done again."""

    outputs: Outputs
    planned: dict[int, Span]  #: by ordinal
    progression: Progression

    @classmethod
    def of(cls, outputs: Outputs, plan: JobPlan, done: Sequence[Span], left: Sequence[Span]) -> SettlingOutputs:
        """Those of a job that goes on behind some spans."""
        progression = Progression.of(plan.spans)
        for span in done:
            progression.add(span)
        return cls(outputs, {span.ordinal: span for span in left}, progression)

    def grant(self, result: PartResult) -> Grant | Span:
        """See `Outputs.grant`.

        Raises:
            StartAgain: the rows of a span are sound, and not as the plan has it.
        """
        span = self.planned[result.span.ordinal]
        if result.is_unsure and span.first_row != NOT_KNOWN:
            raise StartAgain
        if result.is_unsure or not self.progression.follows(result.span):
            self.planned[span.ordinal] = self.progression.placed(span)
            return self.planned[span.ordinal]
        if not result.rows_in:
            return Grant(0, 0)
        return self.outputs.grant(replace(result, span=self.progression.add(result.span)))

    def settle(self) -> None:
        """See `Outputs.settle`."""
        self.outputs.settle()

    def written(self, result: PartResult, grant: Grant, held: Held | None = None) -> None:
        """See `Outputs.written`."""
        self.outputs.written(result, grant, held)

    def settled(self, plan: JobPlan) -> JobPlan:
        """The plan, now that all rows are counted.

        Raises:
            StartAgain: there are so many, or so few, that the plan was not good.
        """
        return replace(plan, tables=tuple(map(self._settled_table, plan.tables)))

    def _settled_table(self, table: TablePlan) -> TablePlan:
        sources = tuple(map(self._settled, table.sources))
        rows = sum(source.rows for source in sources)
        return replace(table, sources=sources, sample=table.sample and table.sample.settled(rows))

    def _settled(self, source: Source) -> Source:
        if not isinstance(source, Unsettled):
            return source
        reached = self.progression.reached.get(source.ordinal)
        rows = reached.rows if reached else 0
        if not source.least_rows <= rows <= source.rows:
            raise StartAgain
        return source.settled(rows)
