"""Outputs that somebody brings back or takes away: held as a job holds them, and on the record before it is done."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from etl_batch.audit.events import Action, Event
from etl_batch.audit.log import AuditLog
from etl_batch.errors import NotFound, OutputBusy, PathRefused
from etl_batch.jobs.output_list import ListedOutput, list_outputs, side_files
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import utc_now
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.undisturbed import undisturbed
from etl_batch.permissions import Permission, permit
from etl_batch.pipeline.outputs.replaced_outputs import published_file
from etl_batch.storage.kept_versions import kept_name
from etl_batch.storage.part_file import remove_tree
from etl_batch.storage.paths import is_folder, list_folder
from etl_batch.storage.publication import Move, kept_place, replace_all, retirement_of, return_of
from etl_batch.storage.roots import Place, place
from etl_batch.storage.target import locked
from etl_batch.values import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was brought back."""

    path: str  #: from the home on
    job_id: str | None  #: the run whose it is
    kept: str | None  #: what was there, as it is called now; None: nothing was


@dataclass(frozen=True, slots=True)
class OutputService:
    """The outputs of one home, for those who may launch jobs."""

    home: Path

    def list(self, actor: Actor) -> tuple[ListedOutput, ...]:
        """All outputs and their old versions.

        Raises:
            Forbidden: the actor may not launch jobs.
        """
        permit(actor, Permission.LAUNCH_JOBS)
        return list_outputs(self.home, self._store)

    def restore(self, actor: Actor, path: str) -> Restored:
        """Put an old version in its place again, with what lies beside it; what is there now is kept in its stead.

        Args:
            actor: who does it.
            path: of the old version, from the home on.

        Raises:
            Forbidden: the actor may not launch jobs.
            NotFound: it is no old version that is there.
            OutputBusy: a job is writing the output, or waits to.
            AuditUnavailable: it could not be written down, so nothing is changed.
            OutputFailed, DiskFull: it could not be done.
        """
        permit(actor, Permission.LAUNCH_JOBS)
        kept = self._place(path)
        old = kept_name(kept.relative.name)
        entry = self._listed(path)
        if old is None or entry.was is None:
            raise NotFound(f"{path} is no old version of an output", mend="choose one from the list")
        target = kept.sibling(old.name)
        stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        self._refuse_taken(target)
        with locked(target):
            moves = _moves(target, old.ending)
            now = kept_place(target, stamp)
            self._record(actor, Action.OUTPUT_RESTORED, entry.was, {"kept": kept.relative.name, "of": entry.job_id})
            with undisturbed():
                replace_all(moves, stamp)
        if entry.job_id is not None:
            self._remember(entry.job_id, target, now)
        return Restored(path=entry.was, job_id=entry.job_id, kept=None if now is None else self._named(now))

    def delete(self, actor: Actor, path: str) -> ListedOutput:
        """Take an output away, or an old version of one, with what lies beside it.

        Raises:
            Forbidden: the actor may not launch jobs.
            NotFound: there is no such output.
            OutputBusy: a job is writing it, or waits to.
            AuditUnavailable: it could not be written down, so nothing is changed.
        """
        permit(actor, Permission.LAUNCH_JOBS)
        where = self._place(path)
        entry = self._listed(path)
        old = kept_name(where.relative.name)
        target = where if old is None else where.sibling(old.name)
        self._refuse_taken(target)
        with locked(target):
            self._record(actor, Action.OUTPUT_DELETED, path, {"bytes": entry.bytes, "of": entry.job_id})
            for one in (where, *side_files(where, "" if old is None else old.ending)):
                remove_tree(one)
        if entry.job_id is not None:
            with self._store.writing() as writing:
                writing.event(entry.job_id, "note", f"{path} was deleted", actor.name)
        return entry

    def _listed(self, path: str) -> ListedOutput:
        found = next((entry for entry in list_outputs(self.home, self._store) if entry.path == path), None)
        if found is None:
            raise NotFound(f"there is no output {path[:200]}", mend="choose one from the list")
        return found

    def _place(self, path: str) -> Place:
        top, _, rest = path.partition("/")
        if top != "output" or not rest or any(part.startswith(".") for part in rest.split("/")):
            raise PathRefused(f"{path[:200]} is no output", mend="name it as the list does, such as output/sales.csv")
        root = Path(os.path.realpath(self.home / "output"))
        return place(root / rest, [root], purpose="output")

    def _refuse_taken(self, target: Place) -> None:
        """A job that waits has its outputs already."""
        taken = self._store.rows("taken_by", path=str(target.path), job_id="")
        if taken:
            raise OutputBusy(f"job {taken[0]['job_id']}, which is not over, writes {target.path}")

    def _remember(self, job_id: str, target: Place, kept: Place | None) -> None:
        """It is a publication: from here on the run's own page knows its output again, and the other's its old one."""
        rows = self._store.rows("files_at", paths=json.dumps([str(target.path)]))
        before = next((row["job_id"] for row in rows if row["job_id"] != job_id), None)
        with self._store.writing() as writing:
            for where in (target, *_parts(target)):
                now = published_file(where)
                writing.rows(
                    "add_file",
                    path=str(where.path),
                    job_id=job_id,
                    at=utc_now(),
                    inode=now.inode,
                    size=now.size,
                    mtime_ns=now.mtime_ns,
                    ctime_ns=now.ctime_ns,
                    replaced_job=before if where == target and kept is not None else None,
                    kept=str(kept.path) if where == target and kept is not None else None,
                )
            writing.event(job_id, "note", f"{self._named(target)} was put in its place again")

    def _record(self, actor: Actor, action: Action, path: str, detail: Mapping[str, str | int | None]) -> None:
        of = detail.get("of")
        event = Event(action=action, target=path, job=None if of is None else str(of), detail=dict(detail))
        AuditLog(self.home).record(actor, event)

    def _named(self, where: Place) -> str:
        return f"output/{where.relative}"

    @property
    def _store(self) -> JobStore:
        return JobStore(self.home)


def _moves(target: Place, ending: str) -> list[Move]:
    """The old version and what lay beside it come back; what lies beside the present one and has no old one goes."""
    beside = side_files(target)
    moves = []
    for place_now in (*beside[:-1], target, beside[-1]):
        kept = place_now.sibling(f"{place_now.relative.name}{ending}")
        moves.append(return_of(place_now, kept) or (None if place_now == target else retirement_of(place_now)))
    return [move for move in moves if move is not None]


def _parts(target: Place) -> Sequence[Place]:
    return [target.child(name) for name in list_folder(target)] if is_folder(target) else ()
