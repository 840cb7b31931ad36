"""Totals of files, for the Estimates page: asked of processes of their own, written into the audit log."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from etl_batch.audit.events import Action, Event, Outcome
from etl_batch.audit.reads import record_read
from etl_batch.config import usable_cpus
from etl_batch.errors import CpuLimit, EtlError, OutOfMemory, Refused, TimedOut, WorkerCrashed
from etl_batch.estimate.confidence_sequence import DEFAULT_CONFIDENCE
from etl_batch.machine.child_process import Limits
from etl_batch.machine.question import Asking, ask
from etl_batch.permissions import Permission, permit
from etl_batch.values import GIB, Actor
from pages.services.estimable_files import fingerprint
from pages.services.estimate_question import AskedEstimate
from pages.services.live_total import LiveTotal, unpacked

TIME_LIMIT_SECONDS = 120.0
LOOK_SECONDS = 30.0  #: for the columns of a file, or the sample of its run
MEMORY_BYTES = 2 * GIB  #: of each process
AT_ONCE = 2  #: questions that are answered side by side; the others wait
_LOOKS_AT_ONCE = 4
State = tuple[int, ...]  #: of a file, see `fingerprint`
_ANSWERS = "pages.services.estimate_process"
_MENDS = {
    OutOfMemory: "ask for less (one measure, no strata), or use the command `estimate`, which has no limit",
    WorkerCrashed: "ask again; if it happens again, report it with the question and what the server's log says",
    TimedOut: "ask for less (a wider error, one measure), or use the command `estimate`, which has no limit",
    CpuLimit: "ask for less (a wider error, one measure), or use the command `estimate`, which has no limit",
}


@dataclass(frozen=True, slots=True)
class FileColumns:
    """The columns of a file, as far as they are named."""

    are_numbers: dict[str, bool]  #: whether the values can be added up
    count: int  #: of all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveQuestion:
    """Which total."""

    file: str  #: relative to the home
    measure: str
    where: str = ""  #: a condition in the language of `--where`
    confidence: float = DEFAULT_CONFIDENCE


def _room_for(count: int) -> Callable[[], threading.BoundedSemaphore]:
    return lambda: threading.BoundedSemaphore(count)


@dataclass(frozen=True, slots=True)
class EstimateService:
    """Where all users of a server ask."""

    home: Path
    time_limit_s: float = TIME_LIMIT_SECONDS
    memory_bytes: int = MEMORY_BYTES
    _places: threading.BoundedSemaphore = field(default_factory=_room_for(AT_ONCE))
    _looks: threading.BoundedSemaphore = field(default_factory=_room_for(_LOOKS_AT_ONCE))

    def ask(self, actor: Actor, asked: AskedEstimate, state: State = ()) -> dict[str, Any]:
        """The answer, as `estimate --json` prints it.

        Args:
            actor: who asks.
            asked: what.
            state: of the file (see `fingerprint`): of a changed one the same question is another.

        Raises:
            Forbidden: the actor may not ask.
            Refused: the question or the file is not sound.
            OutOfMemory, WorkerCrashed, TimedOut: the process that read the file ended without an answer.
            AuditUnavailable: it could not be written down, so that the answer is not given.
        """
        permit(actor, Permission.ESTIMATE)
        try:
            answer = self._answer(task_of(self.home, asked), self.time_limit_s, self._places)
        except EtlError as error:
            note_failed(self.home, actor, asked, state, error)
            raise
        self.note(actor, asked, state, answer)
        return answer

    def note(self, actor: Actor, asked: AskedEstimate, state: State, answer: Mapping[str, Any]) -> None:
        """Write down, once in a session, that an answer is shown, wherever it comes from.

        Raises:
            Forbidden: the actor may not ask.
            AuditUnavailable: it could not be written down, so that the answer is not given.
        """
        permit(actor, Permission.ESTIMATE)
        detail = {**on_record(asked), "rows_read": int(answer["rows_read"])}
        event = Event(action=Action.ESTIMATED, target=asked.file, detail=detail)
        record_read(self.home, actor, event, (asked, state))

    def state(self, actor: Actor, asked: AskedEstimate) -> State:
        """The state of the file that is asked; that it cannot be opened is written down, once in a session.

        Raises:
            Forbidden: the actor may not ask.
            Refused: the file is not there, or may not be opened.
            AuditUnavailable: that could not be written down.
        """
        permit(actor, Permission.ESTIMATE)
        try:
            return fingerprint(self.home, actor, asked.file)
        except EtlError as error:
            note_failed(self.home, actor, asked, (), error)
            raise

    def columns(self, actor: Actor, file: str, delimiter: str = "", *, state: State = ()) -> FileColumns:
        """The columns of a file, relative to the home; of a CSV by its delimiter, if one is given.

        Raises:
            Forbidden: the actor may not ask for totals.
            Refused: the file cannot be used.
            OutOfMemory, WorkerCrashed, TimedOut: the process that read the file ended without an answer.
        """
        permit(actor, Permission.ESTIMATE)
        found = self._look(actor, {"task": "columns", "file": file, "delimiter": delimiter}, state)
        return FileColumns(dict(found["columns"]), found["count"])

    def live(self, actor: Actor, asked: LiveQuestion, state: State = ()) -> LiveTotal:
        """The sample that the file's run left, ready for its looks.

        Raises:
            Forbidden: the actor may not ask for totals.
            NotFound: there is no such sample, or none that fits the file or the question.
            WhereInvalid: the filter names a column that is not there, or compares what cannot be compared.
            OutOfMemory, WorkerCrashed, TimedOut: the process that read the file ended without an answer.
        """
        permit(actor, Permission.ESTIMATE)
        return unpacked(self._look(actor, {"task": "live", **asdict(asked)}, state))

    def note_live(self, actor: Actor, asked: LiveQuestion, state: State) -> None:
        """Write down, once in a session, that the rows of a sample are shown as they come in, whatever the look.

        Raises:
            Forbidden: the actor may not ask for totals.
            AuditUnavailable: it could not be written down, so that nothing is shown.
        """
        permit(actor, Permission.ESTIMATE)
        record_read(self.home, actor, Event(action=Action.LIVE_TOTAL_SEEN, target=asked.file), (asked, state))

    def _look(self, actor: Actor, task: Mapping[str, Any], state: State) -> dict[str, Any]:
        """A look reads no total, and is written down here only where it ended its process."""
        try:
            return self._answer({**task, "home": str(self.home)}, min(LOOK_SECONDS, self.time_limit_s), self._looks)
        except EtlError as error:
            if not isinstance(error, Refused):
                detail = {"asked": task["task"], "error": error.code}
                event = Event(action=Action.ESTIMATED, target=task["file"], outcome=Outcome.FAILED, detail=detail)
                record_read(self.home, actor, event, (sorted(task.items()), state))
            raise

    def _answer(self, task: Mapping[str, Any], seconds: float, places: threading.BoundedSemaphore) -> dict[str, Any]:
        if not places.acquire(timeout=seconds):
            raise TimedOut(f"{seconds:g} s were too short for those who asked before", mend="ask again in a while")
        try:
            return dict(ask(asking(seconds, self.memory_bytes), task))
        finally:
            places.release()


def task_of(home: Path, asked: AskedEstimate) -> dict[str, Any]:
    """What the process that reads the file is asked."""
    flags = [*asked.as_flags(), "--home", str(home), "--", str(home / asked.file)]
    return {"task": "estimate", "flags": flags, "measures": list(asked.measures)}


def asking(seconds: float, memory_bytes: int = MEMORY_BYTES) -> Asking:
    """How it is asked."""
    return Asking(
        command=[_ANSWERS],
        limits=Limits(data_bytes=memory_bytes, cpu_seconds=int(seconds + 1) * usable_cpus()),
        seconds=seconds,
        who="the process that read the file",
        mends=_MENDS,
    )


def on_record(asked: AskedEstimate) -> dict[str, str | int | bool | None]:
    """What the audit log knows of a question. Not the condition, which may quote the text of cells."""
    return {"filtered": bool(asked.where), "exact": asked.exact, "within": asked.within[:20]}


def note_failed(home: Path, actor: Actor, asked: AskedEstimate, state: State, error: EtlError) -> None:
    """Write down, once in a session, that a question has no answer.

    Raises:
        AuditUnavailable: it could not be written down.
    """
    outcome = Outcome.REFUSED if isinstance(error, Refused) else Outcome.FAILED
    detail = {**on_record(asked), "error": error.code}
    event = Event(action=Action.ESTIMATED, target=asked.file, outcome=outcome, detail=detail)
    record_read(home, actor, event, (asked, state))
