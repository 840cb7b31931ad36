"""The process that is asked: lines of JSON from its standard input, lines of JSON to its standard output, the end."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from etl_batch.errors import EtlError
from etl_batch.values import ProgressReport

_SAY_EVERY_SECONDS = 0.25

Task = Callable[[dict[str, Any]], Mapping[str, Any]]


class Telling:
    """Progress as lines, a few each second."""

    def __init__(self) -> None:
        self._said_at = 0.0

    def progress(self, report: ProgressReport) -> None:
        """Say how far it is; all notes, and some of the rest."""
        now = time.monotonic()
        if not report.note and now - self._said_at < _SAY_EVERY_SECONDS:
            return
        self._said_at = now
        _say({"done_bytes": report.done_bytes, "total_bytes": report.total_bytes, "rows": report.rows,
              "note": report.note, "phase": report.phase})  # fmt: skip


def answer_one(tasks: Mapping[str, Task]) -> int:
    """Answer the one question that is asked; what is refused is an answer, too. All else ends the process.

    Args:
        tasks: by the name that the question gives as its `task`.
    """
    _answer(tasks, sys.stdin.buffer.readline())
    return 0


def answer_each(tasks: Mapping[str, Task]) -> int:
    """Answer one question after the other, as long as there are any; see `answer_one`."""
    while line := sys.stdin.buffer.readline():
        _answer(tasks, line)
    return 0


def _answer(tasks: Mapping[str, Task], line: bytes) -> None:
    asked = json.loads(line)
    try:
        answer: dict[str, Any] = {"answer": tasks[asked["task"]](asked)}
    except EtlError as error:
        answer = {"error": {"code": error.code, "message": error.message, "mend": error.what_to_do}}
    _say(answer)


def _say(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, allow_nan=False) + "\n")
    sys.stdout.flush()
