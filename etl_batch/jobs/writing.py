"""What may be done within one transaction of the job store."""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from etl_batch.errors import JobStateRefused, NoSuchJob, OutputBusy
from etl_batch.jobs.job_view import JobProgress
from etl_batch.jobs.statements import statements
from etl_batch.jobs.states import State, states_before
from etl_batch.jobs.stored_rows import Ending, NewJob, Row, process_columns, utc_now
from etl_batch.machine.process_identity import ProcessIdentity
from etl_batch.text.plain_values import all_in_utf8
from etl_batch.values import ProfilePoint


class Writing:
    """One transaction, as long as `JobStore.writing` holds it open."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, statement: str, **values: object) -> list[dict[str, Any]]:
        """Run a statement of `jobs.sql`; returns what it finds or changes, where it says so."""
        return [dict(row) for row in self._connection.execute(statements()[statement], all_in_utf8(values))]

    def changes(self, statement: str, **values: object) -> int:
        """Run a statement of `jobs.sql`; returns how many rows it changed."""
        return self._connection.execute(statements()[statement], all_in_utf8(values)).rowcount

    def add(self, job: NewJob) -> None:
        """Enter a job: queued, or running in the process that it names.

        Raises:
            OutputBusy: another job that is not over has one of its outputs.
        """
        process, now = job.process, utc_now()
        self.rows(
            "add_job",
            job_id=job.job_id,
            state=State.QUEUED if process is None else State.RUNNING,
            actor=job.actor,
            role=job.role,
            source=job.source,
            now=now,
            started_at=None if process is None else now,
            beat=time.monotonic(),
            **process_columns(process),
            config=json.dumps(job.config),
            searched=job.searched,
            again_of=job.again_of,
        )
        self.take_outputs(job.job_id, job.outputs)

    def take_outputs(self, job_id: str, outputs: Iterable[str]) -> None:
        """Keep others away from these outputs until the job is over.

        Raises:
            OutputBusy: another job that is not over has one of them.
        """
        self.changes("give_back_outputs", job_id=job_id)
        for path in dict.fromkeys(outputs):
            if taken := self.rows("taken_by", path=path, job_id=job_id):
                raise OutputBusy(f"job {taken[0]['job_id']}, which is not over, writes {path}")
            self.rows("take_output", path=path, job_id=job_id)

    def take_up(self, job_id: str, process: ProcessIdentity) -> None:
        """Go on in this process with a job that the store has: past the queue, and with the options that it has.

        Those of the command may be refused, for the job was begun with others.

        Raises:
            JobStateRefused: it is not in a state that can be resumed.
        """
        (known,) = self.rows("one", job_id=job_id)
        self.requeue(job_id, json.loads(known["config"]))
        self.rows("start_here", job_id=job_id, now=utc_now(), beat=time.monotonic(), **process_columns(process))

    def claim(self, process: ProcessIdentity, at_once: int) -> dict[str, Any] | None:
        """The oldest queued job, now running in this process; None where none waits or enough are at work."""
        claimed = self.rows("claim", now=utc_now(), beat=time.monotonic(), at_once=at_once, **process_columns(process))
        return claimed[0] if claimed else None

    def move(self, job_id: str, state: State, *, code: str | None = None, message: str | None = None) -> None:
        """Bring a job into another state.

        Raises:
            JobStateRefused: the state it is in does not lead there.
        """
        changed = self.changes(
            "move",
            job_id=job_id,
            state=state,
            over=state.is_over,
            now=utc_now(),
            error_code=code,
            error_message=message,
            before=json.dumps(states_before(state)),
        )
        self._refuse_unchanged(changed, job_id, state)
        if state.is_over:
            self.rows("give_back_outputs", job_id=job_id)
        if state == State.DONE:
            self.rows("drop_points", job_id=job_id)

    def requeue(self, job_id: str, config: Mapping[str, Any]) -> None:
        """Let a job that stopped wait for its turn again.

        Raises:
            JobStateRefused: it is not in a state that can be resumed.
        """
        values = {"config": json.dumps(config), "before": json.dumps(states_before(State.QUEUED))}
        self._refuse_unchanged(self.changes("requeue", job_id=job_id, **values), job_id, State.QUEUED)

    def end(self, job_id: str, ending: Ending, seconds: float) -> None:
        """Record how a start of a job ended, after so many seconds.

        Raises:
            JobStateRefused: the job was not at work.
        """
        self.move(job_id, ending.state, code=ending.code, message=ending.message)
        self.rows("end_of_start", job_id=job_id, seconds=seconds)
        self.event(job_id, ending.state, ending.message or f"{ending.state}")
        if ending.warning is not None:
            self.event(job_id, "warning", ending.warning)
        if ending.metadata is not None:
            counts = {key: ending.metadata.get(key) for key in ("rows_in", "rows_out", "rows_quarantined", "verdict")}
            self.rows("result", job_id=job_id, report=ending.report, **counts)
            packed = zlib.compress(json.dumps(ending.metadata).encode())
            self.rows("keep_metadata", job_id=job_id, metadata=packed)
            self._keep_files(job_id, ending.metadata, ending.files)

    def _keep_files(self, job_id: str, metadata: Row, files: Sequence[Row]) -> None:
        """What the job published, and what each of it took the place of."""
        replaced = {old["path"]: old for old in metadata.get("replaced", ())}
        at = metadata.get("finished_at") or utc_now()
        for file in files:
            before = replaced.get(file["path"], {})
            kept, of = before.get("kept"), before.get("job_id")
            self.rows("add_file", job_id=job_id, at=at, replaced_job=of, kept=kept, **file)

    def beat(self, job_id: str, pid: int, progress: JobProgress) -> State | None:
        """Say that the job is alive, and how far it is.

        Returns:
            Its state; None where it is no longer ours.
        """
        found = self.rows("beat", job_id=job_id, pid=pid, now=utc_now(), beat=time.monotonic(), **asdict(progress))
        return State(found[0]["state"]) if found else None

    def point(self, job_id: str, point: ProfilePoint) -> None:
        """What the machine did lately."""
        self.rows("add_point", job_id=job_id, seconds=point.seconds, point=json.dumps(asdict(point)))

    def event(self, job_id: str, kind: str, text: str, actor: str | None = None) -> None:
        """Something happened to the job."""
        self.rows("add_event", job_id=job_id, now=utc_now(), kind=kind, text=text, actor=actor)

    def _refuse_unchanged(self, changed: int, job_id: str, state: State) -> None:
        if changed:
            return
        found = self.rows("one", job_id=job_id)
        if not found:
            raise NoSuchJob(f"there is no job {job_id!r}")
        raise JobStateRefused(f"job {job_id} is {found[0]['state']} and cannot become {state}")
