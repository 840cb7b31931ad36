"""What became of the outputs of a run that is done: still there, replaced, edited, gone. The rule is pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from etl_batch.light_dataclass import dataclass
from etl_batch.values import PublishedFile

Row = Mapping[str, Any]
Status = Callable[[Path], PublishedFile | None]
Digest = Callable[[Path], str | None]


class OutputState(StrEnum):
    """What is under the name of an output today."""

    INTACT = "intact"  #: the very bytes that the run left
    REPLACED = "replaced"  #: another job's
    EDITED = "edited"  #: somebody changed it, or put something else there
    DELETED = "deleted"
    UNKNOWN = "unknown"  #: nobody can tell any more: an older version wrote it, or it was touched and is too large


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutput:
    """One output of a run, and what became of it."""

    path: Path
    state: OutputState
    by: str | None = None  #: REPLACED: the job
    at: str | None = None  #: REPLACED: when that was done; UTC, ISO 8601
    kept: Path | None = None  #: REPLACED: where the very bytes of the run are today; None: nowhere that is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of one output."""

    path: Path
    sha256: str | None  #: as the run left it
    bytes: int
    own: Row | None  #: of `job_file`; None: an older version wrote it
    next: Row | None  #: of `job_file`: what took its place
    kept: Path | None  #: where that job left what it found


def what_became_of(known: Evidence, status: Status, digest: Digest) -> RunOutput:
    """Tell what an output is today.

    Args:
        known: of the output.
        status: what is under a name; None: nothing.
        digest: the SHA-256 of a file; None: it takes too long, or cannot be read.
    """
    path = known.path
    if known.next is None or _is_back(known, status(path)):
        return RunOutput(path=path, state=_state(known, path, status, digest))
    is_kept = known.kept is not None and _state(known, known.kept, status, digest) is OutputState.INTACT
    return RunOutput(
        path=path,
        state=OutputState.REPLACED,
        by=known.next["job_id"],
        at=known.next["at"],
        kept=known.kept if is_kept else None,
    )


def _is_back(known: Evidence, found: PublishedFile | None) -> bool:
    """Whether somebody has put what was kept in its place again."""
    return found is not None and known.own is not None and _is_same(found, known.own, renamed=True)


def _state(known: Evidence, where: Path, status: Status, digest: Digest) -> OutputState:
    """Whether the run's bytes are under a name; what tells a file again decides, then its SHA-256."""
    found, own = status(where), known.own
    if found is None:
        return OutputState.DELETED
    is_renamed = where != known.path or known.sha256 is None
    if own is not None and _is_same(found, own, renamed=is_renamed):
        return OutputState.INTACT
    if known.sha256 is None:  # a folder
        return OutputState.EDITED if own is not None else OutputState.UNKNOWN
    if found.size == known.bytes:
        seen = digest(where)
        if seen is None or seen == known.sha256:
            return OutputState.UNKNOWN if seen is None else OutputState.INTACT
    return OutputState.EDITED if own is not None else OutputState.UNKNOWN


def _is_same(found: PublishedFile, own: Row, *, renamed: bool) -> bool:
    """Whether it is the file that was published; a second name, or another, is a change of its ctime."""
    same = (found.inode, found.mtime_ns) == (own["inode"], own["mtime_ns"]) and found.size == own["size"]
    return same and (renamed or found.ctime_ns == own["ctime_ns"])
