"""The parent's side of a run: what a worker waits for comes first."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
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
    told: list[object] = field(default_factory=list)
    events: list[str] = field(default_factory=list)

    def _hear(self) -> None:
        while self.worker.poll():
            self.told.append(receive(self.worker))

    def grant(self, result: PartResult) -> Grant:
        assert result.sample
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


def test_a_worker_has_its_grant_and_its_next_span_before_the_parent_does_what_can_wait() -> None:
    ours, theirs = Pipe()
    alive, end = os.pipe()
    process = cast("BaseProcess", SimpleNamespace(sentinel=alive))
    spans = [
        Span(ordinal=number, source=0, start=10 * number, stop=10 * number + 10, first_row=number, rows=1, part=0)
        for number in range(2)
    ]
    for span in spans:  # what the worker will say
        say(theirs, part(span))
        say(theirs, True)
    outputs = Recorder(theirs)
    try:
        Dispatch([Worker(process, ours)], spans, outputs, time.monotonic() + WAIT_SECONDS).run()
    finally:
        for descriptor in (alive, end):
            os.close(descriptor)
        ours.close()
        theirs.close()
    assert [one for one in outputs.events if "settle" not in one] == ["grant 0", "written 0", "grant 1", "written 1"]
    assert outputs.events[1] == "settle: 1 granted, 2 spans given"
    assert "settle: 2 granted, 2 spans given" in outputs.events
