"""Questions in SQL that are kept under a name, for all of a home who may ask, and for next month's result."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from etl_batch.audit.events import Action, Event
from etl_batch.audit.log import AuditLog
from etl_batch.errors import Forbidden, NotFound, QueryInvalid
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import utc_now
from etl_batch.light_dataclass import dataclass
from etl_batch.permissions import Permission, may, permit
from etl_batch.queries.ask_sql import logged_statement
from etl_batch.queries.sql_limits import MOST_STATEMENT
from etl_batch.values import Actor

MOST_NAME_CHARACTERS = 80
MOST_QUESTIONS = 500  #: of a home


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedQuestion:
    """One of them."""

    name: str
    statement: str
    actor: str  #: who saved it
    at: str  #: UTC, ISO 8601


@dataclass(frozen=True, slots=True)
class SavedQuestions:
    """Those of a home."""

    home: Path

    def all(self, actor: Actor) -> tuple[SavedQuestion, ...]:
        """By their names.

        Raises:
            Forbidden: the actor may not ask.
        """
        permit(actor, Permission.ASK_OUTPUTS)
        rows = JobStore(self.home).rows("saved_questions")
        return tuple(
            SavedQuestion(**row) for row in sorted(rows, key=lambda row: (row["name"].casefold(), row["name"]))
        )

    def save(self, actor: Actor, name: str, statement: str) -> None:
        """Keep a question; one's own of that name is replaced.

        Raises:
            Forbidden: the actor may not ask, or the name is that of somebody else's question.
            QueryInvalid: the name is no line of text, the question is empty or longer than any, or there are too many.
            AuditUnavailable: it could not be written down, so it was not done.
        """
        permit(actor, Permission.ASK_OUTPUTS)
        kept = _checked(unicodedata.normalize("NFC", name.strip()), statement)
        with JobStore(self.home).writing() as writing:
            rows = writing.rows("saved_questions")
            before = next((row for row in rows if row["name"] == kept), None)
            if before is not None:
                _refuse_others(actor, kept, before["actor"])
            elif len(rows) >= MOST_QUESTIONS:
                raise QueryInvalid(
                    f"{len(rows)} questions are saved, as many as may be", mend="delete one that nobody needs"
                )
            writing.changes("save_question", name=kept, sql=statement, actor=actor.name, at=utc_now())
            self._record(actor, Action.QUESTION_SAVED, kept, statement)

    def delete(self, actor: Actor, name: str) -> None:
        """Forget a question.

        Raises:
            Forbidden: the actor may not ask, or it is somebody else's.
            NotFound: there is none of this name.
            AuditUnavailable: it could not be written down, so it was not done.
        """
        permit(actor, Permission.ASK_OUTPUTS)
        with JobStore(self.home).writing() as writing:
            found = next((row for row in writing.rows("saved_questions") if row["name"] == name), None)
            if found is None:
                raise NotFound(f"there is no saved question {name!r}", mend="choose one of the list")
            _refuse_others(actor, name, found["actor"])
            writing.changes("delete_question", name=name)
            self._record(actor, Action.QUESTION_DELETED, name, found["statement"])

    def _record(self, actor: Actor, action: Action, name: str, statement: str) -> None:
        AuditLog(self.home).record(actor, Event(action=action, target=name, detail=logged_statement(statement)))


def _checked(name: str, statement: str) -> str:
    if not name or len(name) > MOST_NAME_CHARACTERS or not name.isprintable():
        raise QueryInvalid(
            "a saved question needs a name", mend=f"give one line of at most {MOST_NAME_CHARACTERS} characters"
        )
    if not statement.strip():
        raise QueryInvalid("the question is empty", mend="write it first")
    if len(statement) > MOST_STATEMENT:
        raise QueryInvalid(f"the question has {len(statement):,} characters; {MOST_STATEMENT:,} are the most")
    return name


def _refuse_others(actor: Actor, name: str, owner: str) -> None:
    """A question is its owner's; whoever launches jobs tidies up."""
    if owner != actor.name and not may(actor.role, Permission.LAUNCH_JOBS):
        raise Forbidden(f"the question {name!r} was saved by {owner}", mend="save yours under another name")
