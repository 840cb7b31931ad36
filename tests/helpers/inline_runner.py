"""Runners that work in this process, so that a test decides what is written when, and where it ends."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from etl_batch.machine.shared_buffers import Held
from etl_batch.pipeline.runners.process_pool import ProcessPool
from etl_batch.pipeline.runners.runner import Limits, Outputs, Runner, Usage
from etl_batch.pipeline.span_job import Grant, SpanJob
from etl_batch.pipeline.span_worker import SpanWorker
from etl_batch.values import PartResult, Span


class Crash(BaseException):
    """The process is dead; nothing that follows may touch the disk."""


@dataclass
class InlineRunner:
    """Several workers that take turns: their writes come in any order, their grants in the order of the spans."""

    ahead: int = 1  #: spans that are granted before the first of them is written

    def run(self, job: SpanJob, spans: Sequence[Span], outputs: Outputs, limits: Limits) -> Usage:
        """See `Runner.run`."""
        for start in range(0, len(spans), self.ahead):
            with contextlib.ExitStack() as stack:
                granted = []
                for span in spans[start : start + self.ahead]:
                    worker = SpanWorker(job)
                    stack.callback(worker.close)
                    granted.append((worker, *_granted(worker, span, outputs)))
                outputs.settle()
                for worker, result, grant in reversed(granted):
                    worker.write(grant)
                    outputs.written(result, grant)
        return Usage(limits.workers, 0.0)


def _granted(worker: SpanWorker, span: Span, outputs: Outputs) -> tuple[PartResult, Grant]:
    """What is made of a span, however often it takes."""
    result = worker.format(span)
    answer = outputs.grant(result)
    return (result, answer) if isinstance(answer, Grant) else _granted(worker, answer, outputs)


def without_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the pool would do beside the spans (the sample, the copies in UTF-8) is done here, and none is started.

    For a test that does very many jobs, and is not about processes: most of a small job is their start.
    """
    monkeypatch.setattr(ProcessPool, "map", _map_here)
    monkeypatch.setattr(ProcessPool, "load_ahead", lambda *_: None)


def _map_here(_: ProcessPool, function: Callable[[Any], Any], items: Sequence[Any], limits: Limits) -> Iterator[Any]:
    assert limits.workers
    return map(function, items)


@dataclass
class CrashAfter:
    """Any runner, stopped by an error once so many spans are written."""

    spans: int
    runner: Runner
    error: BaseException

    def run(self, job: SpanJob, spans: Sequence[Span], outputs: Outputs, limits: Limits) -> Usage:
        """See `Runner.run`."""
        return self.runner.run(job, spans, _Counting(outputs, self), limits)


@dataclass
class _Counting:
    outputs: Outputs
    crash: CrashAfter
    written_spans: int = 0

    def grant(self, result: PartResult) -> Grant | Span:
        return self.outputs.grant(result)

    def settle(self) -> None:
        self.outputs.settle()

    def written(self, result: PartResult, grant: Grant, held: Held | None = None) -> None:
        if self.written_spans == self.crash.spans:
            raise self.crash.error
        self.outputs.written(result, grant, held)
        self.written_spans += 1
