"""What the process of a job says to the one that looks after it: one JSON object a line, through a pipe."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from typing import Any

from etl_batch.values import ProgressReport

_INTERVAL_SECONDS = 0.25  #: between two reports of progress; a page looks once a second
_READ_BYTES = 1 << 16


class Speaker:
    """The end of the job."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._next = 0.0
        self._phase = ""

    def progress(self, report: ProgressReport) -> None:
        """How far it is; most reports are not passed on, but how a phase begins and that it is done."""
        now = time.monotonic()
        is_done = 0 < report.total_bytes <= report.done_bytes
        if report.note:
            self.say({"note": report.note})
        elif is_done or now >= self._next or report.phase != self._phase:
            self._next, self._phase = now + _INTERVAL_SECONDS, report.phase
            self.say({"progress": [report.phase, report.done_bytes, report.total_bytes, report.rows]})

    def say(self, message: dict[str, Any]) -> None:
        """Say anything."""
        left = memoryview(json.dumps(message).encode() + b"\n")
        while left:
            left = left[os.write(self._descriptor, left) :]


class Listener:
    """The other end; it never waits."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self.descriptor = descriptor
        self.is_closed = False
        self._rest = b""

    def heard(self) -> Iterator[dict[str, Any]]:
        """What was said since the last time."""
        while not self.is_closed:
            try:
                read = os.read(self.descriptor, _READ_BYTES)
            except BlockingIOError:
                return
            self.is_closed = not read
            *lines, self._rest = (self._rest + read).split(b"\n")
            yield from map(json.loads, lines)
