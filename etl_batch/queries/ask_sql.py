"""A question in SQL: asked of a process of its own, and written down with how it ended."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from etl_batch.audit.events import Action, Detail, Event, Outcome
from etl_batch.audit.log import AuditLog
from etl_batch.errors import (
    Cancelled,
    CheckStopped,
    CpuLimit,
    EtlError,
    OutOfMemory,
    QueryInvalid,
    Refused,
    SqlUnavailable,
    TimedOut,
    WorkerCrashed,
)
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.child_process import Limits
from etl_batch.machine.landlock import landlock_version
from etl_batch.machine.question import Asking, Question
from etl_batch.permissions import Permission, permit
from etl_batch.queries.answer_form import AnswerForm
from etl_batch.queries.sql_limits import ANSWER_BYTES, DATA_BYTES, MOST_STATEMENT, SECONDS, STOP_SECONDS, THREADS
from etl_batch.queries.table_file import OpenedTable, opened_table
from etl_batch.queries.table_spec import as_json
from etl_batch.values import Actor

_ENGINE = "duckdb"
_LOGGED = 2000  #: characters of a statement
_LESS = "ask for less: fewer columns, a filter, a sum in the place of rows"
_MENDS: dict[type[EtlError], str] = {
    OutOfMemory: _LESS,
    TimedOut: f"{_LESS}; of a large CSV ask the Parquet output of the same job",
    CpuLimit: f"{_LESS}; of a large CSV ask the Parquet output of the same job",
    WorkerCrashed: "ask again; where it happens twice, ask in another way",
}
_BEHIND = 10  #: steps of priority, behind those who turn pages meanwhile
_ASKING = Asking(
    command=["etl_batch.queries.sql_child"],
    limits=Limits(data_bytes=DATA_BYTES, cpu_seconds=int(SECONDS * THREADS), behind=_BEHIND),
    seconds=SECONDS,
    stop_seconds=STOP_SECONDS,
    most_bytes=ANSWER_BYTES,
    who="the process that answers",
    mends=_MENDS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlAnswer:
    """What came of a question."""

    columns: tuple[tuple[str, str], ...]  #: names and types
    rows: int
    truncated: bool  #: there are more
    body: bytes  #: in the form that was asked for; of `CELLS` none
    cells: tuple[tuple[str | None, ...], ...] = ()
    notes: tuple[str, ...] = ()  #: on how the file is read


class SqlQuestion:
    """A question that is under way. Its end is written down by `answer`, which somebody must call."""

    def __init__(self, home: Path, actor: Actor, table: OpenedTable, statement: str, form: AnswerForm) -> None:
        self._home, self._actor, self._form = home, actor, form
        self._target, self._notes, self._statement = str(table.place.path), table.notes, statement
        asked = {"task": "sql", "table": as_json(table.spec), "statement": statement, "form": str(form)}
        self._question = Question(replace(_ASKING, pass_on=table.spec.files), asked)

    @property
    def is_over(self) -> bool:
        """Whether `answer` need not wait."""
        return self._question.look().is_over

    def stop(self) -> None:
        """End it."""
        self._question.stop()

    def answer(self) -> SqlAnswer:
        """Wait for the answer, and write down that it was asked for.

        Raises:
            QueryInvalid, OutOfMemory, TimedOut, CpuLimit, WorkerCrashed, SqlUnavailable: how it ended without one.
            Cancelled: somebody stopped it.
            AuditUnavailable: it cannot be written down, so the answer must not be shown.
        """
        found = self._question.wait()
        error = found.error
        if isinstance(error, CheckStopped):
            error = Cancelled("the question was cancelled", mend="ask it again")
        if error is not None and type(error) in _MENDS:
            error = type(error)(error.message, mend=_MENDS[type(error)])
        if error is not None or found.answer is None:
            error = error or WorkerCrashed("the process that answers said nothing")
            self._record(error)
            raise error
        answer = self._read(found.answer)
        form = {} if self._form is AnswerForm.CELLS else {"form": str(self._form)}
        self._record(None, {"rows": answer.rows, "truncated": answer.truncated, **form})
        return answer

    def _read(self, said: Mapping[str, Any]) -> SqlAnswer:
        body = said["body"]
        cells: tuple[tuple[str | None, ...], ...] = ()
        if self._form is AnswerForm.CELLS:
            cells, body = tuple(map(tuple, body)), ""
        content = base64.b64decode(body) if self._form is AnswerForm.PARQUET else str(body).encode()
        columns = tuple((column["name"], column["type"]) for column in said["columns"])
        return SqlAnswer(
            columns=columns, rows=said["rows"], truncated=said["truncated"], body=content, cells=cells,
            notes=self._notes,
        )  # fmt: skip

    def _record(self, error: EtlError | None, detail: Detail | None = None) -> None:
        AuditLog(self._home).record(self._actor, event_of(self._target, self._statement, error, detail or {}))


def ask(home: Path, actor: Actor, path: str, roots: Sequence[Path], question: tuple[str, AnswerForm]) -> SqlAnswer:
    """Ask an output, and wait; see `begin`, and `SqlQuestion.answer`. Ctrl-C ends it, and is written down."""
    begun: SqlQuestion | None = None
    try:
        begun = begin(home, actor, path, roots, question)
        return begun.answer()
    except KeyboardInterrupt:
        if begun is not None:
            begun.stop()
        AuditLog(home).record(actor, event_of(path, question[0], Cancelled("the question was cancelled"), {}))
        raise


def begin(home: Path, actor: Actor, path: str, roots: Sequence[Path], question: tuple[str, AnswerForm]) -> SqlQuestion:
    """Ask an output in SQL.

    Args:
        home: whose log it is.
        actor: who asks.
        path: of the output, or of a folder of parts.
        roots: beneath which it lies.
        question: the statement, and what becomes of its rows.

    Raises:
        Forbidden: the actor may not.
        SqlUnavailable: DuckDB is not installed, or no process can be shut in here.
        QueryInvalid: the statement is empty, or longer than any.
        Refused: the output cannot be opened.
        AuditUnavailable: that it was refused cannot be written down.
    """
    permit(actor, Permission.ASK_OUTPUTS)
    statement, form = question
    try:
        _refuse_unaskable(statement)
        with opened_table(path, roots) as table:
            return SqlQuestion(home, actor, table, statement, form)
    except Refused as error:
        AuditLog(home).record(actor, event_of(path, statement, error, {}))
        raise


def sql_problem() -> SqlUnavailable | None:
    """Why no question in SQL can be asked here; None: it can."""
    if find_spec(_ENGINE) is None:
        return SqlUnavailable(
            "DuckDB, which answers SQL, is not installed",
            mend="install the package with its extra called query, which has it",
        )
    if not landlock_version():
        return SqlUnavailable("this kernel cannot shut in the process that would run SQL (it has no Landlock here)")
    return None


def event_of(target: str, statement: str, error: EtlError | None, detail: Detail) -> Event:
    """What is written down of a question. Pure."""
    said = {**logged_statement(statement), **detail}
    if error is None:
        return Event(action=Action.QUERY_ASKED, target=target, detail=said)
    said["state" if isinstance(error, Cancelled) else "error"] = (
        "cancelled" if isinstance(error, Cancelled) else error.code
    )
    outcome = (
        Outcome.OK
        if isinstance(error, Cancelled)
        else Outcome.REFUSED
        if isinstance(error, Refused)
        else Outcome.FAILED
    )
    return Event(action=Action.QUERY_ASKED, target=target, outcome=outcome, detail=said)


def logged_statement(statement: str) -> dict[str, str | int | bool | None]:
    """What is written down of a statement: its beginning, and what tells a longer one. Pure."""
    if len(statement) <= _LOGGED:
        return {"statement": statement}
    digest = hashlib.sha256(statement.encode("utf-8", "surrogatepass")).hexdigest()
    return {"statement": statement[:_LOGGED], "statement_sha256": digest}


def _refuse_unaskable(statement: str) -> None:
    if (problem := sql_problem()) is not None:
        raise problem
    if not statement.strip():
        raise QueryInvalid("the question is empty")
    if len(statement) > MOST_STATEMENT:
        raise QueryInvalid(f"the question has {len(statement):,} characters; {MOST_STATEMENT:,} are the most")
    try:
        statement.encode()
    except UnicodeEncodeError:
        raise QueryInvalid("the question holds bytes that are not UTF-8") from None
