"""The parent's side of a run: what a worker waits for comes first."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import SimpleNamespace
from typing import cast

from etl_batch.machine.handed_files import receive
from etl_batch.machine.shared_buffers import Held
from etl_batch.pipeline.runners.answers import say
from etl_batch.pipeline.runners.dispatch import Dispatch
from etl_batch.pipeline.runners.workers import Worker
from etl_batch.pipeline.span_job import Grant
from etl_batch.values import PartResult, Span

WAIT_SECONDS = 60


@dataclass
class Recorder:
    """Outputs that note what the worker had been told when they were asked."""

    worker: Connection
    again: list[Span] = field(default_factory=list)  #: spans that are to be done once more
    told: list[object] = field(default_factory=list)
    events: list[str] = field(default_factory=list)

    def _hear(self) -> None:
        while self.worker.poll():
            self.told.append(receive(self.worker))

    def grant(self, result: PartResult) -> Grant | Span:
        assert result.sample
        if self.again and self.again[0].ordinal == result.span.ordinal:
            self.events.append(f"again {result.span.ordinal}")
            return self.again.pop(0)
        self.events.append(f"grant {result.span.ordinal}")
        return Grant(result.span.start, 0)

    def settle(self) -> None:
        self._hear()
        grants = sum(isinstance(one, Grant) for one in self.told)
        spans = sum(isinstance(one, Span) for one in self.told)
        self.events.append(f"settle: {grants} granted, {spans} spans given")

    def written(self, result: PartResult, grant: Grant, held: Held | None = None) -> None:
        assert held is None
        assert not result.sample  # the largest part of it, which was granted
        assert grant.csv_offset == result.span.start
        self.events.append(f"written {result.span.ordinal}")


def part(span: Span) -> PartResult:
    return PartResult(
        span=span, rows_in=1, rows_out=1, cells_escaped=0, csv_bytes=1, parquet_bytes=0, parquet_footer=b"",
        rejected=(), sample=b"many rows",
    )  # fmt: skip


def spans_of(count: int) -> list[Span]:
    return [
        Span(ordinal=number, source=0, start=10 * number, stop=10 * number + 10, first_row=number, rows=1, part=0)
        for number in range(count)
    ]


def dispatched(spans: list[Span], says: list[object], again: Sequence[Span] = ()) -> Recorder:
    """One worker's run through some spans, which says what it says."""
    ours, theirs = Pipe()
    alive, end = os.pipe()
    process = cast("BaseProcess", SimpleNamespace(sentinel=alive))
    for one in says:
        say(theirs, one)
    outputs = Recorder(theirs, list(again))
    try:
        Dispatch([Worker(process, ours)], spans, outputs, time.monotonic() + WAIT_SECONDS).run()
        outputs._hear()
    finally:
        for descriptor in (alive, end):
            os.close(descriptor)
        ours.close()
        theirs.close()
    return outputs


def test_a_worker_has_its_grant_and_its_next_span_before_the_parent_does_what_can_wait() -> None:
    spans = spans_of(2)
    outputs = dispatched(spans, [said for span in spans for said in (part(span), True)])
    assert [one for one in outputs.events if "settle" not in one] == ["grant 0", "written 0", "grant 1", "written 1"]
    assert outputs.events[1] == "settle: 1 granted, 2 spans given"
    assert "settle: 2 granted, 2 spans given" in outputs.events


def test_a_span_that_is_done_again_is_granted_then_and_all_behind_it_later() -> None:
    spans = spans_of(2)
    again = replace(spans[0], start=3)
    outputs = dispatched(spans, [part(spans[0]), part(again), True, part(spans[1]), True], [again])
    events = [one for one in outputs.events if "settle" not in one]
    assert events == ["again 0", "grant 0", "written 0", "grant 1", "written 1"]
    told = [one.csv_offset if isinstance(one, Grant) else one for one in outputs.told]
    assert told == [spans[0], again, 3, spans[1], 10]
