"""The service of jobs: what pages and commands ask for. Every call checks the role of who asks."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from etl_batch.audit.events import Action, Event, Outcome
from etl_batch.audit.log import AuditLog
from etl_batch.config import JobConfig
from etl_batch.errors import JobStoreUnavailable, Refused, StoreUnsupported
from etl_batch.jobs.admission import held_outputs, new_job, refuse_resume, refuse_too_many
from etl_batch.jobs.config_json import as_json, config_of, from_anywhere
from etl_batch.jobs.job_reads import JobReads
from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.launcher import launch_supervisor
from etl_batch.jobs.leftovers import remove_leftovers
from etl_batch.jobs.limits import limits_of
from etl_batch.jobs.limits_in_force import limits_in_force
from etl_batch.jobs.run_description import RunDescription
from etl_batch.jobs.settle import settle_lost
from etl_batch.jobs.signals import LOOK
from etl_batch.jobs.states import State
from etl_batch.jobs.stored_rows import process_of
from etl_batch.jobs.view_of_row import view_of
from etl_batch.jobs.writing import Writing
from etl_batch.light_dataclass import dataclass
from etl_batch.permissions import Permission, permit
from etl_batch.pipeline.job import identify
from etl_batch.pipeline.job_notes import name_at_home
from etl_batch.storage.roots import working_directory
from etl_batch.text.store_address import is_address
from etl_batch.values import Actor


@dataclass(frozen=True, slots=True)
class JobService(JobReads):
    """The jobs of one home. Making the value opens nothing; it may be shared by threads."""

    def start(
        self,
        config: JobConfig,
        *,
        again_of: str | None = None,
        source: str = "console",
        described: RunDescription = RunDescription(),  # noqa: B008 - frozen
    ) -> JobView:
        """Put a job into the queue, for `config.actor`, and see that somebody works it off.

        Raises:
            Forbidden: the actor may not launch jobs.
            RateLimited: too many starts within a minute; `retry_after` says how many seconds to wait.
            QueueFull, OutputBusy: too many jobs wait; one that is not over writes the same output.
            Refused: the outputs are no places to write to.
            StoreUnsupported: an input or an output lies in an object store.
            AuditUnavailable: it could not be written down, so it was not done.
        """
        actor = config.actor
        permit(actor, Permission.LAUNCH_JOBS)
        job_id = identify(datetime.now(UTC)).job_id
        limits = limits_in_force(self.home)
        try:
            _refuse_stores(config)
            new = new_job(job_id, replace(from_anywhere(config, Path(working_directory())), home=self.home), limits)
            new = replace(new, source=source, again_of=again_of)
            with self._store.writing() as writing:
                refuse_too_many(writing, actor, limits)
                writing.add(new)
                how = "queued" if again_of is None else f"queued; it repeats {again_of}"
                writing.event(job_id, State.QUEUED, how, actor.name)
                output = name_at_home(self.home, new.outputs[0])
                self._record(actor, Action.JOB_CONFIGURED, job_id, {"inputs": len(config.inputs)}, output)
                self._record(actor, Action.JOB_LAUNCHED, job_id, {"source": source, "again_of": again_of})
                if described != RunDescription():
                    self._describe(writing, actor, job_id, described)
        except Refused as error:
            refused = Event(action=Action.JOB_LAUNCHED, outcome=Outcome.REFUSED, detail={"code": error.code})
            self._audit.record(actor, refused)
            raise
        self.drain()
        return view_of(self._store.job(job_id))

    def again(self, actor: Actor, job_id: str) -> JobView:
        """Start a new job with the options of another.

        Raises:
            NoSuchJob: there is no such job. Everything else as `start`.
            JobStoreUnavailable: its options cannot be read.
        """
        permit(actor, Permission.LAUNCH_JOBS)
        config = config_of(self._store.job(job_id))
        return self.start(replace(config, actor=actor, resume=False), again_of=job_id)

    def describe(self, actor: Actor, job_id: str, described: RunDescription) -> JobView:
        """Give a run another name and note.

        Raises:
            Forbidden: the actor may not launch jobs.
            NoSuchJob: there is none of this name.
            AuditUnavailable: it could not be written down, so it was not done.
        """
        permit(actor, Permission.LAUNCH_JOBS)
        self._store.job(job_id)
        with self._store.writing() as writing:
            self._describe(writing, actor, job_id, described)
        return self.view(actor, job_id)

    def cancel(self, actor: Actor, job_id: str) -> JobView:
        """End a job for good. One that runs is told to; one that waits or was interrupted is over at once.

        Raises:
            JobStateRefused: it is over.
        """
        permit(actor, Permission.LAUNCH_JOBS)
        self._settled(job_id)
        row = self._ask_to_end(actor, job_id)
        process = process_of(row)
        if State(row["state"]).is_live and process is not None:
            # What runs in somebody's terminal knows no store.
            process.signal(signal.SIGTERM if row["turn"] is None else LOOK)
        elif not State(row["state"]).is_live:
            with contextlib.suppress(JobStoreUnavailable):  # where its options cannot be read, nobody knows where
                remove_leftovers(config_of(row), job_id)
        return self.view(actor, job_id)

    def resume(self, actor: Actor, job_id: str) -> JobView:
        """Let a job go on where it stopped.

        Raises:
            JobStateRefused: it is not over, it is done, or nothing of it was kept; says what to do instead.
            JobStoreUnavailable: its options cannot be read.
            RateLimited, QueueFull, OutputBusy: as `start`.
        """
        permit(actor, Permission.LAUNCH_JOBS)
        row = self._settled(job_id)
        config = config_of(row)
        refuse_resume(row, config)
        limits = limits_in_force(self.home)
        with self._store.writing() as writing:
            refuse_too_many(writing, actor, limits)
            writing.requeue(job_id, as_json(replace(config, resume=True)))
            writing.take_outputs(job_id, held_outputs(config))
            writing.event(job_id, State.QUEUED, "resumed", actor.name)
            self._record(actor, Action.JOB_RESUMED, job_id)
        self.drain()
        return self.view(actor, job_id)

    def drain(self) -> None:
        """See that queued jobs are worked off, as many at once as may be. At start-up, and whenever one may have ended.

        Raises:
            JobStoreUnavailable: the store cannot be read.
        """
        settle_lost(self._store)
        found = {row["state"]: row["jobs"] for row in self._store.rows("counts_of_queue")}
        free = limits_of(self.home).jobs_at_once - sum(found.get(state, 0) for state in State if state.is_live)
        for _ in range(min(found.get(State.QUEUED, 0), free)):
            launch_supervisor(self.home)

    @property
    def _audit(self) -> AuditLog:
        return AuditLog(self.home)

    def _ask_to_end(self, actor: Actor, job_id: str) -> Mapping[str, Any]:
        """Ask it to end; gives the job as it was then, read in the same step, for its turn may come at any moment."""
        with self._store.writing() as writing:
            (row,) = writing.rows("one", job_id=job_id)
            before = State(row["state"])
            if before != State.CANCELLING:
                state = State.CANCELLING if before.is_live else State.CANCELLED
                writing.move(job_id, state)
                text = "told to end" if before.is_live else "cancelled"
                writing.event(job_id, state, text, actor.name)
                self._record(actor, Action.JOB_CANCELLED, job_id, {"state": before})
        return row

    def _describe(self, writing: Writing, actor: Actor, job_id: str, described: RunDescription) -> None:
        """Of a note the log says how long it is: what it says may be changed, the log may not."""
        name, note = described.name or None, described.note or None
        writing.rows("describe", job_id=job_id, name=name, note=note, described=described.searched)
        detail = {"name": name, "note_characters": len(described.note)}
        self._record(actor, Action.JOB_DESCRIBED, job_id, detail)

    def _record(
        self,
        actor: Actor,
        action: Action,
        job_id: str,
        detail: Mapping[str, str | int | None] | None = None,
        target: str = "",
    ) -> None:
        self._audit.record(actor, Event(action=action, target=target or job_id, job=job_id, detail=dict(detail or {})))


def _refuse_stores(config: JobConfig) -> None:
    """Refuse what needs the keys of whoever starts it: processes of jobs get none."""
    for given in (*config.inputs, config.output_csv, config.output_parquet):
        if given is not None and is_address(given):
            raise StoreUnsupported(
                f"{given} lies in an object store, whose keys no job in the background has",
                mend="use the command run, in a terminal whose environment has them",
            )
