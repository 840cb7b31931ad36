"""What the audit log says about a job: it started, what it published, how it ended. Each start has one end.

Of a job that dies without a word, others say it: see `job_notes`.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from etl_batch.audit.events import Action, Detail, Event, Outcome
from etl_batch.audit.log import AuditLog
from etl_batch.config import JobConfig
from etl_batch.errors import AuditUnavailable, Cancelled, EtlError, Refused, TimedOut
from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.job_notes import JobNote, name_at_home, record_forgotten
from etl_batch.pipeline.outputs.targets import targets_of
from etl_batch.storage.side_names import journal_place
from etl_batch.values import JobResult

_MOST_NAMED = 20  #: inputs


@dataclass(slots=True)
class JobAudit:
    """The entries of one job."""

    log: AuditLog
    config: JobConfig
    job_id: str
    note: JobNote
    is_publishing: bool = False
    is_recorded: bool = False  #: the log knows how it ended

    def publishing(self, result: JobResult) -> None:
        """Keep in the note what is about to be published, on the disk.

        Raises:
            AuditUnavailable: that is not possible, so nothing may be published.
        """
        self.job_id = result.job_id  # a resumed job goes on under its own name
        self._note(_published_events(result, self.config.home), str(result.metadata_path))
        self.is_publishing = True

    def refusing(self, job_id: str, error: EtlError) -> None:
        """Keep in the note how the job is about to end, of which only the rows set aside will be seen.

        Raises:
            AuditUnavailable: that is not possible, so nothing may be published.
        """
        self.job_id = job_id
        self._note([_failed_event(job_id, error)], None)

    def _note(self, events: Sequence[Event], metadata: str | None) -> None:
        known = {
            "events": [_as_json(event) for event in events],
            "metadata": metadata,
            "journal": str(journal_place(targets_of(self.config).first).path),
            "job": self.job_id,
        }
        self.note.add(known, durable=True)

    def published(self, result: JobResult) -> None:
        """The outputs are in their places.

        Raises:
            AuditUnavailable: it could not be recorded; the next start on this home does it.
        """
        try:
            self.log.record_all(self.config.actor, _published_events(result, self.config.home), seal=True)
        except AuditUnavailable as error:
            error.what_to_do = f"the outputs are published; the next start records them: {error.what_to_do}"
            raise
        self.is_recorded = True
        self.note.remove(also=result.job_id)  # of an earlier start, killed while it published

    def share_made(self, job_id: str, detail: Detail) -> str:
        """The parts of a share are on the disk; returns the head of the log, which is kept beside them.

        Raises:
            AuditUnavailable: it could not be recorded, so the share does not count.
        """
        self.job_id = job_id
        target = name_at_home(self.config.home, self.config.output_csv or self.config.output_parquet or "")
        event = Event(action=Action.SHARE_MADE, target=target, job=job_id, detail=detail)
        self.log.record_all(self.config.actor, (event,), seal=True)
        head = self.log.head()
        return "" if head is None else head.line()

    def shares_merged(self, details: Sequence[Detail]) -> None:
        """These shares are about to be put together, each with the head of the log that knows of it.

        Raises:
            AuditUnavailable: it could not be recorded, so nothing is published.
        """
        target = name_at_home(self.config.home, self.config.output_csv or self.config.output_parquet or "")
        events = [
            Event(action=Action.SHARE_MERGED, target=target, job=self.job_id, detail=detail) for detail in details
        ]
        self.log.record_all(self.config.actor, events)

    def ended(self, result: JobResult) -> None:
        """It is done, and published nothing.

        Raises:
            AuditUnavailable: it could not be recorded; the next start on this home does it.
        """
        self.log.record_all(self.config.actor, (_finished_event(result, self.config.home),), seal=True)
        self.is_recorded = True
        self.note.remove(also=result.job_id)

    def failed(self, error: BaseException) -> None:
        """The job ends without its outputs. What cannot be recorded now, the next start does."""
        if self.is_recorded:
            return
        with contextlib.suppress(EtlError, OSError):
            self.log.record_all(self.config.actor, (_failed_event(self.job_id, error),), seal=True)
            self.is_recorded = True
            if not self.is_publishing:
                self.note.remove(also=self.job_id)  # of an earlier start, killed as it failed


@contextlib.contextmanager
def audited(config: JobConfig, job_id: str) -> Iterator[JobAudit]:
    """Record that a job started, before it touches anything, and how it ended where it did not get to its outputs.

    Raises:
        AuditUnavailable: the log cannot be written, so nothing is done.
        SecretsExposed: others may read the log; the error names the chmod that mends it.
    """
    log = AuditLog(config.home)
    record_forgotten(config)
    note = JobNote.begin(config, job_id)  # before the start is recorded: a start without a note would have no end
    try:
        log.record_all(config.actor, (_started_event(config, job_id),), may_wait=True)
    except EtlError:
        note.withdraw()
        raise
    except BaseException:  # perhaps it is recorded: the next start looks
        note.close()
        raise
    audit = JobAudit(log, config, job_id, note)
    _load_signing_early()
    try:
        yield audit
    except BaseException as error:
        audit.failed(error)
        raise
    finally:
        note.close()
        with contextlib.suppress(EtlError):  # the next start does it
            record_forgotten(config)


def _load_signing_early() -> None:
    """Load what signs the checkpoint at the end while the workers are at work."""

    def load() -> None:
        with contextlib.suppress(Exception):  # what is wrong is said when it is needed
            import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401

    with contextlib.suppress(RuntimeError):  # no thread to be had
        threading.Thread(target=load, name="load-signing", daemon=True).start()


def _started_event(config: JobConfig, job_id: str) -> Event:
    detail: Detail = {
        "inputs": len(config.inputs),
        "input": ", ".join(name_at_home(config.home, given) for given in config.inputs[:_MOST_NAMED]),
        "parquet": config.output_parquet and name_at_home(config.home, config.output_parquet),
        "resume": config.resume,
        "escaping": str(config.escaping),
        "pid": os.getpid(),
    }
    target = name_at_home(config.home, config.output_csv or config.output_parquet or "")
    return Event(action=Action.JOB_STARTED, target=target, job=job_id, detail=detail)


def _published_events(result: JobResult, home: Path) -> list[Event]:
    events = [
        Event(
            action=Action.OUTPUT_PUBLISHED,
            target=name_at_home(home, output.path),
            job=result.job_id,
            detail={"format": output.format, "bytes": output.bytes, "rows": output.rows, "sha256": output.sha256},
        )
        for output in result.outputs
    ]
    return [*events, _finished_event(result, home)]


def _finished_event(result: JobResult, home: Path) -> Event:
    detail: Detail = {
        "state": "done",
        "outputs": len(result.outputs),
        "rows_in": result.rows_in,
        "rows_out": result.rows_out,
        "rows_quarantined": result.rows_quarantined,
        "cells_escaped": result.cells_escaped,
        "apostrophes_inside": result.apostrophes_inside,
    }
    target = name_at_home(home, result.metadata_path or "")
    return Event(action=Action.JOB_FINISHED, target=target, job=result.job_id, detail=detail)


def _failed_event(job_id: str, error: BaseException) -> Event:
    is_cancelled = isinstance(error, Cancelled | KeyboardInterrupt | TimedOut)
    state = "cancelled" if is_cancelled else "refused" if isinstance(error, Refused) else "failed"
    code = error.code if isinstance(error, EtlError) else Cancelled.code if is_cancelled else EtlError.code
    outcome = Outcome.REFUSED if state == "refused" else Outcome.FAILED
    return Event(action=Action.JOB_FINISHED, outcome=outcome, job=job_id, detail={"state": state, "error": code})


def _as_json(event: Event) -> dict[str, Any]:
    return {
        "action": event.action,
        "outcome": event.outcome,
        "target": event.target,
        "job": event.job,
        "detail": dict(event.detail),
    }
