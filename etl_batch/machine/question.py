"""One question to a process of its own: asked in a line of JSON, answered in lines of JSON, watched until it is over.

The lines are `{"answer": ...}` or `{"error": {"code", "message", "mend"}}`, and before them as many reports of progress
as it likes. A thread hears them, keeps the time, kills what says too much, and buries the process: whoever asked may
look from time to time, wait, or have forgotten.
"""

from __future__ import annotations

import json
import logging
import os
import selectors
import signal
import subprocess
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Container, Mapping, Sequence
from typing import IO, Any

from etl_batch.errors import CheckStopped, CpuLimit, EtlError, OutOfMemory, TimedOut, WorkerCrashed, every_error
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.child_process import STOP_SECONDS, Child, Limits, Surroundings, start
from etl_batch.machine.deaths import death
from etl_batch.machine.undisturbed import in_one_piece
from etl_batch.text.bounded_documents import json_document
from etl_batch.values import KIB, MIB
from etl_batch.version import PROJECT_ROOT

_READ_BYTES = 64 * KIB
_KEPT_BYTES = 4 * KIB  #: of what it prints on its standard error
_MOST_NOTES = 100
_LOG = logging.getLogger(__name__)

#: deaths of a process, in the place of an answer: nobody's question is at fault for certain
DEATHS = (OutOfMemory, WorkerCrashed, TimedOut, CpuLimit)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How a question is asked."""

    command: Sequence[str]  #: the module that answers
    limits: Limits
    seconds: float  #: it may take; then it is asked to end
    stop_seconds: float = STOP_SECONDS  #: and then it is killed
    most_bytes: int = 64 * MIB  #: it may say
    who: str = "the process that was asked"
    mends: Mapping[type[EtlError], str] | None = None  #: what to do about a death, where the error's own does not fit
    pass_on: Sequence[int] = ()  #: descriptors that it inherits under their numbers


class Question:
    """One process, asked one thing. It ends with this value, and with us.

    Args:
        how: see there.
        asked: JSON.
        over: called once, in a thread of its own, when it is over.
    """

    def __init__(self, how: Asking, asked: Mapping[str, Any], over: Callable[[Answering], None] | None = None) -> None:
        self._watch = _Watch(how, asked, over)
        self._end = weakref.finalize(self, self._watch.stop)
        self._end.atexit = False  # the lifeline is cut then

    def look(self) -> Answering:
        """What it has said so far."""
        return self._watch.now

    def wait(self) -> Answering:
        """Its answer, or an error."""
        self._watch.thread.join()
        return self._watch.now

    def stop(self) -> None:
        """End it and all that it started; its answer is not wanted any more."""
        self._end()
        self._watch.thread.join()


def ask(how: Asking, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Ask, and wait for the answer.

    Raises:
        EtlError: the one that was answered; or OutOfMemory, WorkerCrashed, TimedOut: how the process ended without one.
    """
    found = Question(how, asked).wait()
    if found.error is not None:
        raise found.error
    return found.answer or {}


