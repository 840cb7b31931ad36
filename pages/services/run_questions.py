"""Questions in SQL to outputs of runs: one at a time for each user, answered whether the page stays open or not.

What was asked is written down by `queries.ask_sql`, once its end is known; before that nothing of it is shown.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from etl_batch.errors import EtlError, NotFound, QueueFull
from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.output_states import OutputState, RunOutput
from etl_batch.jobs.service import JobService
from etl_batch.machine.undisturbed import in_one_piece
from etl_batch.permissions import Permission, permit
from etl_batch.queries.answer_form import AnswerForm
from etl_batch.queries.ask_sql import SqlAnswer, SqlQuestion, begin
from etl_batch.values import Actor

AT_ONCE = 2  #: questions that are answered side by side
_MOST_KEPT = 8  #: users whose last answer is kept
_Key = tuple[str, str, str]  #: who asks: name, role, session
_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class AskedSql:
    """The last question of a user."""

    about: tuple[str, str]  #: the run, and the output
    statement: str
    question: SqlQuestion = field(repr=False)
    answer: SqlAnswer | None = None
    error: EtlError | None = None

    @property
    def is_over(self) -> bool:
        """Whether there is an answer, or an error in its place."""
        return self.answer is not None or self.error is not None


@dataclass(frozen=True, slots=True)
class RunQuestions:
    """Those of a home; shared by the threads of a server."""

    home: Path
    _asked: OrderedDict[_Key, AskedSql] = field(default_factory=OrderedDict)
    _taken: list[_Key] = field(default_factory=list)  #: whose answers are being made into files
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, actor: Actor, job: JobView, written: Mapping[str, Any], statement: str) -> None:
        """Ask an output of a run, as it is there now; `look` has the answer.

        Raises:
            Forbidden: the actor may not.
            NotFound: the output is not as the run left it.
            QueueFull: the user's last question is still being answered, or those of too many others.
            Refused: the statement or the output cannot be asked; that is written down.
        """
        permit(actor, Permission.ASK_OUTPUTS)
        with self._lock:
            self._refuse_if_busy(_key(actor))
            path = self._there(actor, job, written)
            question = begin(self.home, actor, str(path), (self.home / "output",), (statement, AnswerForm.CELLS))
            asked = AskedSql((job.job_id, str(written["path"])), statement, question)
            self._asked[_key(actor)] = asked
            self._asked.move_to_end(_key(actor))
            self._forget_some()
            with in_one_piece():
                threading.Thread(target=self._hear, args=(asked, actor, job, written), daemon=True).start()

    def look(self, actor: Actor, job: JobView, written: Mapping[str, Any]) -> AskedSql | None:
        """What the user asked this output last; None: nothing, or another since.

        Raises:
            Forbidden: the actor may not ask.
        """
        permit(actor, Permission.ASK_OUTPUTS)
        with self._lock:
            asked = self._asked.get(_key(actor))
        return asked if asked is not None and asked.about == (job.job_id, str(written["path"])) else None

    def take(self, actor: Actor, job: JobView, written: Mapping[str, Any], form: AnswerForm) -> bytes:
        """What the user asked this output last, asked once more, as a file: that is written down, too.

        Raises:
            Forbidden: the actor may not take anything away.
            NotFound: there is no answer, or the output is not as the run left it.
            QueueFull: a question of the user is being answered, or too many of others.
            EtlError: how it ended without an answer.
        """
        permit(actor, Permission.DOWNLOAD_OUTPUTS)
        asked = self.look(actor, job, written)
        if asked is None or asked.answer is None:
            raise NotFound("there is no answer to take away any more", mend="ask again")
        with self._lock:
            self._refuse_if_busy(_key(actor))
            path = self._there(actor, job, written)
            question = begin(self.home, actor, str(path), (self.home / "output",), (asked.statement, form))
            self._taken.append(_key(actor))
        try:
            answer = question.answer()
            self._there(actor, job, written)
            return answer.body
        finally:
            self._taken.remove(_key(actor))

    def cancel(self, actor: Actor) -> None:
        """End the question of a user."""
        with self._lock:
            asked = self._asked.get(_key(actor))
        if asked is not None:
            asked.question.stop()

    def stop(self) -> None:
        """End all."""
        with self._lock:
            running = [asked for asked in self._asked.values() if not asked.is_over]
        for asked in running:
            asked.question.stop()

    def _there(self, actor: Actor, job: JobView, written: Mapping[str, Any]) -> Path:
        found: list[RunOutput] = list(JobService(self.home).outputs(actor, job.job_id))
        now = next((output for output in found if str(output.path) == written["path"]), None)
        if now is None or now.state is not OutputState.INTACT:
            raise NotFound(
                "the output is not as the run left it, so it cannot be asked in SQL",
                mend="look at its rows, or ask the output of the run that replaced it",
            )
        return now.path

    def _refuse_if_busy(self, key: _Key) -> None:
        running = [*self._taken, *(who for who, asked in self._asked.items() if not asked.is_over)]
        if key in running:
            raise QueueFull("your last question is still being answered", mend="wait for it, or cancel it")
        if len(running) >= AT_ONCE:
            raise QueueFull(f"{AT_ONCE} questions of others are being answered", mend="ask again in half a minute")

    def _forget_some(self) -> None:
        over = [key for key, asked in self._asked.items() if asked.is_over]
        for key in over[: max(len(self._asked) - _MOST_KEPT, 0)]:
            del self._asked[key]

    def _hear(self, asked: AskedSql, actor: Actor, job: JobView, written: Mapping[str, Any]) -> None:
        """Wait for its end; what was replaced meanwhile is not shown as this run's."""
        try:
            answer = asked.question.answer()
            self._there(actor, job, written)
            asked.answer = answer
        except EtlError as error:
            asked.error = error
        except Exception:  # noqa: BLE001 - there is nobody above who could catch it
            _LOG.exception("a question could not be answered")
            asked.error = EtlError("the question could not be answered", mend="ask again")


def _key(actor: Actor) -> _Key:
    return actor.name, str(actor.role), actor.session or ""
