"""A process that is kept and asked again: what it has loaded is there for the next question, at a fraction of the time.

It is confined as one that is asked once (`question`), and lives for a while only: it ends when nobody has asked it for
some time, when it has answered enough, and with any question that it fails at. The next question finds a new one.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import IO, Any

from etl_batch.errors import EtlError, TimedOut, WorkerCrashed
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.child_process import Child, Surroundings, start
from etl_batch.machine.deaths import death
from etl_batch.machine.question import Asking, error_from_answer
from etl_batch.machine.undisturbed import in_one_piece
from etl_batch.text.bounded_documents import json_document
from etl_batch.values import KIB
from etl_batch.version import PROJECT_ROOT

_READ_BYTES = 64 * KIB
_PRINTED_BYTES = 4 * KIB  #: of what it prints on its standard error, that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How long a process is kept."""

    idle_seconds: float = 60.0  #: without a question
    questions: int = 100  #: that it answers
    busy_seconds: float = 20.0  #: that it spends on them: far less than the processor time that it may use
    most: int = 4  #: processes, of all who ask; one more ends the one that was idle the longest


class KeptProcesses:
    """One process for each who asks, or for each file, so that no file has a say in what is shown of another's.

    Shared by the threads of a server. What it has started ends with it, and with us.
    """

    def __init__(self, how: Asking, life: Life = Life()) -> None:  # noqa: B008 - a frozen value
        self._how, self._life = how, life
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        weakref.finalize(self, _end_all, self._kept).atexit = False  # the lifelines are cut then

    def ask(self, who: Hashable, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask the process of somebody, and wait for its answer; questions of the same wait for each other.

        Raises:
            EtlError: the one that was answered; or how the process ended without an answer.
        """
        with self._lock:
            kept = self._kept.setdefault(who, _Kept(self._how, self._life))
            self._kept.move_to_end(who)
            others = [one for one in self._kept.values() if one is not kept and one.is_there]
            for one in others[: max(len(others) + 1 - self._life.most, 0)]:
                one.end()
        return kept.ask(asked)

    def end(self) -> None:
        """End all processes."""
        with self._lock:
            _end_all(self._kept)


def _end_all(kept: Mapping[Hashable, _Kept]) -> None:
    for one in list(kept.values()):
        one.end()


class _Kept:
    """The place of one process: whoever is in it now."""

    def __init__(self, how: Asking, life: Life) -> None:
        self._how, self._life = how, life
        self._lock = threading.Lock()
        self._running: _Running | None = None

    @property
    def is_there(self) -> bool:
        """Whether a process waits for a question."""
        return self._running is not None

    def ask(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        with self._lock:
            running, self._running = self._running, None
            if running is not None and running.is_over:
                running.end()
                running = None
            running = running or _Running(self._how)
            try:
                found = running.ask(asked)
            except BaseException:
                running.end()
                raise
            if running.questions < self._life.questions and running.busy_seconds < self._life.busy_seconds:
                self._keep(running)
            else:
                running.end()
        if isinstance(found, EtlError):
            raise found
        return found

    def end(self) -> None:
        with self._lock:
            self._end(self._running)

    def _keep(self, running: _Running) -> None:
        self._running = running
        timer = threading.Timer(self._life.idle_seconds, _weakly(self._end_if_idle), (running.questions, running))
        timer.daemon = True
        with in_one_piece():
            timer.start()
        running.timer = timer

    def _end_if_idle(self, questions: int, running: _Running) -> None:
        with self._lock:
            if running.questions == questions:
                self._end(running)

    def _end(self, running: _Running | None) -> None:
        if running is not None and running is self._running:
            self._running = None
            running.end()


class _Running:
    """One process, asked one thing after the other. Not for several threads at once."""

    def __init__(self, how: Asking) -> None:
        self._how = how
        self.questions = 0
        self.busy_seconds = 0.0
        self.timer: threading.Timer | None = None
        self._printed = b""
        pipe = subprocess.PIPE
        given = Surroundings(stdin=pipe, stdout=pipe, stderr=pipe, folder=PROJECT_ROOT)
        try:
            self._child: Child = start(how.command, how.limits, given)
        except OSError as error:
            raise WorkerCrashed(f"{how.who} could not be started ({error.strerror})") from None
        for stream in self._streams:
            os.set_blocking(stream.fileno(), False)

    def ask(self, asked: Mapping[str, Any]) -> Mapping[str, Any] | EtlError:
        """Its answer; what it refuses is an answer, too.

        Raises:
            EtlError: it gave none; then it has to be ended.
        """
        began = time.monotonic()
        if self.timer is not None:
            self.timer.cancel()
        self.questions += 1
        line = self._exchanged(json.dumps(asked).encode() + b"\n", began + self._how.seconds)
        self.busy_seconds += time.monotonic() - began
        try:
            match json_document(line, self._how.most_bytes):
                case {"answer": dict() as answer}:
                    return answer
                case {"error": {"code": str(code), "message": str(message), "mend": str(mend)}}:
                    return error_from_answer(code, message, mend)
        except ValueError:
            pass
        raise WorkerCrashed(f"{self._how.who} said what is no answer, and was ended")

    @property
    def is_over(self) -> bool:
        """Whether it has ended by itself."""
        return self._child.process.poll() is not None

    def end(self) -> None:
        """End it, and all that it started."""
        if self.timer is not None:
            self.timer.cancel()
        self._child.end()

    @property
    def _streams(self) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
        process = self._child.process
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise RuntimeError("it was started with three pipes")
        return process.stdin, process.stdout, process.stderr

    def _exchanged(self, question: bytes, until: float) -> bytes:
        """Say a line, and hear one."""
        said, told, printed = self._streams
        heard = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(said, selectors.EVENT_WRITE)
            selector.register(told, selectors.EVENT_READ)
            selector.register(printed, selectors.EVENT_READ)
            while b"\n" not in heard:
                ready = {key.fileobj for key, _ in selector.select(max(until - time.monotonic(), 0))}
                if not ready or time.monotonic() >= until:
                    raise self._mended(TimedOut(f"the answer took longer than {self._how.seconds:g} s"))
                if printed in ready:
                    more = os.read(printed.fileno(), _READ_BYTES)
                    self._printed = (self._printed + more)[-_PRINTED_BYTES:]
                    if not more:
                        selector.unregister(printed)
                if said in ready:
                    question = question[self._written(said, question) :]
                    if not question:
                        selector.unregister(said)
                if told in ready:
                    heard += (more := os.read(told.fileno(), _READ_BYTES))
                    if not more:
                        raise self._dead()
                if len(heard) > self._how.most_bytes:
                    raise WorkerCrashed(f"{self._how.who} said more than {self._how.most_bytes:,} bytes, and was ended")
        return bytes(heard[: heard.index(b"\n")])

    def _written(self, stream: IO[bytes], question: bytes) -> int:
        try:
            return os.write(stream.fileno(), question)
        except BlockingIOError:
            return 0
        except BrokenPipeError:
            raise self._dead() from None

    def _dead(self) -> EtlError:
        code = self._child.process.wait(self._how.stop_seconds)
        printed = self._printed.decode(errors="replace")
        return self._mended(death(code, self._how.who, printed=printed))

    def _mended(self, error: EtlError) -> EtlError:
        mend = (self._how.mends or {}).get(type(error))
        return error if mend is None else type(error)(error.message, mend=mend)


def _weakly(method: Callable[..., None]) -> Callable[..., None]:
    """A method that keeps nobody alive."""
    found = weakref.WeakMethod(method)

    def call(*given: object) -> None:
        if (there := found()) is not None:
            there(*given)

    return call
