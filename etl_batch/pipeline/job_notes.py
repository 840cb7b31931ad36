"""Notes of jobs at work, so that each start that the audit log knows gets its end, whatever dies when.

While a job is at work, a note about it lies in `.secrets/etl_audit.open`, locked by its process. A note that nobody
locks is of a job that died, or could not write the log any more: who looked after it, or else the next start on the
same home, says in the log what became of it, unless the log knows, and removes the note. As long as what the job was
about to publish can be taken up again, the note stays, and the job goes on with it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from etl_batch.audit.events import Action, Detail, Event, Outcome
from etl_batch.audit.log import AuditLog
from etl_batch.config import JobConfig
from etl_batch.errors import AuditUnavailable, EtlError, SecretsUnusable
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.file_lock import is_still, is_taken_within
from etl_batch.storage.paths import open_input
from etl_batch.storage.roots import place
from etl_batch.storage.secrets_folder import FILE_MODE, FOLDER_MODE, secrets_folder
from etl_batch.text.bounded_documents import json_document, json_of_file
from etl_batch.text.store_address import is_address
from etl_batch.values import Actor

_FOLDER = "etl_audit.open"
_PATIENCE_SECONDS = 10.0
_BY_THE_NEXT: Detail = {"state": "interrupted", "recorded": "by the next start"}


@dataclass(slots=True)
class JobNote:
    """The note of one start of a job, held by its process."""

    path: Path
    descriptor: int
    is_new: bool  #: nothing is in it of an earlier start

    @classmethod
    def begin(cls, config: JobConfig, job_id: str) -> JobNote:
        """Make the note; a job that was killed while it published goes on with the note that it left.

        Raises:
            AuditUnavailable: it cannot be made, so nothing may be done.
        """
        path = config.home / ".secrets" / _FOLDER / job_id
        with _explained(path):
            secrets_folder(config.home)
            path.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
            descriptor = _held(path)
            note = cls(path, descriptor, is_new=os.fstat(descriptor).st_size == 0)
            try:
                note.add({"actor": config.actor.stored()})
            except BaseException:
                note.withdraw()
                raise
        return note

    def add(self, entry: dict[str, Any], *, durable: bool = False) -> None:
        """Note something.

        Raises:
            AuditUnavailable: that is not possible.
        """
        with _explained(self.path):
            os.write(self.descriptor, json.dumps(entry).encode() + b"\n")
            if durable:
                os.fdatasync(self.descriptor)

    def remove(self, also: str = "") -> None:
        """The log knows all of it; also of the job of this name."""
        self.path.unlink(missing_ok=True)
        if also:
            self.path.with_name(also).unlink(missing_ok=True)

    def withdraw(self) -> None:
        """The job does not start after all."""
        try:
            if self.is_new:
                self.remove()
        finally:
            self.close()

    def close(self) -> None:
        """Let go of it."""
        os.close(self.descriptor)


def name_at_home(home: Path, given: str | Path) -> str:
    """A path as the log names it: from the home on; what lies elsewhere, whole."""
    if not str(given) or is_address(str(given)):
        return str(given)
    with contextlib.suppress(OSError, ValueError):
        return str(Path(os.path.abspath(given)).relative_to(home))  # noqa: PTH100 - links stay as they are
    return str(given)


def record_forgotten(config: JobConfig) -> None:
    """Record what became of the jobs that could not say it themselves.

    Raises:
        AuditUnavailable: it could not be recorded.
    """
    folder = config.home / ".secrets" / _FOLDER
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        _settle(config, path, _BY_THE_NEXT, patience_seconds=0.0)


def record_death(config: JobConfig, job_id: str, state: str, *, is_well: bool) -> None:
    """Record how a job ended whose process died without a word, unless the log knows.

    Args:
        config: of the job.
        job_id: its name.
        state: which it is in now.
        is_well: whether that is what somebody wanted.

    Raises:
        AuditUnavailable: it could not be recorded; where there is a note, the next start does it.
    """
    path = config.home / ".secrets" / _FOLDER / job_id
    if not _settle(config, path, {"state": state}, patience_seconds=_PATIENCE_SECONDS, is_well=is_well):
        _record_end(config, config.actor, job_id, {"state": state}, is_well=is_well)


def _settle(config: JobConfig, path: Path, detail: Detail, *, patience_seconds: float, is_well: bool = False) -> bool:
    """Say what became of the job of a note that nobody holds; returns whether there was a note."""
    with _explained(path):
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_APPEND)
        except FileNotFoundError:
            return False
        try:
            if not is_taken_within(descriptor, patience_seconds):
                return True
            if not is_still(path, descriptor):
                return False
            _record_what_became(config, JobNote(path, descriptor, is_new=False), detail, is_well=is_well)
        finally:
            os.close(descriptor)
    return True


def _record_what_became(config: JobConfig, note: JobNote, detail: Detail, *, is_well: bool) -> None:
    entries = _entries(note.descriptor)
    actor, noted = _last_entry(entries, config.actor)
    job_id = note.path.name
    is_waiting = noted is not None and Path(noted["journal"]).exists()
    if noted is not None and (_is_published(noted, config) if noted["metadata"] else not is_waiting):
        _record_again(config, actor, job_id, [_of_json(event, detail) for event in noted["events"]])
    elif is_waiting:  # still to be published, or taken up with --resume
        if "ended" not in entries[-1]:
            said = {**detail, **_decided(entries[-1])}
            _record_end(config, _starter(entries, actor), job_id, said, is_well=is_well)
            note.add({"ended": True})
        return
    else:
        _record_end(config, actor, job_id, detail, is_well=is_well)
    note.remove()


def _decided(entry: dict[str, Any]) -> Detail:
    """The error that a start was about to end with when it died, where that was all it had left to say."""
    ends = [event["detail"] for event in entry.get("events", ()) if event["action"] == Action.JOB_FINISHED]
    return {"error": ends[-1]["error"]} if ends and "error" in ends[-1] else {}


def _record_again(config: JobConfig, actor: Actor, job_id: str, events: Sequence[Event]) -> None:
    """Record what the job was about to publish and its end, now that it has come to pass, unless the log knows."""
    known = _known(config, job_id)
    if Action.OUTPUT_PUBLISHED in known:
        return
    is_over = not _is_end_due(known)
    left = [event for event in events if not (is_over and event.action == Action.JOB_FINISHED)]
    if left:
        AuditLog(config.home).record_all(actor, left, seal=True)


def _record_end(config: JobConfig, actor: Actor, job_id: str, detail: Detail, *, is_well: bool) -> None:
    if _is_end_due(_known(config, job_id)):
        outcome = Outcome.OK if is_well else Outcome.FAILED
        event = Event(action=Action.JOB_FINISHED, outcome=outcome, job=job_id, detail=detail)
        AuditLog(config.home).record(actor, event)


def _known(config: JobConfig, job_id: str) -> list[str]:
    """The actions that the log knows of the job."""
    from etl_batch.audit.reading import entries_of_job

    return [entry.action for entry in entries_of_job(config.home, job_id)]


def _is_end_due(known: Sequence[str]) -> bool:
    """Whether the log lacks an end: of a start, or of a job that died before its start was recorded."""
    return known.count(Action.JOB_FINISHED) < max(known.count(Action.JOB_STARTED), 1)


def _last_entry(entries: Sequence[dict[str, Any]], actor: Actor) -> tuple[Actor, dict[str, Any] | None]:
    """What the job was about to publish when it was last so far, and who had started it; else who started it last."""
    noted = None
    for number, entry in enumerate(entries):  # each start says who it is, then, when it is so far, what it publishes
        if "events" in entry:
            actor, noted = _starter(entries[:number], actor), entry
    return (_starter(entries, actor) if noted is None else actor), noted


def _starter(entries: Sequence[dict[str, Any]], actor: Actor) -> Actor:
    """Who started the job last."""
    return next((Actor(**entry["actor"]) for entry in reversed(entries) if "actor" in entry), actor)


def _is_published(noted: dict[str, Any], config: JobConfig) -> bool:
    """Whether the metadata, which come last, are those of the job."""
    try:
        where = place(noted["metadata"], config.output_roots, purpose="output")
        with os.fdopen(open_input(where), "rb") as file:
            return bool(json_of_file(file).get("job_id") == noted["job"])
    except (EtlError, OSError, ValueError, AttributeError):
        return False


def _of_json(found: dict[str, Any], detail: Detail) -> Event:
    added = {"recorded": detail["recorded"]} if "recorded" in detail else {}
    more = {**found["detail"], **added}
    outcome = Outcome(found.get("outcome", Outcome.OK))  # of an earlier version: what it kept went well
    action = Action(found["action"])
    return Event(action=action, outcome=outcome, target=found["target"], job=found["job"], detail=more)


def _held(note: Path) -> int:
    """A descriptor of a note that nobody else holds. Whoever looks for forgotten ones holds it only for a moment."""
    while True:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_APPEND | os.O_NONBLOCK
        descriptor = os.open(note, flags, FILE_MODE)
        is_ours = is_taken_within(descriptor, _PATIENCE_SECONDS)
        if is_ours and is_still(note, descriptor):
            return descriptor
        os.close(descriptor)
        if not is_ours:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))


def _entries(descriptor: int) -> list[dict[str, Any]]:
    found = []
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        for line in file:
            with contextlib.suppress(ValueError):  # torn
                found.append(json_document(line))
    return found


@contextlib.contextmanager
def _explained(where: Path) -> Iterator[None]:
    try:
        yield
    except SecretsUnusable as error:
        raise AuditUnavailable(error.message, mend=error.what_to_do) from error
    except OSError as error:
        raise AuditUnavailable(f"{where} cannot be used ({error.strerror})") from error
