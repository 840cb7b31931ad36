"""What lies beneath output/: outputs, whose they are, and the old versions that were kept of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from etl_batch.errors import EtlError
from etl_batch.jobs.store import JobStore
from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.outputs.claims import METADATA_ENDING, PACKAGE_ENDING, SIDE_DATA_ENDINGS
from etl_batch.pipeline.outputs.replaced_outputs import published_file, status_of
from etl_batch.storage.kept_versions import kept_name
from etl_batch.storage.paths import is_folder, list_folder
from etl_batch.storage.roots import Place, place

MOST_OUTPUTS = 5_000  #: that are listed
_DEEPEST = 4  #: folders below output/
SIDE_ENDINGS = (*SIDE_DATA_ENDINGS, PACKAGE_ENDING, METADATA_ENDING)  #: the metadata last


class OutputKind(StrEnum):
    """What an entry is."""

    OUTPUT = "output"
    KEPT = "kept"  #: an old version of one


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOutput:
    """A file, or a folder of parts, beneath output/."""

    path: str  #: from the home on, such as `output/sales.csv`
    kind: OutputKind
    bytes: int  #: side files included
    changed_at: str  #: UTC, ISO 8601
    is_folder: bool = False
    job_id: str | None = None  #: the run that wrote the very bytes; None: nobody knows of one
    run_name: str | None = None
    was: str | None = None  #: of an old version: the output that it was
    replaced_at: str | None = None  #: of an old version; UTC, ISO 8601
    is_changed: bool = False  #: a run wrote it, and somebody changed it since


def list_outputs(home: Path, store: JobStore) -> tuple[ListedOutput, ...]:
    """All of them by name; what jobs leave beside an output counts as part of it, hidden files are nobody's.

    Raises:
        JobStoreUnavailable: the store cannot be read.
    """
    root = Path(os.path.realpath(home / "output"))
    kept = {str(row["kept"]): row for row in store.rows("kept_files")}
    found: list[ListedOutput] = []
    if root.is_dir():
        for entry in _beneath(place(root, [root], purpose="output"), store, kept, _DEEPEST):
            found.append(entry)
            if len(found) == MOST_OUTPUTS:
                break
    return tuple(sorted(found, key=lambda entry: (entry.was or entry.path, entry.kind is OutputKind.KEPT, entry.path)))


def side_files(where: Place, ending: str = "") -> list[Place]:
    """What a job left beside an output, or beside an old version of it, whose name ends so."""
    name = where.relative.name.removesuffix(ending)
    return [where.sibling(f"{name}{side}{ending}") for side in SIDE_ENDINGS]


def _beneath(
    folder: Place, store: JobStore, kept: Mapping[str, Mapping[str, Any]], deepest: int
) -> Iterator[ListedOutput]:
    try:
        names = list_folder(folder)
    except EtlError:
        return  # gone meanwhile, or closed to us: the others are still there
    olds = {name: kept_name(name) for name in names}
    outputs = {name if old is None else old.name for name, old in olds.items()}
    beside = {f"{output}{side}" for output in outputs for side in SIDE_ENDINGS}
    for name, old in olds.items():
        if name.startswith(".") or name in beside or (old is not None and old.name in beside):
            continue
        try:
            where = folder.child(name)
            entry = _listed(where, store, kept)
        except (EtlError, OSError):
            continue  # a link, or it is gone
        if entry is None and deepest:
            yield from _beneath(where, store, kept, deepest - 1)
        elif entry is not None:
            yield entry


def _listed(where: Place, store: JobStore, kept: Mapping[str, Mapping[str, Any]]) -> ListedOutput | None:
    """One of them; None: a folder that no job wrote, in which more may lie."""
    old = kept_name(where.relative.name)
    target = where if old is None else where.sibling(old.name)
    rows = store.rows("files_at", path=str(target.path))
    is_parts = is_folder(where)
    if is_parts and not rows and old is None:
        return None
    if old is not None:
        of = kept.get(str(where.path), {}).get("replaced_job")
        rows = [row for row in rows if row["job_id"] == of]
    now = published_file(where)
    own = next((row for row in rows if (row["inode"], row["mtime_ns"]) == (now.inode, now.mtime_ns)), None)
    ending = "" if old is None else old.ending
    return ListedOutput(
        path=f"output/{where.relative}",
        kind=OutputKind.OUTPUT if old is None else OutputKind.KEPT,
        bytes=_bytes(where) + sum(map(_bytes, side_files(where, ending))),
        changed_at=datetime.fromtimestamp(now.mtime_ns / 10**9, UTC).isoformat(timespec="seconds"),
        is_folder=is_parts,
        job_id=None if own is None else own["job_id"],
        run_name=None if own is None else own["run_name"],
        was=None if old is None else f"output/{target.relative}",
        replaced_at=None if old is None else old.at,
        is_changed=own is None and bool(rows),
    )


def _bytes(where: Place) -> int:
    """Of a file, or of all in a folder; 0: it is not there, or not to be seen."""
    try:
        if not is_folder(where):
            return status_of(where).st_size
        return sum(_bytes(where.child(name)) for name in list_folder(where))
    except (EtlError, OSError):
        return 0
