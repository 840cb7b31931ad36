"""Memory and disk traffic of this process and everything below it, read from /proc (man 5 proc).

psutil finds children by looking at every process of the machine, which takes milliseconds; the kernel's own lists of
children take a twentieth of that.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import field

from etl_batch.light_dataclass import dataclass

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_MOST_BYTES = 65536  #: of a file of /proc; lists of children are the longest


@dataclass(frozen=True, slots=True)
class Usage:
    """What a group of processes uses, and has moved so far."""

    rss_bytes: int
    read_bytes: int  #: from the disk; what the page cache had does not count
    written_bytes: int


@dataclass(slots=True)
class OwnProcesses:
    """A process and its descendants. What the disk gave and took is kept when one of them ends."""

    root: int  #: its process id
    _last: dict[int, tuple[int, int]] = field(default_factory=dict)  #: (read, written) by process id
    _read: int = 0
    _written: int = 0

    def usage(self) -> Usage:
        """Their memory now, and the disk traffic since the first call."""
        is_first = not self._last
        alive: dict[int, tuple[int, int]] = {}
        rss = 0
        for pid in descendants(self.root):
            rss += _rss_bytes(pid)
            traffic = _traffic(pid)
            # Those that are there at the first look have a past that is not the job's.
            before = self._last.get(pid, traffic if is_first else (0, 0))
            alive[pid] = traffic
            self._read += max(traffic[0] - before[0], 0)
            self._written += max(traffic[1] - before[1], 0)
        self._last = alive
        return Usage(rss, self._read, self._written)


def descendants(root: int) -> Iterator[int]:
    """A process, its children, theirs, and so on; those that end meanwhile are left out."""
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - no Path per thread, ten times a second
                with contextlib.suppress(OSError):
                    waiting += map(int, _content(f"/proc/{pid}/task/{thread}/children").split())


def _rss_bytes(pid: int) -> int:
    try:
        return int(_content(f"/proc/{pid}/statm").split()[1]) * _PAGE_BYTES
    except (OSError, ValueError, IndexError):
        return 0


def _traffic(pid: int) -> tuple[int, int]:
    """Bytes read from and written to the disk; (0, 0) where the kernel does not say."""
    try:
        lines = dict(line.split(b": ") for line in _content(f"/proc/{pid}/io").splitlines())
        return int(lines[b"read_bytes"]), int(lines[b"write_bytes"])
    except (OSError, ValueError, KeyError):
        return 0, 0


def _content(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, _MOST_BYTES)
    finally:
        os.close(descriptor)
