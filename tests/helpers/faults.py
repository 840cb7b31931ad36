"""A disk that fails, or a process that dies, at a chosen one of the calls that change the disk."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from etl_batch.storage import beneath
from tests.helpers.inline_runner import Crash

_CHANGING = ("fdatasync", "fsync", "ftruncate", "link", "mkdir", "pwrite", "rename", "rmdir", "unlink")
#: what lies in .secrets, or is made once in a process (the folder for temporary files, that of compiled kernels): on
#: disks of their own here, whose faults test_audit_log.py, test_temp_folder.py and test_machine_code.py have
_ELSEWHERE = (
    "etl_batch.audit",
    "etl_batch.pipeline.audit_trail",
    "etl_batch.pipeline.job_notes",
    "etl_batch.jobs",
    "etl_batch.kernels.cache_folder",
    "etl_batch.pipeline.runners.temp_folder",
    "etl_batch.storage.secrets_folder",
)


def _is_of_this_disk() -> bool:
    """Whether the module of ours that makes the call, perhaps through pathlib, writes to the disk of the outputs."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module = str(frame.f_globals["__name__"])
        if module.startswith("etl_batch."):
            return not module.startswith(_ELSEWHERE)
        frame = frame.f_back
    return False  # a test's own doing


class Faults:
    """Counts the calls that change the disk; the chosen one does not happen.

    A crash lets nothing happen after it either. `torn`: of a write, the first half does.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[str] = []
        self.at = 0  #: which call, from 1; 0: none
        self.number = 0  #: errno; 0: a crash
        self.torn = False
        for name in _CHANGING:
            monkeypatch.setattr(os, name, self._guarded(name, getattr(os, name)))
        monkeypatch.setattr(beneath, "exchange", self._guarded("exchange", beneath.exchange))
        opened = beneath.open_beneath

        def open_beneath(root_fd: int, relative: str, flags: int, mode: int = 0) -> int:
            if flags & os.O_CREAT:
                self._count("create")
            return opened(root_fd, relative, flags, mode)

        monkeypatch.setattr(beneath, "open_beneath", open_beneath)

    def none(self) -> None:
        """The disk works from now on."""
        self.at, self.calls = 0, []

    def crash_at(self, at: int, *, torn: bool = False) -> None:
        """The process dies at this call."""
        self.none()
        self.at, self.number, self.torn = at, 0, torn

    def fail_at(self, at: int, number: int = errno.ENOSPC) -> None:
        """This call fails, for want of room if not told otherwise."""
        self.none()
        self.at, self.number, self.torn = at, number, False

    @property
    def happened(self) -> bool:
        return 0 < self.at <= len(self.calls)

    def _count(self, name: str) -> None:
        self.calls.append(name)
        if self.at and not self.number and len(self.calls) >= self.at:
            raise Crash
        if self.at and self.number and len(self.calls) == self.at:
            raise OSError(self.number, os.strerror(self.number))

    def _guarded(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*arguments: Any, **more: Any) -> Any:  # noqa: ANN401 - of any call
            if _is_of_this_disk() and threading.current_thread() is threading.main_thread():
                if self.torn and name == "pwrite" and self.at == len(self.calls) + 1:
                    call(arguments[0], memoryview(arguments[1])[: len(arguments[1]) // 2], arguments[2])
                self._count(name)
            return call(*arguments, **more)

        return guarded
