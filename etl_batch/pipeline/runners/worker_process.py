"""The life of a worker process: spans, grants and calls in, results out, until the parent says so or is gone."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from collections.abc import Callable, Sequence
from multiprocessing import current_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl_batch.errors import EtlError, InputFailed, OutOfMemory
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile, receive
from etl_batch.machine.shared_buffers import OwnBuffers, data_bytes
from etl_batch.pipeline.runners.answers import say
from etl_batch.pipeline.runners.runner import Usage
from etl_batch.pipeline.span_job import SpanJob
from etl_batch.values import KIB, PartResult, Span

if TYPE_CHECKING:
    from etl_batch.pipeline.span_worker import SpanWorker

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  #: mallopt(3)
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15  #: prctl(2)
_NICENESS = 2  #: the hash of the outputs, one thread of the parent, must keep up with all workers
_LEAST_ROOM_BYTES = 64 * KIB * KIB  #: with less, not even a small span can be formatted
_STANDARD_ERROR = 2
_KEPT_BYTES = 32 * KIB * KIB  #: the most that glibc takes


@dataclass(frozen=True, slots=True)
class Call:
    """Asks for `function(item)`."""

    function: Callable[[Any], Any]
    item: Any

    @property
    def files(self) -> Sequence[NeededFile]:
        """What it takes, where the item says so."""
        return getattr(self.item, "files", ())


@dataclass(frozen=True, slots=True)
class Returned:
    """What a call gave."""

    value: Any


@dataclass(frozen=True, slots=True)
class Failed:
    """A worker's answer when it could not do what it was asked."""

    error: EtlError


@dataclass(frozen=True, slots=True)
class Start:
    """What a worker gets to know when it starts."""

    memory_bytes: int  #: of its own data
    home: Path | None = None  #: of the job: none of what it may read holds it
    first: Callable[[Any], Any] | None = None  #: what it is hired for, which is imported before it is shut in


def work(pipe: Connection, start: Start) -> None:
    """Answer every message until None comes, which asks for the usage and is the last.

    A `SpanJob` says what to do with the spans that follow it. A `Span` is formatted, which is answered with its
    `PartResult`. Its `Grant` follows, and its output is written, which is answered with True; or the span once more.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    libc = ctypes.CDLL(None)
    # The process that workers are forked from ends with the parent; a worker deep in a span would notice much later.
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NAME, current_process().name.encode(), 0, 0, 0)  # what `top` shows
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(_NICENESS)
    _keep_only(pipe.fileno())
    from etl_batch.machine.sandbox import shut_in
    from etl_batch.pipeline.runners.worker_policy import worker_policy

    sandbox = shut_in(worker_policy(start.home))  # no thread has started yet: those that do are shut in, too
    from etl_batch.pipeline.span_worker import SpanWorker

    _keep_freed_memory()
    no_room = _limited(start.memory_bytes)
    job: SpanJob | None = None
    worker: SpanWorker | None = None
    buffers: OwnBuffers | None = None
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while (message := receive(pipe)) is not None:
            try:
                if isinstance(message, SpanJob):
                    job, buffers = message, OwnBuffers()
                    worker = SpanWorker(job, buffers)
                elif no_room:
                    raise OutOfMemory(no_room, mend="raise --memory-limit")
                elif isinstance(message, Call):
                    say(pipe, Returned(message.function(message.item)))
                elif worker is not None:
                    say(pipe, _done(worker, message))
            except EtlError as error:
                say(pipe, Failed(error))
            except OSError as error:  # what is written says so itself
                say(pipe, Failed(InputFailed(f"an input could not be read ({error.strerror or error})")))
            except MemoryError:
                worker = SpanWorker(job, buffers) if job and buffers else None
                limit = f"{start.memory_bytes // (KIB * KIB)} MB"
                say(pipe, Failed(OutOfMemory(f"a worker reached its memory limit of {limit}")))
        used = resource.getrusage(resource.RUSAGE_SELF)
        say(pipe, Usage(used.ru_maxrss * KIB, used.ru_utime + used.ru_stime, sandbox))
    if worker is not None:
        worker.close()


def _done(worker: SpanWorker, message: Any) -> PartResult | bool:  # noqa: ANN401 - of the parent
    """Format a span, or write where a grant says."""
    if isinstance(message, Span):
        return worker.format(message)
    worker.write(message)
    return True


def _limited(memory_bytes: int) -> str:
    """Take no more memory than this from now on; or say why that is too little, which must not fail for want of it."""
    no_room = _no_room(data_bytes(), memory_bytes)
    if not no_room:
        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    return no_room


def _keep_only(descriptor: int) -> None:
    """Close what was inherited beside it and the standard ones: ways to the process that forks, and to its helper."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - numbers are wanted
        if int(name) > _STANDARD_ERROR and int(name) != descriptor:
            with contextlib.suppress(OSError):  # the one of this listing
                os.close(int(name))


def _no_room(taken: int, limit: int) -> str:
    """Why a worker cannot begin, if so: native code aborts where memory ends, without a word of memory."""
    if taken <= limit - _LEAST_ROOM_BYTES:
        return ""
    mib = KIB * KIB
    return (
        f"a worker takes {taken // mib} MB before it reads anything; its memory limit of {limit // mib} MB is too low"
    )


def _keep_freed_memory() -> None:
    """Let the C library reuse what one span freed for the next: fresh pages cost as much as filling them."""
    with contextlib.suppress(OSError, AttributeError):  # another C library may not know the call
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES)
        mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)
