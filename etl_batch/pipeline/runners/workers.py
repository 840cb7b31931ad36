"""The parent's view of its worker processes: sending, hearing, and noticing when one dies."""

from __future__ import annotations

import signal
import time
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from etl_batch.errors import EtlError, TimedOut, WorkerCrashed
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.deaths import death
from etl_batch.machine.handed_files import NeededFile, send
from etl_batch.machine.shared_buffers import Held, SharedBuffers
from etl_batch.pipeline.runners.answers import heard
from etl_batch.pipeline.runners.worker_process import Call
from etl_batch.pipeline.span_job import Grant, SpanJob
from etl_batch.values import PartResult, Span

STOP_SECONDS = 5.0
_LONGEST_WAIT_SECONDS = 60.0  #: poll(2) takes no more than some weeks


@dataclass(eq=False, slots=True)
class Worker:
    """One worker process, and what it is at."""

    process: BaseProcess
    pipe: Connection
    task: int | None = None  #: the number of the item it works on, when the pool maps
    span: Span | None = None
    result: PartResult | None = None
    grant: Grant | None = None
    job: SpanJob | None = None
    buffers: SharedBuffers | None = None  #: that it formats its CSV into; None: its own memory
    handed: set[Hashable] = field(default_factory=set)  #: part files that it has
    upcoming: Span | None = None  #: sent ahead, so that the worker does not wait for the parent between two spans

    def send(self, message: object) -> None:
        """Tell it something, and hand it the files that it needs for it.

        Raises:
            EtlError: it is dead.
        """
        try:
            send(self.pipe, message, self._files(message))
        except (BrokenPipeError, ConnectionResetError):
            raise self.death() from None

    def _files(self, message: object) -> Sequence[NeededFile]:
        if isinstance(message, SpanJob):
            self.job = message
            self.handed.clear()
            return self.buffers.files if self.buffers else ()
        if isinstance(message, Call):
            return message.files
        if isinstance(message, Span) and self.job is not None:
            return self.job.inputs_of(message)
        if isinstance(message, Grant) and self.job is not None and self.span is not None:
            return self._not_yet_handed(self.job.outputs_of(self.span))
        return ()

    def _not_yet_handed(self, files: Sequence[NeededFile]) -> Sequence[NeededFile]:
        """Part files that it does not have: it keeps them open, and to open one again and again takes a while."""
        new = [file for file in files if file.key not in self.handed]
        self.handed.update(file.key for file in new)
        return new

    def held(self, result: PartResult) -> Held | None:
        """The CSV of a span that it has written, where it still has it in memory."""
        return self.buffers.held(result.csv_buffer, result.csv_bytes) if self.buffers else None

    def close(self) -> None:
        """It is gone: give back what led to it."""
        self.pipe.close()
        if self.buffers is not None:
            self.buffers.close()

    def hear(self) -> object:
        """What it says.

        Raises:
            EtlError: it died, or what it says is no result.
        """
        try:
            return heard(self.pipe)
        except (EOFError, OSError):
            raise self.death() from None

    def death(self) -> EtlError:
        """Why it died, as an error of the job."""
        self.process.join(STOP_SECONDS)
        code = self.process.exitcode
        where = "while the input was checked" if self.task is not None else "between two spans"
        if self.span is not None:
            where = f"input {self.span.source + 1}, bytes {self.span.start} to {self.span.stop}"
        if code == -signal.SIGKILL:
            return WorkerCrashed(
                f"a worker was killed by SIGKILL ({where})",
                mend="if nobody killed it, the machine ran out of memory: use fewer workers or smaller chunks",
            )
        return death(code, "a worker", where)


def heard_from(workers: Sequence[Worker], deadline: float) -> Iterator[Worker]:
    """Wait until any worker says something; yields those that did.

    Raises:
        TimedOut: the deadline, on `time.monotonic`, has come.
        EtlError: a worker died.
    """
    patience = deadline - time.monotonic()
    if patience <= 0:
        raise TimedOut("the job reached its time limit")
    everyone = [w.pipe for w in workers] + [w.process.sentinel for w in workers]
    heard = set(wait(everyone, min(patience, _LONGEST_WAIT_SECONDS)))
    for worker in workers:
        if worker.pipe in heard:
            yield worker
        elif worker.process.sentinel in heard:
            raise worker.death()
