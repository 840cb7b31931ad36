"""What is written into the store of a run from the command line. Loaded late: it brings SQLite."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from etl_batch.config import JobConfig
from etl_batch.errors import Cancelled, EtlError, OutputBusy
from etl_batch.jobs.config_json import as_json, from_anywhere
from etl_batch.jobs.endings import done
from etl_batch.jobs.leftovers import can_go_on, remove_leftovers
from etl_batch.jobs.progress_rate import ProgressRate
from etl_batch.jobs.settle import settle_lost
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import Ending, NewJob
from etl_batch.machine.process_identity import ProcessIdentity
from etl_batch.pipeline.job import Job
from etl_batch.pipeline.outputs.metadata import files_of, metadata_of
from etl_batch.pipeline.outputs.targets import targets_of
from etl_batch.storage.roots import working_directory
from etl_batch.values import JobResult, ProgressReport


class CommandRecord:
    """One run in the store. Making it enters the run.

    Raises:
        EtlError: the store cannot be used.
    """

    def __init__(self, config: JobConfig, job: Job) -> None:
        self._store = JobStore(config.home)
        self._job_id = job.job_id
        self._config = from_anywhere(config, Path(working_directory()))
        self._rate = ProgressRate()
        settle_lost(self._store, resumed=self._job_id)
        self._is_known = self._has_ended_well()
        if not self._is_known:
            self._enter()

    def alive(self, report: ProgressReport | None, notes: Sequence[str]) -> None:
        """It runs, and is so far."""
        if report is not None:
            self._rate.add(time.monotonic(), report.phase, report.done_bytes, report.total_bytes, report.rows)
        if self._is_known:
            return
        with self._store.writing() as writing:
            writing.beat(self._job_id, os.getpid(), self._rate.latest)
            for note in notes:
                writing.event(self._job_id, "note", note)

    def over(self, result: JobResult | None, error: BaseException | None, seconds: float) -> None:
        """It ended, after so many seconds: with a result, or with an error."""
        if self._is_known or (result is not None and self._has_ended_well()):
            return
        ending = self._done(result) if result is not None else self._stopped(error)
        with self._store.writing() as writing:
            writing.end(self._job_id, ending, seconds)

    def _has_ended_well(self) -> bool:
        """Whether somebody has finished its publication and written that down: the list has it as it is."""
        return [row["state"] for row in self._store.rows("one", job_id=self._job_id)] == [State.DONE]

    def _enter(self) -> None:
        try:
            outputs = tuple(str(place.path) for place in targets_of(self._config).held)
        except EtlError:  # the run says so itself
            outputs = ()
        process, actor = ProcessIdentity.mine(), self._config.actor
        new = NewJob(
            job_id=self._job_id,
            actor=actor.name,
            role=actor.role,
            source="command",
            config=as_json(self._config),
            outputs=outputs,
            process=process,
        )
        try:
            self._add(new, process)
        except OutputBusy:  # a job that waits may have one of them; whether one is at work on it, the run finds out
            self._add(replace(new, outputs=()), process)

    def _add(self, new: NewJob, process: ProcessIdentity) -> None:
        with self._store.writing() as writing:
            if writing.rows("one", job_id=new.job_id):
                writing.take_up(new.job_id, process)
                writing.take_outputs(new.job_id, new.outputs)
                writing.event(new.job_id, State.RUNNING, "resumed from the command line", new.actor)
            else:
                writing.add(new)
                writing.event(new.job_id, State.RUNNING, "started from the command line", new.actor)

    def _done(self, result: JobResult) -> Ending:
        report = str(result.report_paths[0]) if result.report_paths else None
        ending = done(self._config, metadata_of(result, self._config), report, files_of(result))
        return replace(ending, warning=result.report_problem)

    def _stopped(self, error: BaseException | None) -> Ending:
        if self._store.job(self._job_id)["state"] == State.CANCELLING:
            with contextlib.suppress(EtlError):
                remove_leftovers(self._config, self._job_id)
            return Ending(state=State.CANCELLED)
        known = error if isinstance(error, EtlError) else None
        if error is None or isinstance(error, Cancelled | KeyboardInterrupt):
            kept = can_go_on(self._config, self._job_id)
            message = str(known or Cancelled("the run was cancelled"))
            return Ending(state=State.INTERRUPTED if kept else State.CANCELLED, code=Cancelled.code, message=message)
        known = known or EtlError(f"{type(error).__name__}: {error}")
        return Ending(state=State.FAILED, code=known.code, message=str(known))
