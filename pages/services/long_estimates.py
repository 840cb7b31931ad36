"""Exact totals of large files: counted in the background, with progress, to be cancelled, on the record at both ends.

A page that is closed or reloaded finds its question again; the server's end ends it.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from pathlib import Path

from etl_batch.audit.events import Action, Detail, Event, Outcome
from etl_batch.audit.log import AuditLog
from etl_batch.errors import CheckStopped, EtlError, QueueFull, Refused
from etl_batch.launch.looks import LARGE_BYTES
from etl_batch.machine.question import Answering, Question
from etl_batch.permissions import Permission, permit
from etl_batch.values import Actor
from pages.services.estimate_question import AskedEstimate
from pages.services.estimates import State, asking, on_record, task_of

LONG_SECONDS = 3600.0
AT_ONCE = 2  #: that are counted side by side
_MOST_KEPT = 16  #: that are over
_Key = tuple[str, str, AskedEstimate, State]
_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class _Count:
    """One of them."""

    question: Question | None = None
    over: Answering | None = None  #: set when its end is on the record
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class LongEstimates:
    """Those of a home; shared by the threads of a server."""

    home: Path
    seconds: float = LONG_SECONDS
    _counts: OrderedDict[_Key, _Count] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self, actor: Actor, asked: AskedEstimate, state: State) -> Answering:
        """How far it is; it begins with the first look.

        Raises:
            Forbidden: the actor may not ask.
            QueueFull: others are counted.
            AuditUnavailable: its beginning could not be written down, so that it did not begin.
        """
        permit(actor, Permission.ESTIMATE)
        with self._lock:
            key = _key(actor, asked, state)
            if key not in self._counts:
                self._begin(actor, asked, key)
            count = self._counts[key]
        if count.over is not None:
            return count.over
        now = Answering(None, (), None, None) if count.question is None else count.question.look()
        return replace(now, answer=None, error=None)  # not before its end is written down

    def cancel(self, actor: Actor, asked: AskedEstimate, state: State) -> None:
        """End it; what was counted is lost.

        Raises:
            Forbidden: the actor may not ask.
        """
        permit(actor, Permission.ESTIMATE)
        with self._lock:
            count = self._counts.get(_key(actor, asked, state))
        if count is not None and count.question is not None:
            count.is_cancelled = True
            count.question.stop()

    def forget(self, actor: Actor, asked: AskedEstimate, state: State) -> None:
        """So that the next look begins anew; one that is still counted goes on."""
        permit(actor, Permission.ESTIMATE)
        with self._lock:
            key = _key(actor, asked, state)
            if key in self._counts and self._counts[key].over is not None:
                del self._counts[key]

    def _begin(self, actor: Actor, asked: AskedEstimate, key: _Key) -> None:
        over = [old for old, earlier in self._counts.items() if earlier.over is not None]
        if len(self._counts) - len(over) >= AT_ONCE:
            raise QueueFull(f"{AT_ONCE} files are counted already", mend="wait for one of them, or cancel it")
        for old in over[: max(len(over) - _MOST_KEPT + 1, 0)]:
            del self._counts[old]
        self._record(actor, asked, Outcome.OK, {"state": "started"})
        count = _Count()
        task = task_of(self.home, asked)
        count.question = Question(asking(self.seconds), task, lambda said: self._end(actor, asked, count, said))
        self._counts[key] = count

    def _end(self, actor: Actor, asked: AskedEstimate, count: _Count, said: Answering) -> None:
        """Write down how it ended; then, and only then, it is over."""
        over = said
        if count.is_cancelled:
            over = replace(said, answer=None, error=CheckStopped("the count was cancelled", mend="count again"))
        try:
            self._record(actor, asked, *_how_it_ended(said, is_cancelled=count.is_cancelled))
        except Exception as error:  # noqa: BLE001 - whatever it is: what is not on the record is not shown
            _LOG.exception("the end of a count could not be written down")
            known = error if isinstance(error, EtlError) else EtlError("the end could not be written down")
            over = replace(said, answer=None, error=known)
        count.over = over

    def _record(self, actor: Actor, asked: AskedEstimate, outcome: Outcome, detail: Detail) -> None:
        about = {**on_record(asked), **detail}
        AuditLog(self.home).record(
            actor, Event(action=Action.ESTIMATED, target=asked.file, outcome=outcome, detail=about)
        )


def is_long(asked: AskedEstimate, size: int) -> bool:
    """Whether a question about a file of so many bytes is counted in the background."""
    return asked.exact and size > LARGE_BYTES


def _key(actor: Actor, asked: AskedEstimate, state: State) -> _Key:
    return actor.name, str(actor.role), asked, state


def _how_it_ended(said: Answering, *, is_cancelled: bool) -> tuple[Outcome, Detail]:
    if is_cancelled:
        return Outcome.OK, {"state": "cancelled"}
    if said.error is not None:
        outcome = Outcome.REFUSED if isinstance(said.error, Refused) else Outcome.FAILED
        return outcome, {"state": "ended", "error": said.error.code}
    return Outcome.OK, {"state": "ended", "rows_read": int((said.answer or {})["rows_read"])}
