"""The results of a run, for those who may see them: rows of an output, rows that were set aside.

What is read is the run's own, or nothing: that is looked at before, and once more behind. Who sees it is written down.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from etl_batch.audit.events import Action, Detail, Event
from etl_batch.audit.log import AuditLog
from etl_batch.audit.reads import record_read
from etl_batch.config import JobConfig, usable_cpus
from etl_batch.environment import extra_input_roots, operator
from etl_batch.errors import CpuLimit, EtlError, NotFound, OutOfMemory, TimedOut, WorkerCrashed
from etl_batch.jobs.config_json import as_json
from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.output_states import OutputState, RunOutput
from etl_batch.jobs.service import JobService
from etl_batch.launch.kept_answers import KeptAnswers
from etl_batch.machine.child_process import Limits
from etl_batch.machine.kept_process import KeptProcesses, Life
from etl_batch.machine.question import Asking
from etl_batch.options.input_reading import HeaderLine, InputFormat
from etl_batch.permissions import Permission, permit
from etl_batch.pipeline.outputs.replaced_outputs import published_file
from etl_batch.queries.answer_form import AnswerForm
from etl_batch.queries.ask_sql import event_of
from etl_batch.queries.row_look import RowLook, as_link
from etl_batch.queries.row_plot import Plot
from etl_batch.queries.table_spec import cells_as_json, cells_written
from etl_batch.storage.closed_folders import homes_kept_closed
from etl_batch.storage.roots import place
from etl_batch.text.first_rows import FirstRows
from etl_batch.values import GIB, Actor, PublishedFile
from pages.services.looked_rows import DrawnRows, LookedRows, body_of, drawn_rows, looked_rows
from pages.services.rejected_rows import RejectedRows, rejected_of

_SECONDS = 30.0
_BYTES = 2 * GIB  #: of memory
_LIFE = Life()
_MENDS: dict[type[EtlError], str] = {
    OutOfMemory: "download it, and look at it there",
    WorkerCrashed: "look again in a minute; where it happens twice, download it",
    TimedOut: "look again in a minute, when less is running",
    CpuLimit: "look again in a minute, when less is running",
}
_ASKING = Asking(
    command=["pages.services.result_process"],
    limits=Limits(data_bytes=_BYTES, cpu_seconds=int(_SECONDS + _LIFE.busy_seconds) * usable_cpus()),
    seconds=_SECONDS,
    who="the process that read the result",
    mends=_MENDS,
)
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class RunResults:
    """Where all users of a server see results of runs."""

    home: Path
    _kept: KeptAnswers = field(default_factory=KeptAnswers)
    _readers: KeptProcesses = field(default_factory=lambda: KeptProcesses(_ASKING, _LIFE))

    def stop(self) -> None:
        """End the processes that read."""
        self._readers.end()

    def look(self, actor: Actor, job: JobView, written: Mapping[str, Any], look: RowLook) -> LookedRows:
        """Rows of an output; what was asked is written down, but for the mere turning of pages.

        Args:
            actor: who looks.
            job: the run.
            written: the output, as its metadata tell of it.
            look: which rows.

        Raises:
            Forbidden: the actor may not see results.
            NotFound: the run's own bytes are there no more.
            QueryInvalid: the look does not fit the columns.
            AuditUnavailable: it cannot be written down, so it is not shown.
            EtlError: it cannot be read, or how the process ended that did.
        """
        permit(actor, Permission.SEE_RESULTS)

        def read(where: Path) -> LookedRows:
            task = {"task": "look", "link": as_link(look), "total": written.get("rows", job.rows_out or 0)}
            return looked_rows(self._ask(where, {**task, **self._cells(job, written, where)}))

        found = self._read(actor, job, lambda: self._now(actor, job, written), read, (written["path"], look))
        if not look.is_plain:
            detail: Detail = {
                "rows": found.matched,
                "page": look.page,
                **({"counted": look.counted} if look.counted else {}),
            }
            event = replace(event_of(self._named(written), found.sql, None, detail), job=job.job_id)
            record_read(self.home, actor, event, (look, written.get("sha256")))
        return found

    def draw(self, actor: Actor, job: JobView, written: Mapping[str, Any], look: RowLook, plot: Plot) -> DrawnRows:
        """One or two columns of the rows of a look, to be drawn; written down, and raises, as `look` does."""
        permit(actor, Permission.SEE_RESULTS)
        of_rows = RowLook(conditions=look.conditions)

        def read(where: Path) -> DrawnRows:
            task = {"task": "plot", "link": as_link(of_rows), "column": plot.column, "beside": plot.beside}
            return drawn_rows(self._ask(where, {**task, **self._cells(job, written, where)}))

        asked = (written["path"], of_rows, plot)
        found = self._read(actor, job, lambda: self._now(actor, job, written), read, asked)
        detail: Detail = {"rows": found.matched, "drawn": " / ".join(filter(None, (plot.column, plot.beside)))}
        event = replace(event_of(self._named(written), found.sql, None, detail), job=job.job_id)
        record_read(self.home, actor, event, (asked, written.get("sha256")))
        return found

    def take(self, actor: Actor, job: JobView, written: Mapping[str, Any], look: RowLook, form: AnswerForm) -> bytes:
        """The rows of a look as a file, the first of them if there are too many; raises as `look` does."""
        permit(actor, Permission.DOWNLOAD_OUTPUTS)
        where = own_bytes(self._now(actor, job, written))
        task = {"task": "take", "link": as_link(look), "form": str(form)}
        found = self._ask(where, {**task, **self._cells(job, written, where)})
        if own_bytes(self._now(actor, job, written)) != where:
            raise NotFound(f"{where.name} was replaced at this moment", mend="look again")
        shown = self.look(actor, job, written, look)
        detail = {"rows": found["rows"], "truncated": found["rows"] < found["matched"], "form": str(form)}
        event = replace(event_of(self._named(written), shown.sql, None, detail), job=job.job_id)
        AuditLog(self.home).record(actor, event)
        return body_of(found, form)

    def _now(self, actor: Actor, job: JobView, written: Mapping[str, Any]) -> RunOutput | None:
        found = JobService(self.home).outputs(actor, job.job_id)
        return next((output for output in found if str(output.path) == written["path"]), None)

    def _cells(self, job: JobView, written: Mapping[str, Any], where: Path) -> dict[str, Any]:
        """How the cells of an output are written; types that its run does not tell are asked of them once."""
        if written["format"] != InputFormat.CSV:
            return {"cells": None}
        cells = cells_written(job.metadata or {}, written)
        if not cells.types or None in cells.types:
            key = (job.job_id, where, self._state(where), "types")
            ask = lambda: self._ask(where, {"task": "types", "cells": cells_as_json(cells)})  # noqa: E731
            cells = replace(cells, types=tuple(self._kept.get(key, ask)["types"]))
        return {"cells": cells_as_json(cells)}

    def _named(self, written: Mapping[str, Any]) -> str:
        return self._beneath(Path(written["path"]))

    def names(self, actor: Actor, job: JobView, source: Mapping[str, Any]) -> tuple[str, ...]:
        """The columns of an input of a run, as its header has them.

        Args:
            actor: who asks.
            job: the run.
            source: the input, as its metadata tell of it.

        Raises:
            Forbidden: the actor may not launch jobs.
            EtlError: it cannot be read any more, or how the process ended that did.
        """
        permit(actor, Permission.LAUNCH_JOBS)
        event = Event(action=Action.FIRST_ROWS_SEEN, target=str(source["path"]), job=job.job_id)
        record_read(self.home, actor, event)
        reading = source["reading"]
        config = replace(
            _reading(self.home, Path(source["path"]), {"format": "csv", "dialect": reading}),
            skip_lines=reading.get("skip_lines"),
            extra_input_roots=extra_input_roots(),
        )
        task = {"task": "rows", "config": as_json(config), "rows": 1}
        return _rows(self._ask(Path(source["path"]), task, config.input_roots)["rows"]).names

    def rejected(self, actor: Actor, job: JobView) -> RejectedRows:
        """The rows that a run set aside; raises as `first_rows` does."""
        permit(actor, Permission.SEE_RESULTS)
        is_escaped = job.config.get("escaping") != "off"

        def read(where: Path) -> RejectedRows:
            return rejected_of(self._ask(where, {"task": "rejected", "is_escaped": is_escaped}))

        return self._read(actor, job, lambda: JobService(self.home).rejects(actor, job.job_id), read)

    def _read(
        self,
        actor: Actor,
        job: JobView,
        now: Callable[[], RunOutput | None],
        read: Callable[[Path], _Found],
        asked: Hashable = None,
    ) -> _Found:
        """What is read of a file of a run, once for each question and state of it: all who may see it see the same."""
        where = own_bytes(now())
        state = self._state(where)
        record_read(self.home, actor, Event(action=Action.FIRST_ROWS_SEEN, target=self._beneath(where), job=job.job_id))
        found = self._kept.get((job.job_id, where, state, asked), lambda: read(where))
        if own_bytes(now()) != where or self._state(where) != state:
            raise NotFound(f"{where.name} was replaced at this moment", mend="look again")
        return found

    def _ask(self, where: Path, task: Mapping[str, Any], roots: tuple[Path, ...] = ()) -> Mapping[str, Any]:
        homes = [str(home) for home in homes_kept_closed()]
        asked = {**task, "path": str(where), "roots": [str(root) for root in roots or self._roots], "homes": homes}
        return self._readers.ask(where, asked)  # a process for each file: none has a say in what is shown of another

    def _state(self, where: Path) -> PublishedFile:
        return published_file(place(where, self._roots, purpose="output"))

    @property
    def _roots(self) -> tuple[Path, ...]:
        return self.home / "output", self.home / "report"

    def _beneath(self, where: Path) -> str:
        root = self.home.resolve()
        return where.relative_to(root).as_posix() if where.is_relative_to(root) else where.name


def own_bytes(output: RunOutput | None) -> Path:
    """Where the bytes of a run are today.

    Raises:
        NotFound: nowhere that is known.
    """
    if output is None:
        raise NotFound("the run left no such file", mend="run it again")
    there = output.path if output.state is OutputState.INTACT else output.kept
    if there is None:
        raise NotFound(
            f"what the run wrote as {output.path.name} is not there any more, or was changed by somebody",
            mend="run it again; what is there now is not shown as this run's",
        )
    return there


def _reading(home: Path, where: Path, written: Mapping[str, Any]) -> JobConfig:
    """What opens an output as it was written."""
    dialect = written.get("dialect") or {}
    is_csv = written["format"] == InputFormat.CSV
    return JobConfig(
        home=home,
        inputs=(str(where),),
        actor=operator(None),
        output_csv=str(home / "output" / "shown.csv"),  # never written
        format=InputFormat(written["format"]),
        delimiter=dialect.get("delimiter", ",") if is_csv else None,
        encoding=dialect.get("encoding", "utf-8") if is_csv else None,
        header=HeaderLine.YES if is_csv else HeaderLine.AUTO,
    )


def _rows(found: Mapping[str, Any]) -> FirstRows:
    return FirstRows(**{**found, "names": tuple(found["names"]), "rows": tuple(map(tuple, found["rows"]))})
