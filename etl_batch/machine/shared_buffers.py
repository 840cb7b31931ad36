"""Memory that the parent and one worker share, so that what the worker formats can be hashed without reading it back.

A buffer is a file in memory (memfd_create(2)) that the parent makes and hands over. Its size is sealed, so that nobody
can cut it off under whoever reads it. A counter beside it (eventfd(2)) says that it is free; the worker waits for that
by itself, and nobody for the worker.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import mmap
import os
import resource
import select
import threading
from collections.abc import Sequence
from dataclasses import field
from functools import partial

from etl_batch.errors import OutputFailed
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile, handed
from etl_batch.values import MIB

_FEW_WORKERS = 4  #: that alone leave the hash idle, so that each formats into a second buffer meanwhile
_SIZE_BYTES = 512 * MIB  #: what is never touched takes no memory
_STEP_BYTES = 4 * MIB  #: in which the parent maps more
_NO_EXECUTION = 8  #: MFD_NOEXEC_SEAL, Linux 6.3
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


@dataclass(frozen=True, slots=True)
class _Key:
    """What a buffer, or its counter, is called on the way to the worker."""

    number: int
    is_counter: bool


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes of a worker that it keeps as they are until they are released."""

    content: memoryview
    _counter: _Counter

    def release(self) -> None:
        """The worker may use the memory again."""
        self._counter.add()


class _Counter:
    """Says that a buffer is free; from another thread than the one that closes it."""

    def __init__(self) -> None:
        self.descriptor = os.eventfd(1, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._lock = threading.Lock()

    def add(self) -> None:
        """It is free; nothing, once it is closed, for the number may be another file's by then."""
        with self._lock:
            if self.descriptor >= 0:
                os.eventfd_write(self.descriptor, 1)

    def close(self) -> None:
        """Nobody waits for it any more."""
        with self._lock:
            os.close(self.descriptor)
            self.descriptor = -1


@dataclass(slots=True)
class _Buffer:
    descriptor: int
    counter: _Counter
    mapped: memoryview = field(default_factory=lambda: memoryview(b""))

    def held(self, size: int) -> Held:
        if len(self.mapped) < size:
            whole = min(-(-size // _STEP_BYTES) * _STEP_BYTES, _SIZE_BYTES)
            self.mapped = memoryview(mmap.mmap(self.descriptor, whole, mmap.MAP_SHARED, mmap.PROT_READ))
        return Held(self.mapped[:size], self.counter)


class SharedBuffers:
    """The parent's side of one worker's buffers; none where the system has no such files.

    Args:
        workers: that there are. More than a few fill all that one hash can take, with a buffer each.
    """

    def __init__(self, workers: int) -> None:
        self._buffers: list[_Buffer] = []
        with contextlib.suppress(OSError):
            for number in range(2 if workers <= _FEW_WORKERS else 1):
                self._buffers.append(_made(f"etl-output-{number}"))

    @property
    def files(self) -> Sequence[NeededFile]:
        """What the worker needs."""
        return [
            NeededFile(_Key(number, is_counter), partial(_again, descriptor))
            for number, buffer in enumerate(self._buffers)
            for descriptor, is_counter in ((buffer.descriptor, False), (buffer.counter.descriptor, True))
        ]

    def held(self, number: int | None, size: int) -> Held | None:
        """What the worker says that it has in a buffer; None: it has none there."""
        if number is None or not 0 <= number < len(self._buffers) or not 0 < size <= _SIZE_BYTES:
            return None
        return self._buffers[number].held(size)

    def close(self) -> None:
        """No worker uses them any more; the memory is given back when nobody reads it."""
        for buffer in self._buffers:
            os.close(buffer.descriptor)
            buffer.counter.close()
        self._buffers.clear()


def _made(name: str) -> _Buffer:
    descriptor = _file_in_memory(name)
    try:
        os.ftruncate(descriptor, _SIZE_BYTES)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
        return _Buffer(descriptor, _Counter())
    except OSError:
        os.close(descriptor)
        raise


def _file_in_memory(name: str) -> int:
    usual = os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING
    try:
        return os.memfd_create(name, usual | _NO_EXECUTION)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    return os.memfd_create(name, usual)


def _again(descriptor: int) -> int:
    try:
        return os.dup(descriptor)
    except OSError as error:
        raise OutputFailed(f"a buffer could not be handed to a worker ({error.strerror})") from error


@dataclass(slots=True)
class _OwnBuffer:
    number: int
    descriptor: int
    counter: int
    mapped: memoryview = field(default_factory=lambda: memoryview(b""))


class OwnBuffers:
    """The worker's side: as many as it was handed with its last message."""

    def __init__(self) -> None:
        self._buffers: list[_OwnBuffer] = []
        for number in range(2):
            memory, counter = handed(_Key(number, is_counter=False)), handed(_Key(number, is_counter=True))
            if memory is not None and counter is not None:
                self._buffers.append(_OwnBuffer(number, memory, counter))
        self._taken: _OwnBuffer | None = None

    def take(self, room: int) -> tuple[int | None, memoryview]:
        """A buffer that nobody reads, the first that is free: that the second is ever touched is rare.

        Args:
            room: bytes that it must have.

        Returns:
            Its number, and its memory; None and nothing where there is none with so much room. What was taken and
            not given away is taken again.

        Raises:
            MemoryError: there is no room for it within the worker's memory limit.
        """
        if not self._buffers or room > _SIZE_BYTES:
            return None, memoryview(b"")
        if self._taken is None:
            self._taken = self._free_one(room)
        if len(self._taken.mapped) < room:
            self._map(self._taken, room)
        return self._taken.number, self._taken.mapped

    def give_away(self) -> None:
        """What was taken is read by the parent from now on, until it says that it is free again."""
        self._taken = None

    def close(self) -> None:
        """Unmap and close all of them."""
        for buffer in self._buffers:
            os.close(buffer.descriptor)
            os.close(buffer.counter)
        self._buffers.clear()
        self._taken = None

    def _free_one(self, room: int) -> _OwnBuffer:
        """Waits until there is one. A second is not begun where the memory limit has no room for it."""
        usable = [one for one in self._buffers if one.number == 0 or one.mapped or _has_room(room)]
        waiting = select.poll()
        for buffer in usable:
            waiting.register(buffer.counter, select.POLLIN)
        free = {descriptor for descriptor, _ in waiting.poll()}
        found = next(buffer for buffer in usable if buffer.counter in free)
        os.eventfd_read(found.counter)
        return found

    @staticmethod
    def _map(buffer: _OwnBuffer, room: int) -> None:
        """Map it. The kernel counts only private memory against a worker's limit, so this is taken off it."""
        whole = -(-room // mmap.PAGESIZE) * mmap.PAGESIZE
        more = whole - len(buffer.mapped)
        if not _has_room(more):
            raise MemoryError
        buffer.mapped = memoryview(mmap.mmap(buffer.descriptor, whole, mmap.MAP_SHARED))
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if soft != resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_DATA, (soft - more, hard))


def _has_room(more: int) -> bool:
    soft, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return soft == resource.RLIM_INFINITY or data_bytes() + more <= soft


def data_bytes() -> int:
    """What counts against RLIMIT_DATA: private writable memory, used or not (man 5 proc, statm)."""
    with contextlib.suppress(OSError, ValueError, IndexError), open("/proc/self/statm", "rb") as stat:  # noqa: PTH123
        return int(stat.read().split()[5]) * mmap.PAGESIZE
    return 0
