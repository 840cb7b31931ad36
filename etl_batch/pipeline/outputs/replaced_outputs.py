"""What the outputs of a job take the place of: whose it is, how many rows it has, and where it will stay.

Whose it is, the metadata beside it say. They are renamed into place after the outputs that they tell of, so that an
output with a later time of change (ctime, which nobody can set) was touched by somebody since.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from etl_batch.errors import EtlError
from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.outputs.claimed_names import found_at
from etl_batch.pipeline.outputs.targets import Targets, metadata_beside
from etl_batch.storage.paths import open_input
from etl_batch.storage.publication import kept_place
from etl_batch.storage.roots import Place
from etl_batch.storage.side_names import opened_folder
from etl_batch.text.bounded_documents import json_of_file
from etl_batch.text.number_text import counted
from etl_batch.values import PublishedFile, Replaced


@dataclass(frozen=True, slots=True)
class _Described:
    """What some metadata say about one output."""

    job_id: str
    bytes: int
    rows: int
    ctime_ns: int  #: of the metadata


def replaced_by(targets: Targets, stamp: str) -> tuple[Replaced, ...]:
    """What is in the places of the outputs now, and will be kept under the stamp; the caller holds the outputs."""
    found = [_replaced(target, targets.metadata, stamp) for target in targets.outputs]
    if targets.report is not None:
        found.append(_replaced_report(targets.report, stamp))
    return tuple(output for output in found if output is not None)


def published_files(paths: Sequence[Path], targets: Targets) -> tuple[PublishedFile, ...]:
    """The outputs as they are now: the files, and the folder that holds parts. What is not there is left out."""
    places = [target for target in targets.outputs if target.path in paths]
    for folder in targets.folders:
        inside = [path.relative_to(folder.path) for path in paths if folder.path in path.parents]
        places += [folder, *(Place(folder.root, folder.relative / name) for name in inside)]
    found = []
    for place in places:
        with contextlib.suppress(EtlError, OSError):
            found.append(published_file(place))
    return tuple(found)


def published_file(place: Place) -> PublishedFile:
    """What tells a file or a folder again.

    Raises:
        EtlError, OSError: it is not there, or cannot be looked at.
    """
    there = status_of(place)
    return PublishedFile(
        path=place.path,
        inode=there.st_ino,
        size=there.st_size,
        mtime_ns=there.st_mtime_ns,
        ctime_ns=there.st_ctime_ns,
    )


def in_words(replaced: Replaced) -> str:
    """`1,000 rows of job 20251101T101530Z-abcdef`, `2,345 bytes, of no job that is known`."""
    size = "a folder" if replaced.bytes is None else counted(replaced.bytes, "byte")
    if replaced.is_report and replaced.job_id is not None:
        return f"the report of job {replaced.job_id}"
    if replaced.job_id is None:
        return f"{size}, of no job that is known"
    if replaced.is_changed:
        return f"{size}, changed since job {replaced.job_id} wrote it"
    return f"{size if replaced.rows is None else counted(replaced.rows, 'row')} of job {replaced.job_id}"


def _replaced(target: Place, metadata: Place, stamp: str) -> Replaced | None:
    try:
        kept = kept_place(target, stamp)
        there = status_of(target)
    except (EtlError, OSError):  # not even its folder, or not to be seen
        return None
    if kept is None:
        return None
    size = there.st_size if stat.S_ISREG(there.st_mode) else None
    described = next(
        (said for beside in (metadata, metadata_beside(target)) if (said := _described(target, beside))), None
    )
    if described is None:
        return Replaced(path=target.path, kept=kept.path, bytes=size, job_id=None, rows=None)
    is_changed = there.st_ctime_ns > described.ctime_ns or size not in {described.bytes, None}
    rows = None if is_changed else described.rows
    return Replaced(
        path=target.path, kept=kept.path, bytes=size, job_id=described.job_id, rows=rows, is_changed=is_changed
    )


def _replaced_report(target: Place, stamp: str) -> Replaced | None:
    try:
        kept = kept_place(target, stamp)
        size = status_of(target).st_size
    except (EtlError, OSError):  # nothing there, or not to be seen
        return None
    if kept is None:
        return None
    found = found_at(target)
    job_id = None if found is None else found.job_id
    return Replaced(path=target.path, kept=kept.path, bytes=size, job_id=job_id, rows=None, is_report=True)


def _described(target: Place, metadata: Place) -> _Described | None:
    """What these metadata say about an output; None: nothing, or they cannot be read."""
    with contextlib.suppress(EtlError, OSError, ValueError, KeyError, TypeError, AttributeError):
        with os.fdopen(open_input(metadata), "rb") as file:
            ctime_ns = os.fstat(file.fileno()).st_ctime_ns
            content: Any = json_of_file(file)
        own = [
            output
            for output in content["outputs"]
            if target.path in {Path(output["path"]), *Path(output["path"]).parents}
        ]
        if own:
            job_id = str(content["job_id"])
            return _Described(
                job_id,
                sum(int(output["bytes"]) for output in own),
                sum(int(output["rows"]) for output in own),
                ctime_ns,
            )
    return None


def status_of(place: Place) -> os.stat_result:
    """What is under a name.

    Raises:
        EtlError, OSError: nothing, or it cannot be looked at.
    """
    with opened_folder(place) as parent:
        return os.stat(place.relative.name, dir_fd=parent, follow_symlinks=False)
