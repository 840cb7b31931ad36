"""Who works on which span, which span may write next, what failed."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from etl_batch.errors import EtlError
from etl_batch.pipeline.runners.runner import Outputs
from etl_batch.pipeline.runners.worker_process import Failed
from etl_batch.pipeline.runners.workers import Worker, heard_from
from etl_batch.values import PartResult, Span


class Dispatch:
    """One run through all spans."""

    def __init__(self, workers: Sequence[Worker], spans: Sequence[Span], outputs: Outputs, deadline: float) -> None:
        self._workers = workers
        self._waiting = deque(spans)
        self._outputs = outputs
        self._deadline = deadline
        self._ready: dict[int, Worker] = {}
        self._next_ordinal = spans[0].ordinal if spans else 0
        self._failures: dict[int, EtlError] = {}

    def run(self) -> None:
        """Work through the spans.

        Raises:
            EtlError: of the earliest span that failed, or of a worker that died.
        """
        for worker in self._workers:
            self._give_next(worker)
        while any(worker.span for worker in self._workers):
            for worker in heard_from(self._workers, self._deadline):
                self._take(worker)
            self._grant_in_order()
            self._raise_earliest_failure()

    def _give_next(self, worker: Worker) -> None:
        worker.span, worker.upcoming = worker.upcoming, None
        worker.result = worker.grant = None
        if worker.span is None and self._waiting and not self._failures:
            worker.span = self._waiting.popleft()
            worker.send(worker.span)

    def _take(self, worker: Worker) -> None:
        message = worker.hear()
        if worker.span is None:
            return
        if isinstance(message, Failed):
            self._failures[worker.span.ordinal] = message.error
            self._give_next(worker)
        elif isinstance(message, PartResult):
            worker.result = message
            self._ready[worker.span.ordinal] = worker
        elif worker.result is not None and worker.grant is not None:
            self._outputs.written(worker.result, worker.grant, worker.held(worker.result))
            self._give_next(worker)

    def _grant_in_order(self) -> None:
        while (worker := self._ready.pop(self._next_ordinal, None)) is not None:
            if worker.result is not None:
                answer = self._outputs.grant(worker.result)
                worker.send(answer)
                if isinstance(answer, Span):  # it is done again, and all others wait for their turn behind it
                    worker.span, worker.result = answer, None
                    break
                worker.grant = answer
                worker.result = replace(worker.result, sample=b"")  # the outputs have it: the largest part of a result
                if self._waiting and not self._failures:
                    worker.upcoming = self._waiting.popleft()
                    worker.send(worker.upcoming)
            self._next_ordinal += 1
        self._outputs.settle()

    def _raise_earliest_failure(self) -> None:
        """Every span before the failed one must be done, for it may hold an earlier error."""
        if self._failures:
            earliest = min(self._failures)
            if not any(w.span and w.span.ordinal < earliest for w in self._workers):
                raise self._failures[earliest]
