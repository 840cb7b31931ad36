"""What is known of a run's outputs: what the store says, and what is on the disk."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError, NoGoodRow, TooManyBadRows
from etl_batch.jobs.config_json import config_of
from etl_batch.jobs.output_states import Evidence, OutputState, RunOutput, what_became_of
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.pipeline.outputs.claims import REJECTS_ENDING
from etl_batch.pipeline.outputs.replaced_outputs import published_file
from etl_batch.pipeline.outputs.targets import targets_of
from etl_batch.storage.paths import open_input
from etl_batch.storage.roots import Place, place
from etl_batch.text.moments import utc_text
from etl_batch.values import MIB, PublishedFile

_MOST_HASHED_BYTES = 256 * MIB  #: a page waits for it
_OVER_BAD_ROWS = {TooManyBadRows.code, NoGoodRow.code}


def outputs_of_run(store: JobStore, row: Mapping[str, Any]) -> tuple[RunOutput, ...]:
    """What became of the outputs of a run.

    Args:
        store: which has it.
        row: of the table `job`.

    Raises:
        JobStoreUnavailable: the store, or the options of the run in it, cannot be read.
    """
    metadata = store.metadata(row["job_id"]) or {}
    disk = _Disk(config_of(row).output_roots)
    own = {file["path"]: file for file in store.rows("files", job_id=row["job_id"])}
    config = metadata.get("config") or {}
    in_parts = {kind for kind in ("csv", "parquet") if str(config.get(f"output_{kind}") or "").endswith("/")}
    return tuple(
        what_became_of(
            _evidence(store, row["job_id"], output, own, in_parts=output["format"] in in_parts),
            disk.status,
            disk.digest,
        )
        for output in metadata.get("outputs", ())
    )


def _evidence(
    store: JobStore, job_id: str, output: Mapping[str, Any], own: Mapping[str, Mapping[str, Any]], *, in_parts: bool
) -> Evidence:
    """What the store says of one output; a part goes with its folder."""
    path = Path(output["path"])
    above = (folder for folder in path.parents if str(folder) in own)
    target = next(above, path.parent) if in_parts else path
    number = own[str(target)]["number"] if str(target) in own else None
    following = store.rows("next_file", path=str(target), job_id=job_id, number=number)
    kept = following[0]["kept"] if following else None
    return Evidence(
        path=path,
        sha256=output["sha256"],
        bytes=output["bytes"],
        own=own.get(output["path"]),
        next=following[0] if following else None,
        kept=None if kept is None else Path(kept) / path.relative_to(target) if in_parts else Path(kept),
    )


def rejects_of_run(store: JobStore, row: Mapping[str, Any]) -> RunOutput | None:
    """What became of the rows that a run set aside; None: it set none aside, or nobody knows of a file.

    Of a job that is done the metadata say what the file was like. A job that failed over them has none: there the
    file is its own if it has not changed since the job ended, for nobody else may write it meanwhile.

    Args:
        store: which has it.
        row: of the table `job`.

    Raises:
        JobStoreUnavailable: the store, or the options of the run in it, cannot be read.
    """
    config = config_of(row)
    disk = _Disk(config.output_roots)
    if State(row["state"]) is not State.DONE:
        return _rejects_of_failed(config, row, disk)
    metadata = store.metadata(row["job_id"]) or {}
    found = next((one for one in metadata.get("side_files", ()) if one["path"].endswith(REJECTS_ENDING)), None)
    if found is None:
        return None
    output = Path(found["path"].removesuffix(REJECTS_ENDING))
    own = next((file for file in store.rows("files", job_id=row["job_id"]) if file["path"] == str(output)), None)
    number = None if own is None else own["number"]
    following = store.rows("next_file", path=str(output), job_id=row["job_id"], number=number)
    kept = following[0]["kept"] if following else None
    ending = "" if kept is None else str(kept).removeprefix(str(output))
    known = Evidence(
        path=Path(found["path"]),
        sha256=found["sha256"],
        bytes=found["bytes"],
        own=found.get("identity"),
        next=following[0] if following else None,
        kept=Path(found["path"] + ending) if ending else None,
    )
    return what_became_of(known, disk.status, disk.digest)


def _rejects_of_failed(config: JobConfig, row: Mapping[str, Any], disk: _Disk) -> RunOutput | None:
    if row["error_code"] not in _OVER_BAD_ROWS:
        return None
    path = targets_of(config).rejects.path
    there = disk.status(path)
    if there is None:
        return RunOutput(path=path, state=OutputState.DELETED)
    seconds, rest = divmod(there.ctime_ns, 10**9)
    changed = utc_text(datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1000))
    is_own = row["started_at"] <= changed <= (row["finished_at"] or "")
    return RunOutput(path=path, state=OutputState.INTACT if is_own else OutputState.UNKNOWN)


class _Disk:
    """What is beneath the folders of the outputs."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._roots = roots

    def status(self, path: Path) -> PublishedFile | None:
        """What is under a name; None: nothing that may be looked at."""
        with contextlib.suppress(EtlError, OSError):
            return published_file(place(path, self._roots, purpose="output"))
        return None

    def digest(self, path: Path) -> str | None:
        """The SHA-256 of a file; None: it is too large for a page, or cannot be read."""
        with contextlib.suppress(EtlError, OSError):
            where = place(path, self._roots, purpose="output")
            found = published_file(where)
            if found.size <= _MOST_HASHED_BYTES:
                return _sha256(where, found)
        return None


@lru_cache(maxsize=256)
def _sha256(where: Place, _found: PublishedFile) -> str:
    """Hashed once for each state of a file."""
    descriptor = open_input(where)
    with os.fdopen(descriptor, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
