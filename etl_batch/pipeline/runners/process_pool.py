"""A pool of worker processes on this machine.

The parent hands out spans in order, one to each idle worker. A worker formats its span and reports the size; the
parent grants offsets in the order of the spans; the worker writes its bytes itself. No row crosses a pipe, and a
worker that dies blocks nobody: the parent watches all of them.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import forkserver
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from etl_batch.errors import CpuLimit, EtlError, NotFound, WorkerCrashed
from etl_batch.machine.handed_files import send
from etl_batch.machine.shared_buffers import SharedBuffers
from etl_batch.pipeline.runners.ahead import ANY_INPUT
from etl_batch.pipeline.runners.answers import heard
from etl_batch.pipeline.runners.bare_start import WORKER_NAMES, start_bare
from etl_batch.pipeline.runners.dispatch import Dispatch
from etl_batch.pipeline.runners.runner import Limits, Outputs, Usage
from etl_batch.pipeline.runners.temp_folder import claim_temp_folder
from etl_batch.pipeline.runners.worker_process import Call, Failed, Returned, Start, work
from etl_batch.pipeline.runners.workers import STOP_SECONDS, Worker, heard_from
from etl_batch.pipeline.span_job import SpanJob
from etl_batch.values import Span

_DEATH_SECONDS = 1.0  #: between the end of a pipe and the end of the process that held it
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class ProcessPool:
    """As many processes as the limits allow, and never more than there is work. Leaving the pool ends them.

    Args:
        home: of the job; no worker may read what holds it.
        ahead: modules that are loaded once, before the first worker, beside what every job needs.
    """

    def __init__(self, home: Path | None = None, *, ahead: Iterable[str] = ANY_INPUT) -> None:
        self._home = home
        self._context = multiprocessing.get_context("forkserver")
        self._workers: list[Worker] = []
        self._dismissed: list[Worker] = []
        self._loader: Worker | None = None  #: loads what will be needed, and is the next to be hired by `map`
        start_fork_server(ahead)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    def end(self) -> None:
        """End all workers at once, whatever they are at."""
        for worker in (*self._workers, *self._dismissed, *([self._loader] if self._loader else ())):
            worker.process.kill()
            worker.process.join(STOP_SECONDS)
            worker.close()
            with contextlib.suppress(ValueError):  # it is not dead yet: it waits for the disk
                worker.process.close()  # its descriptors, even where a traceback still refers to it
        self._workers.clear()
        self._dismissed.clear()
        self._loader = None

    def run(self, job: SpanJob, spans: Sequence[Span], outputs: Outputs, limits: Limits) -> Usage:
        """See `Runner.run`."""
        workers = self._hired(len(spans), limits)
        for worker in workers:
            if job.writes_csv and job.write and job.packing is None:  # what is compressed is read back
                worker.buffers = SharedBuffers(len(workers))
            worker.send(job)
        Dispatch(workers, spans, outputs, limits.deadline).run()
        return self._dismiss()

    def map(self, function: Callable[[_Item], _Result], items: Sequence[_Item], limits: Limits) -> Iterator[_Result]:
        """`function` of every item, in the order of the items. The workers begin at once.

        A result comes as soon as it and all before it are there. All of them must be taken before the pool is given
        other work.

        Args:
            function: of a module, so that workers can import it.
            items: small, for they travel.
            limits: of the pool.

        Raises:
            EtlError: of the earliest item that failed, or of a worker that died.
        """
        self._hire_loader(limits.deadline)
        workers = self._hired(len(items), limits, function)
        calls = deque(enumerate(Call(function, item) for item in items))
        for worker in workers:
            worker.task = _given(worker, calls)
        return _results(workers, calls, len(items), limits.deadline)

    def load_ahead(self, load: Callable[[None], None], limits: Limits) -> None:
        """Start a process that loads what `map` will need, while the others work.

        Args:
            load: a function of a module.
            limits: of the pool.
        """
        if self._loader is None:
            self._loader = self._started(f"{WORKER_NAMES}loader", limits, load)
            self._loader.send(Call(load, None))

    def _hire_loader(self, deadline: float) -> None:
        """Hire the worker that has loaded what is needed, if there is one."""
        if self._loader is not None:
            worker, self._loader = self._loader, None
            self._workers.insert(0, worker)
            while not list(heard_from([worker], deadline)):
                pass
            if isinstance(said := worker.hear(), Failed):
                raise said.error

    def _hired(self, tasks: int, limits: Limits, first: Callable[[Any], Any] | None = None) -> list[Worker]:
        """Workers that are idle, as many as there is work for."""
        wanted = min(limits.workers, tasks)
        while len(self._workers) < wanted:
            self._workers.append(self._started(f"{WORKER_NAMES}worker-{len(self._workers)}", limits, first))
        return self._workers[:wanted]

    def _started(self, name: str, limits: Limits, first: Callable[[Any], Any] | None) -> Worker:
        ours, theirs = self._context.Pipe()
        start = Start(limits.memory_bytes, self._home, first)
        process = self._context.Process(target=work, args=(theirs, start), name=name, daemon=True)
        try:
            process.start()
        except (EOFError, OSError) as error:  # the process that workers are forked from is gone
            ours.close()
            raise _fork_server_death(str(error)) from error
        finally:
            theirs.close()
        return Worker(process, ours)

    def _dismiss(self) -> Usage:
        """Ask every worker what it used, and let it go."""
        used = Usage(0, 0.0)
        for worker in self._workers:
            with contextlib.suppress(EOFError, OSError):
                send(worker.pipe, None)
                if worker.pipe.poll(STOP_SECONDS):
                    used += heard(worker.pipe)
        self._dismissed += self._workers
        self._workers = []
        return used


def start_fork_server(ahead: Iterable[str] = ANY_INPUT) -> None:
    """Start the process that workers are forked from, if there is none. What it loads takes most of a start.

    Args:
        ahead: modules that it loads beside what every job needs.

    Raises:
        NotFound: this process has no working directory.
    """
    first, needed, last = (f"{__package__}.{name}" for name in ("fork_server_start", "worker_imports", "fork_server"))
    forkserver.set_forkserver_preload([first, needed, *ahead, last])
    claim_temp_folder()
    start_bare()
    with _deaf_to_interrupts():
        try:
            forkserver.ensure_running()
        except FileNotFoundError:
            raise NotFound("the working directory was removed", mend="change to one that exists (cd)") from None


def _given(worker: Worker, calls: deque[tuple[int, Call]]) -> int | None:
    """Give a worker the next call, if there is one; returns its number."""
    if not calls:
        return None
    number, call = calls.popleft()
    worker.send(call)
    return number


def _results(workers: Sequence[Worker], calls: deque[tuple[int, Call]], count: int, deadline: float) -> Iterator[Any]:
    """What so many calls return, in their order, the rest of them given as workers become free."""
    taken = 0
    done: dict[int, Any] = {}
    while taken < count:
        for worker in heard_from(workers, deadline):
            message = worker.hear()
            if worker.task is not None:
                done[worker.task] = message
                worker.task = _given(worker, calls)
        while taken in done:
            message = done.pop(taken)
            taken += 1
            if isinstance(message, Failed):
                raise message.error
            if isinstance(message, Returned):
                yield message.value


def _fork_server_death(error: str) -> EtlError:
    """Why the process is gone that workers are forked from. It takes most of the time that a start takes."""
    pid: int | None = getattr(forkserver._forkserver, "_forkserver_pid", None)
    if pid is not None:
        with contextlib.suppress(ChildProcessError):
            until = time.monotonic() + _DEATH_SECONDS
            # Only looked at: multiprocessing itself waits for it before it starts the next.
            while (end := os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)) is None:
                if time.monotonic() > until:
                    break
                time.sleep(0.01)
            if end is not None and end.si_status == signal.SIGXCPU:
                return CpuLimit("starting the workers used all the processor time it may")
    return WorkerCrashed(f"no worker could be started ({error or 'their parent was killed'})")


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
