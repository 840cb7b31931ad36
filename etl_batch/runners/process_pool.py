"""A pool of worker processes on this machine.

The parent hands out spans in order, one to each idle worker. A worker formats its span and reports the size; the
parent grants offsets in the order of the spans; the worker writes its bytes itself. No row crosses a pipe, and a
worker that dies blocks nobody: the parent watches all of them.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import resource
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from etl_batch.errors import EtlError, InputChanged, NotFound, OutOfMemory, TimedOut, WorkerCrashed
from etl_batch.runners.contract import Limits, Outputs, Usage
from etl_batch.span_job import Grant, SpanJob
from etl_batch.values import KIB, PartResult, Span

_STOP_SECONDS = 5.0
_LONGEST_WAIT_SECONDS = 60.0  #: poll(2) takes no more than some weeks


@dataclass(frozen=True, slots=True)
class _Failed:
    """A worker's answer when it could not do a span."""

    error: EtlError


@dataclass(eq=False, slots=True)
class _Worker:
    """The parent's view of one worker process."""

    process: BaseProcess
    pipe: Connection
    span: Span | None = None
    result: PartResult | None = None
    grant: Grant | None = None
    upcoming: Span | None = None  #: sent ahead, so that the worker does not wait for the parent between two spans


class ProcessPool:
    """Runs spans on as many processes as the limits allow, and never more than there are spans."""

    def __init__(self) -> None:
        # Loading the kernels takes most of the start: it goes on while the parent plans.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["etl_batch.worker_imports"])
        with _deaf_to_interrupts():
            try:
                forkserver.ensure_running()
            except FileNotFoundError:
                raise NotFound("the working directory was removed", mend="change to one that exists (cd)") from None

    def run(self, job: SpanJob, spans: Sequence[Span], outputs: Outputs, limits: Limits) -> Usage:
        """See `Runner.run`."""
        workers: list[_Worker] = []
        try:
            for number in range(min(limits.workers, len(spans))):
                ours, theirs = self._context.Pipe()
                process = self._context.Process(
                    target=_work, args=(theirs, job, limits.memory_bytes), name=f"etl-worker-{number}", daemon=True
                )
                process.start()
                theirs.close()
                workers.append(_Worker(process, ours))
            return _Dispatch(workers, spans, outputs, limits).run()
        finally:
            for worker in workers:
                worker.process.kill()
                worker.process.join(_STOP_SECONDS)
                worker.pipe.close()


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """What is started meanwhile ignores Ctrl-C, which reaches the whole process group: the parent alone decides."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Dispatch:
    """One run of the pool: who works on what, which span may write next, what failed."""

    def __init__(self, workers: list[_Worker], spans: Sequence[Span], outputs: Outputs, limits: Limits) -> None:
        self.workers = workers
        self.waiting = deque(spans)
        self.outputs = outputs
        self.limits = limits
        self.ready: dict[int, _Worker] = {}
        self.next_ordinal = spans[0].ordinal if spans else 0
        self.failures: dict[int, EtlError] = {}

    def run(self) -> Usage:
        for worker in self.workers:
            self._give_next(worker)
        while any(worker.span for worker in self.workers):
            self._hear()
            self._raise_earliest_failure()
        return self._dismiss()

    def _give_next(self, worker: _Worker) -> None:
        worker.span, worker.upcoming = worker.upcoming, None
        worker.result = worker.grant = None
        if worker.span is None and self.waiting and not self.failures:
            worker.span = self.waiting.popleft()
            self._send(worker, worker.span)

    def _hear(self) -> None:
        """Wait for the next word of any worker, or its death."""
        patience = self.limits.deadline - time.monotonic()
        if patience <= 0:
            raise TimedOut("the job reached its time limit")
        everyone = [w.pipe for w in self.workers] + [w.process.sentinel for w in self.workers]
        heard = set(wait(everyone, min(patience, _LONGEST_WAIT_SECONDS)))
        for worker in self.workers:
            if worker.pipe in heard:
                self._take(worker)
            elif worker.process.sentinel in heard:
                raise self._death(worker)
        self._grant_in_order()

    def _take(self, worker: _Worker) -> None:
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):
            raise self._death(worker) from None
        if worker.span is None:
            return
        if isinstance(message, _Failed):
            self.failures[worker.span.ordinal] = message.error
            self._give_next(worker)
        elif isinstance(message, PartResult):
            worker.result = message
            self.ready[worker.span.ordinal] = worker
        elif worker.result is not None and worker.grant is not None:
            self.outputs.written(worker.result, worker.grant)
            self._give_next(worker)

    def _grant_in_order(self) -> None:
        while (worker := self.ready.pop(self.next_ordinal, None)) is not None:
            if worker.result is not None:
                worker.grant = self.outputs.grant(worker.result)
                self._send(worker, worker.grant)
                if self.waiting and not self.failures:
                    worker.upcoming = self.waiting.popleft()
                    self._send(worker, worker.upcoming)
            self.next_ordinal += 1

    def _raise_earliest_failure(self) -> None:
        """Every span before the failed one must be done, for it may hold an earlier error."""
        if self.failures:
            earliest = min(self.failures)
            if not any(w.span and w.span.ordinal < earliest for w in self.workers):
                raise self.failures[earliest]

    def _send(self, worker: _Worker, message: object) -> None:
        try:
            worker.pipe.send(message)
        except (BrokenPipeError, ConnectionResetError):
            raise self._death(worker) from None

    def _death(self, worker: _Worker) -> EtlError:
        worker.process.join(_STOP_SECONDS)
        code = worker.process.exitcode
        span = worker.span
        where = f"input {span.source + 1}, bytes {span.start} to {span.stop}" if span else "between two spans"
        if code == -signal.SIGBUS:
            return InputChanged(f"an input was cut short while it was being read ({where})")
        if code == -signal.SIGKILL:
            return WorkerCrashed(
                f"a worker was killed ({where})",
                mend="if nobody killed it, the machine ran out of memory: use fewer workers or smaller chunks",
            )
        cause = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        return WorkerCrashed(f"a worker died of {cause} ({where})")

    def _dismiss(self) -> Usage:
        """Ask every worker what it used, and let it go."""
        peak, cpu = 0, 0.0
        for worker in self.workers:
            with contextlib.suppress(EOFError, OSError):
                worker.pipe.send(None)
                if worker.pipe.poll(_STOP_SECONDS):
                    used = worker.pipe.recv()
                    peak, cpu = peak + used.peak_rss_bytes, cpu + used.cpu_seconds
        return Usage(peak, cpu)


def _work(pipe: Connection, job: SpanJob, memory_bytes: int) -> None:
    """A worker's life: spans and grants in, results out, until the parent says so or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from etl_batch.span_work import SpanWorker

    worker = SpanWorker(job)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while (span := pipe.recv()) is not None:
            try:
                pipe.send(worker.format(span))
                worker.write(span, pipe.recv())
                pipe.send(True)
            except EtlError as error:
                pipe.send(_Failed(error))
            except MemoryError:
                worker = SpanWorker(job)
                limit = f"{memory_bytes // (KIB * KIB)} MB"
                pipe.send(_Failed(OutOfMemory(f"a worker reached its memory limit of {limit}")))
        used = resource.getrusage(resource.RUSAGE_SELF)
        pipe.send(Usage(used.ru_maxrss * KIB, used.ru_utime + used.ru_stime))
    worker.close()
