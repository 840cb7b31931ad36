"""A process, known by more than its number: numbers are given out again, and a zombie still has one."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path
from typing import Self

from etl_batch.light_dataclass import dataclass

_STATE, _START_TIME = 0, 19  #: behind the name, in /proc/<pid>/stat (man 5 proc)
_OVER = {"Z", "X", "x"}


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """Which process of which start of which machine."""

    pid: int
    started: int  #: clock ticks since the machine started
    boot: str  #: of that start of the machine

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """The process that has this number now; None where there is none, or only its zombie."""
        fields = _stat(pid)
        if fields is None or fields[_STATE] in _OVER:
            return None
        return cls(pid, int(fields[_START_TIME]), boot_id())

    @classmethod
    def mine(cls) -> Self:
        """This process."""
        return cls.of(os.getpid()) or cls(os.getpid(), 0, boot_id())

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return ProcessIdentity.of(self.pid) == self

    def signal(self, number: signal.Signals) -> bool:
        """Send it a signal, and never to another that has its number by now; returns whether it was there."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            descriptor = os.pidfd_open(self.pid)
            try:
                if self.is_alive:  # looked at while the descriptor holds on to the process
                    signal.pidfd_send_signal(descriptor, number)
                    return True
            finally:
                os.close(descriptor)
        return False


def boot_id() -> str:
    """Differs from one start of the machine to the next; empty where the kernel does not say."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return ""


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()  # the name may hold blanks and brackets
