"""A pool of worker processes on this machine.

The parent hands out spans in order, one to each idle worker. A worker formats its span and reports the size; the
parent grants offsets in the order of the spans; the worker writes its bytes itself. No row crosses a pipe, and a
worker that dies blocks nobody: the parent watches all of them.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import forkserver
from types import TracebackType
from typing import Any, Self, TypeVar

from etl_batch.errors import NotFound, WorkerCrashed
from etl_batch.runners.contract import Limits, Outputs, Usage
from etl_batch.runners.dispatch import Dispatch
from etl_batch.runners.worker_process import Call, Failed, Returned, work
from etl_batch.runners.workers import STOP_SECONDS, Worker, heard_from
from etl_batch.span_job import SpanJob
from etl_batch.values import Span

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class ProcessPool:
    """As many processes as the limits allow, and never more than there is work. Leaving the pool ends them."""

    def __init__(self) -> None:
        # Loading the kernels takes most of the start: it goes on while the parent plans.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["etl_batch.worker_imports", "etl_batch.runners.fork_server_exit"])
        self._workers: list[Worker] = []
        self._dismissed: list[Worker] = []
        with _deaf_to_interrupts():
            try:
                forkserver.ensure_running()
            except FileNotFoundError:
                raise NotFound("the working directory was removed", mend="change to one that exists (cd)") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        for worker in (*self._workers, *self._dismissed):
            worker.process.kill()
            worker.process.join(STOP_SECONDS)
            worker.pipe.close()
        self._workers.clear()
        self._dismissed.clear()

    def run(self, job: SpanJob, spans: Sequence[Span], outputs: Outputs, limits: Limits) -> Usage:
        """See `Runner.run`."""
        workers = self._hired(len(spans), limits)
        for worker in workers:
            worker.send(job)
        Dispatch(workers, spans, outputs, limits.deadline).run()
        return self._dismiss()

    def map(self, function: Callable[[_Item], _Result], items: Sequence[_Item], limits: Limits) -> Iterator[_Result]:
        """`function` of every item, in the order of the items.

        A result comes as soon as it and all before it are there. All of them must be taken before the pool is given
        other work.

        Args:
            function: of a module, so that workers can import it.
            items: small, for they travel.
            limits: of the pool.

        Raises:
            EtlError: of the earliest item that failed, or of a worker that died.
        """
        workers = self._hired(len(items), limits)
        given, taken = 0, 0
        done: dict[int, Any] = {}
        while taken < len(items):
            for worker in workers:
                if worker.task is None and given < len(items):
                    worker.task, given = given, given + 1
                    worker.send(Call(function, items[worker.task]))
            for worker in heard_from(workers, limits.deadline):
                message = worker.hear()
                if worker.task is not None:
                    done[worker.task] = message
                    worker.task = None
            while taken in done:
                message = done.pop(taken)
                taken += 1
                if isinstance(message, Failed):
                    raise message.error
                if isinstance(message, Returned):
                    yield message.value

    def _hired(self, tasks: int, limits: Limits) -> list[Worker]:
        """Workers that are idle, as many as there is work for."""
        wanted = min(limits.workers, tasks)
        while len(self._workers) < wanted:
            ours, theirs = self._context.Pipe()
            name = f"etl-worker-{len(self._workers)}"
            process = self._context.Process(target=work, args=(theirs, limits.memory_bytes), name=name, daemon=True)
            try:
                process.start()
            except (EOFError, OSError) as error:  # the process that workers are forked from is gone
                ours.close()
                raise WorkerCrashed(f"no worker could be started ({error or 'their parent was killed'})") from error
            finally:
                theirs.close()
            self._workers.append(Worker(process, ours))
        return self._workers[:wanted]

    def _dismiss(self) -> Usage:
        """Ask every worker what it used, and let it go."""
        peak, cpu = 0, 0.0
        for worker in self._workers:
            with contextlib.suppress(EOFError, OSError):
                worker.pipe.send(None)
                if worker.pipe.poll(STOP_SECONDS):
                    used = worker.pipe.recv()
                    peak, cpu = peak + used.peak_rss_bytes, cpu + used.cpu_seconds
        self._dismissed += self._workers
        self._workers = []
        return Usage(peak, cpu)


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