class _Watch:
    """The process, and the thread that watches it. Knows no `Question`, so that one can be forgotten."""

    def __init__(self, how: Asking, asked: Mapping[str, Any], over: Callable[[Answering], None] | None) -> None:
        self._how = how
        self._over = over
        self.now = Answering(None, (), None, None)
        self._rest = bytearray()
        self._said = 0
        self._printed: deque[bytes] = deque(maxlen=2)
        self._failed: EtlError | None = None  #: why it was ended
        self._child = self._started(asked)
        woken, waker = os.pipe()
        self._woken, self._waker = os.fdopen(woken, "rb", buffering=0), os.fdopen(waker, "wb", buffering=0)
        with in_one_piece():
            self.thread = threading.Thread(target=self._run, name=f"watch-{self._child.pid}", daemon=True)
            self.thread.start()

    def stop(self) -> None:
        self._waker.close()

    def _started(self, asked: Mapping[str, Any]) -> Child:
        pipe = subprocess.PIPE
        # A file in memory: a pipe would make us wait for a process that does not read.
        with os.fdopen(os.memfd_create("question"), "w+b") as question:
            question.write(json.dumps(asked).encode() + b"\n")
            question.seek(0)
            try:
                return start(self._how.command, self._how.limits, Surroundings(
                    stdin=question, stdout=pipe, stderr=pipe, folder=PROJECT_ROOT, pass_on=self._how.pass_on
                ))  # fmt: skip
            except OSError as error:
                raise WorkerCrashed(f"{self._how.who} could not be started ({error.strerror})") from None

    def _run(self) -> None:
        over = os.pidfd_open(self._child.pid)
        try:
            self._listen(over)
        finally:
            code = self._child.end()
            os.close(over)
            self._woken.close()
            self._waker.close()
        self._close(code)
        if self._over is not None:
            try:
                self._over(self.now)
            except Exception:  # noqa: BLE001 - there is nobody above who could catch it
                _LOG.exception("the end of a question was heard by nobody")

    def _listen(self, over: int) -> None:
        """Until the process is over, and all that it has said was heard; or until it is to be ended at once."""
        until, is_ending = time.monotonic() + self._how.seconds, False
        with selectors.DefaultSelector() as selector:
            for stream, hear in self._streams():
                os.set_blocking(stream.fileno(), False)
                selector.register(stream, selectors.EVENT_READ, hear)
            selector.register(over, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while True:
                ready = {key.fd: key for key, _ in selector.select(max(until - time.monotonic(), 0))}
                for key in [key for key in ready.values() if key.data is not None]:
                    if _heard(key.fd, key.data) is False:
                        selector.unregister(key.fileobj)
                if self._has_enough(ready, over):
                    return
                if time.monotonic() >= until:
                    if is_ending:
                        return
                    self._failed = self._mended(TimedOut(f"the answer took longer than {self._how.seconds:g} s"))
                    self._child.signal_group(signal.SIGTERM)
                    until, is_ending = time.monotonic() + self._how.stop_seconds, True

    def _has_enough(self, ready: Container[int], over: int) -> bool:
        if self._woken.fileno() in ready:
            self._failed = self._failed or CheckStopped(f"{self._how.who} was told to stop")
            return True
        if over in ready:
            self._child.signal_group(signal.SIGKILL)  # what it left would go on speaking
            for stream, hear in self._streams():
                while self._said <= self._how.most_bytes and _heard(stream.fileno(), hear):
                    pass
        return self._is_too_much() or over in ready or self.now.is_over

    def _streams(self) -> list[tuple[IO[bytes], Callable[[bytes], None]]]:
        both = ((self._child.process.stdout, self._hear), (self._child.process.stderr, self._printed.append))
        return [(stream, hear) for stream, hear in both if stream is not None]

    def _is_too_much(self) -> bool:
        if self._said <= self._how.most_bytes:
            return False
        self._failed = WorkerCrashed(f"{self._how.who} said more than {self._how.most_bytes:,} bytes, and was ended")
        return True

    def _hear(self, said: bytes) -> None:
        self._said += len(said)
        if self._said > self._how.most_bytes:
            return
        self._rest += said
        if b"\n" in said:
            *lines, self._rest = self._rest.split(b"\n")
            for line in lines:
                self._take(line)

    def _take(self, line: bytearray) -> None:
        if self.now.is_over:
            return
        now = self.now
        try:
            match json_document(bytes(line), self._how.most_bytes):
                case {"answer": dict() as answer}:
                    self.now = Answering(now.progress, now.notes, answer, None)
                case {"error": {"code": str(code), "message": str(message), "mend": str(mend)}}:
                    self.now = Answering(now.progress, now.notes, None, error_from_answer(code, message, mend))
                case {"note": str(note)} if note:
                    self.now = Answering(now.progress, (*now.notes, note)[:_MOST_NOTES], None, None)
                case {"total_bytes": int(total)} as progress if total:
                    self.now = Answering(progress, now.notes, None, None)
                case {"total_bytes": _}:
                    pass  # nothing is known yet
                case _:
                    raise ValueError("no line of ours")
        except ValueError:
            self._failed = self._failed or WorkerCrashed(f"{self._how.who} said what is no answer, and was ended")
            self.now = Answering(now.progress, now.notes, None, self._failed)

    def _close(self, code: int) -> None:
        """What it came to; nothing follows."""
        if self.now.is_over:
            return
        error = self._failed
        if error is None:
            printed = b"".join(self._printed).decode(errors="replace")[-_KEPT_BYTES:]
            error = self._mended(death(code, self._how.who, printed=printed))
            _LOG.error("%s ended with %s: %s", self._how.who, code, printed)
        self.now = Answering(self.now.progress, self.now.notes, None, error)

    def _mended(self, error: EtlError) -> EtlError:
        mend = (self._how.mends or {}).get(type(error))
        return error if mend is None else type(error)(error.message, mend=mend)


def error_from_answer(code: str, message: str, mend: str) -> EtlError:
    """The error that a process has answered with: of the class that has this code, if there is one."""
    kind = next((error for error in every_error() if error.code == code), None)
    if kind is not None:
        return kind(message, mend=mend)
    error = EtlError(message, mend=mend)
    error.code = code  # type: ignore[misc]
    return error


def _heard(descriptor: int, hear: Callable[[bytes], None]) -> bool | None:
    """Hand on what can be read now. None: there is nothing yet; False: there never will be."""
    try:
        said = os.read(descriptor, _READ_BYTES)
    except BlockingIOError:
        return None
    if said:
        hear(said)
    return bool(said)
