"""Asking a process of its own, and looking from time to time whether it has answered.

A check reads all of the input, and an input may be made to break what reads it: neither belongs into the server.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from etl_batch.closed_folders import homes_kept_closed
from etl_batch.config import PROJECT_ROOT
from etl_batch.errors import CheckStopped, EtlError
from etl_batch.launch.first_rows import MOST_ROWS, FirstRows
from etl_batch.launch.looks import note_check
from etl_batch.launch.options import Values, arguments
from etl_batch.paths import Place
from etl_batch.permissions import Permission, permit
from etl_batch.values import Actor

_KEPT_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "ETL_INPUT_ROOTS", "XDG_CACHE_HOME")
_ROWS_WITHIN_SECONDS = 30
_POLL_SECONDS = 0.02


class AnsweredError(EtlError):
    """An error of the process that was asked, with the code that it had there."""

    def __init__(self, code: str, message: str, mend: str) -> None:
        super().__init__(message, mend=mend)
        self.code = code  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Answering:
    """How far the process is."""

    progress: Mapping[str, Any] | None  #: the last it said of it: done_bytes, total_bytes, rows
    notes: tuple[str, ...]
    answer: Mapping[str, Any] | None
    error: EtlError | None

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self.answer is not None or self.error is not None


class Question:
    """One process, asked one thing. It ends with this value, and with the server."""

    def __init__(self, asked: Mapping[str, Any]) -> None:
        self._out: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the question
        weakref.finalize(self, self._out.close)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "etl_batch.launch.asking"],
            stdin=subprocess.PIPE,
            stdout=self._out,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT_ROOT,
            env={name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ},
            start_new_session=True,
        )
        self._end = weakref.finalize(self, _end, self._process)
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(json.dumps(asked).encode() + b"\n")
                self._process.stdin.flush()

    def look(self) -> Answering:
        """What it has said so far."""
        has_ended = self._process.poll() is not None
        lines = [json.loads(line) for line in _whole_lines(self._out)]
        progress = next((line for line in reversed(lines) if line.get("total_bytes")), None)
        notes = tuple(line["note"] for line in lines if line.get("note"))
        answer = next((line["answer"] for line in lines if "answer" in line), None)
        error: EtlError | None = None
        if (failed := next((line["error"] for line in lines if "error" in line), None)) is not None:
            error = AnsweredError(failed["code"], failed["message"], failed["mend"])
        elif answer is None and has_ended:
            error = CheckStopped(f"the process ended ({_how(self._process.returncode)}) without an answer")
        if answer is not None or error is not None:
            self._end()
        return Answering(progress, notes, answer, error)

    def wait(self, seconds: float) -> Answering:
        """Its answer, or an error where it takes longer."""
        until = time.monotonic() + seconds
        while not (now := self.look()).is_over:
            if time.monotonic() > until:
                self.stop()
                late = CheckStopped(f"there was no answer within {seconds:g} s", mend="try again when less is running")
                return Answering(now.progress, now.notes, None, late)
            time.sleep(_POLL_SECONDS)
        return now

    def stop(self) -> None:
        """End it and its workers; its answer is not wanted any more."""
        self._end()


def ask_check(actor: Actor, values: Values, home: Path) -> Question:
    """Start the check of a job.

    Raises:
        Forbidden: the actor may not launch jobs.
        AuditUnavailable: it cannot be written down, so nothing is read.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    told = arguments(values, home)
    note_check(home, actor, values, told)
    return Question({"task": "check", "arguments": told})


def first_parquet_rows(actor: Actor, where: Place, roots: Sequence[Path], rows: int = MOST_ROWS) -> FirstRows:
    """The first rows of a Parquet file, read by a process of its own.

    Raises:
        EtlError: as a job on this file would; CheckStopped where reading it ended the process.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    task = {"task": "parquet_rows", "path": str(where.path), "roots": [str(root) for root in roots], "rows": rows}
    task["homes"] = [str(home) for home in homes_kept_closed()]
    answered = Question(task).wait(_ROWS_WITHIN_SECONDS)
    if answered.error is not None:
        raise answered.error
    found = answered.answer or {}
    return FirstRows(names=tuple(found["names"]), rows=tuple(map(tuple, found["rows"])), note=found["note"])


def _whole_lines(file: IO[bytes]) -> list[bytes]:
    size = os.fstat(file.fileno()).st_size
    said = os.pread(file.fileno(), size, 0)
    return said[: said.rfind(b"\n") + 1].splitlines()


def _how(code: int | None) -> str:
    return f"signal {signal.Signals(-code).name}" if code is not None and code < 0 else f"exit code {code}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the whole group, and take note of its end so that it does not stay as a zombie."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)
