"""What is kept of old jobs, and for how long (`limits`). Whatever is removed stands in the audit log."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from etl_batch.audit.events import Action, Event
from etl_batch.audit.log import AuditLog
from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.jobs.config_json import config_of
from etl_batch.jobs.limits import JobLimits
from etl_batch.jobs.logs import log_path
from etl_batch.jobs.store import JobStore
from etl_batch.pipeline.outputs.targets import targets_of
from etl_batch.storage.part_file import remove
from etl_batch.storage.paths import list_folder
from etl_batch.storage.roots import Place
from etl_batch.storage.side_names import folder_of, opened_folder
from etl_batch.text.moments import utc_text
from etl_batch.values import Actor

_ACTOR = Actor(name="retention", os_user="")
_FOR_EVER_DAYS = 365_000
_BACKUP = re.compile(r"\.bak\.(\d{8}T\d{6}Z)(?:-(\d+))?$")


def tidy(store: JobStore, config: JobConfig, limits: JobLimits) -> None:
    """Remove what is older than the limits allow. A job has just ended; it is not its fault when something stays.

    Args:
        store: of the home.
        config: of that job; of the old versions, only those of its outputs are checked.
        limits: what is kept.
    """
    with contextlib.suppress(EtlError, OSError):
        for place in (*_old_versions(config, limits.keep_backups), *_old_samples(store, limits.keep_sample_days)):
            _log(store, str(place.path), {})
            _remove(place)
        _forget_runs(store, limits)


def superseded(names: Iterable[str], output: str, keep: int) -> list[str]:
    """Names of kept old versions of an output, but for the newest `keep`. Pure."""
    found = []
    for name in names:
        match = _BACKUP.search(name)
        if match and name[: match.start()] == output:
            found.append((match[1], int(match[2] or 0), name))
    return [name for *_, name in sorted(found)[: max(len(found) - keep, 0)]]


def _old_versions(config: JobConfig, keep: int) -> Iterator[Place]:
    if not keep:
        return
    for target in targets_of(config).all:
        with contextlib.suppress(EtlError):  # the folder of an output that was not asked for
            for name in superseded(list_folder(folder_of(target)), target.relative.name, keep):
                yield target.sibling(name)


def _old_samples(store: JobStore, keep_days: int) -> Iterator[Place]:
    if not keep_days:
        return
    before = datetime.now(UTC) - timedelta(days=keep_days)
    for row in store.rows("untidied", before=utc_text(before)):
        for place in _side_files(row):
            with contextlib.suppress(OSError, EtlError), opened_folder(place) as folder:
                changed = os.stat(place.relative.name, dir_fd=folder, follow_symlinks=False).st_mtime
                if changed < before.timestamp():  # else it is of a later job
                    yield place
        with store.writing() as writing:
            writing.rows("tidied", job_id=row["job_id"])


def _side_files(row: Mapping[str, Any]) -> tuple[Place, ...]:
    """Where the sample and the totals of a job lie; nowhere, if its options cannot be read."""
    try:
        targets = targets_of(config_of(row))
    except EtlError:
        return ()
    return targets.sample, targets.totals


def _forget_runs(store: JobStore, limits: JobLimits) -> None:
    """Take the oldest runs out of the list, with their events, logs and reports; their outputs stay."""
    before = datetime.now(UTC) - timedelta(days=min(limits.keep_days or _FOR_EVER_DAYS, _FOR_EVER_DAYS))
    with store.writing() as writing:
        gone = [row["job_id"] for row in writing.rows("old_runs", before=utc_text(before), keep=limits.keep_runs or -1)]
        if not gone:
            return
        _log(store, "runs", {"runs": len(gone), "from": min(gone), "to": max(gone)})
        writing.rows("forget_runs", job_ids=json.dumps(gone))
    reports = Path(os.path.realpath(store.home / "report"))
    for job_id in gone:
        log_path(store.home, job_id).unlink(missing_ok=True)
        _remove(Place(reports, PurePosixPath(f"{job_id}.html")))


def _log(store: JobStore, target: str, detail: dict[str, str | int | bool | None]) -> None:
    """Before anything is removed: what cannot be written down stays."""
    AuditLog(store.home).record(_ACTOR, Event(action=Action.FILES_REMOVED, target=target, detail=detail))


def _remove(place: Place) -> None:
    remove(place)
    with contextlib.suppress(EtlError, OSError):  # an old Parquet folder
        for name in list_folder(place):
            remove(place.child(name))
        with opened_folder(place) as parent:
            os.rmdir(place.relative.name, dir_fd=parent)
