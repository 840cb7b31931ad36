"""What lies beneath output/: outputs, whose they are, and the old versions that were kept of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from stat import S_ISDIR
from typing import Any

from etl_batch.errors import EtlError
from etl_batch.jobs.store import JobStore
from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.outputs.claims import METADATA_ENDING, PACKAGE_ENDING, SIDE_DATA_ENDINGS
from etl_batch.storage.kept_versions import KeptName, kept_name
from etl_batch.storage.paths import folder_statuses
from etl_batch.storage.roots import Place, place

MOST_OUTPUTS = 5_000  #: that are listed
_DEEPEST = 4  #: folders below output/
SIDE_ENDINGS = (*SIDE_DATA_ENDINGS, PACKAGE_ENDING, METADATA_ENDING)  #: the metadata last

Row = Mapping[str, Any]  #: of the store
Kept = Mapping[str, Row]  #: which job's publication kept what lies under a name


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
    if not root.is_dir():
        return ()
    kept = {str(row["kept"]): row for row in store.rows("kept_files")}
    listing = islice(_beneath(place(root, [root], purpose="output"), store, kept, _DEEPEST), MOST_OUTPUTS)
    return tuple(
        sorted(listing, key=lambda entry: (entry.was or entry.path, entry.kind is OutputKind.KEPT, entry.path))
    )


def side_files(where: Place, ending: str = "") -> list[Place]:
    """What a job left beside an output, or beside an old version of it, whose name ends so."""
    return [where.sibling(name) for name in _side_names(where.relative.name, ending)]


def _side_names(name: str, ending: str) -> list[str]:
    return [f"{name.removesuffix(ending)}{side}{ending}" for side in SIDE_ENDINGS]


def _beneath(folder: Place, store: JobStore, kept: Kept, deepest: int) -> Iterator[ListedOutput]:
    try:
        there = folder_statuses(folder)
    except EtlError:
        return  # gone meanwhile, or closed to us: the others are still there
    olds = {name: kept_name(name) for name in there}
    outputs = {name: name if old is None else old.name for name, old in olds.items()}
    beside = {f"{output}{side}" for output in outputs.values() for side in SIDE_ENDINGS}
    shown = [name for name in there if not name.startswith(".") and not {name, outputs[name]} & beside]
    written = _written(folder, {outputs[name] for name in shown}, store)
    for name in shown:
        with suppress(EtlError):  # a name that may not be, or a folder that is gone
            where, rows = folder.child(name), written[outputs[name]]
            if S_ISDIR(there[name].st_mode) and not rows and olds[name] is None:
                if deepest:  # no job wrote it: more may lie in it
                    yield from _beneath(where, store, kept, deepest - 1)
            else:
                yield _listed(where, there, olds[name], rows, kept)


def _written(folder: Place, names: Iterable[str], store: JobStore) -> dict[str, list[Row]]:
    """What jobs published under some names, the latest first."""
    found: dict[str, list[Row]] = {name: [] for name in names}
    ways = {str(folder.path / name): name for name in found}
    for row in store.rows("files_at", paths=json.dumps(list(ways))):
        found[ways[row["path"]]].append(row)
    return found


def _listed(
    where: Place, there: Mapping[str, os.stat_result], old: KeptName | None, rows: Sequence[Row], kept: Kept
) -> ListedOutput:
    name = where.relative.name
    if old is not None:
        of = kept.get(str(where.path), {}).get("replaced_job")
        rows = [row for row in rows if row["job_id"] == of]
    now = there[name]
    own = next((row for row in rows if (row["inode"], row["mtime_ns"]) == (now.st_ino, now.st_mtime_ns)), None)
    beside = _side_names(name, "" if old is None else old.ending)
    return ListedOutput(
        path=f"output/{where.relative}",
        kind=OutputKind.OUTPUT if old is None else OutputKind.KEPT,
        bytes=sum(_bytes(where.sibling(one), there[one]) for one in (name, *beside) if one in there),
        changed_at=datetime.fromtimestamp(now.st_mtime_ns / 10**9, UTC).isoformat(timespec="seconds"),
        is_folder=S_ISDIR(now.st_mode),
        job_id=None if own is None else own["job_id"],
        run_name=None if own is None else own["run_name"],
        was=None if old is None else f"output/{where.relative.with_name(old.name)}",
        replaced_at=None if old is None else old.at,
        is_changed=own is None and bool(rows),
    )


def _bytes(where: Place, status: os.stat_result) -> int:
    """Of a file, or of all in a folder; 0: it is not there any more, or not to be seen."""
    if not S_ISDIR(status.st_mode):
        return status.st_size
    with suppress(EtlError):
        return sum(_bytes(where.child(name), its) for name, its in folder_statuses(where).items())
    return 0
