"""The files that can be asked for totals: beneath data/ and output/, by themselves, and their state."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

from etl_batch.config import JobConfig
from etl_batch.environment import extra_input_roots, operator
from etl_batch.errors import EtlError
from etl_batch.permissions import Permission, permit
from etl_batch.pipeline.inputs import is_offered
from etl_batch.pipeline.outputs.claims import METADATA_ENDING, SAMPLE_ENDING
from etl_batch.storage.paths import open_folder, open_input
from etl_batch.storage.roots import Place, place
from etl_batch.values import Actor, OutputIdentity

MOST_FILES = 500
_DEEPEST = 4  #: folders below data/ and output/


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimableFile:
    """One of them."""

    path: str  #: relative to the home, such as `output/data.csv`
    bytes: int
    changed_at: str  #: UTC, ISO 8601
    has_sample: bool  #: its run left a sample beside it


def estimable_files(home: Path, actor: Actor) -> list[EstimableFile]:
    """The outputs of runs with their samples first, the newest first among equals; at most `MOST_FILES`.

    Raises:
        Forbidden: the actor may not ask for totals.
    """
    permit(actor, Permission.ESTIMATE)
    found: list[tuple[float, EstimableFile]] = []
    for top in ("output", "data"):
        root = home / top
        if root.is_dir():
            for mtime, file in _beneath(place(root, [root]), top, _DEEPEST):
                found.append((mtime, file))
                if len(found) >= MOST_FILES:
                    break
    found.sort(key=lambda dated: (not dated[1].has_sample, -dated[0], dated[1].path))
    return [file for _, file in found]


def fingerprint(home: Path, actor: Actor, path: str) -> tuple[int, ...]:
    """What changes when the file, its run's sample or metadata do, whatever times somebody sets.

    Raises:
        Forbidden: the actor may not ask for totals.
        Refused: the file is not there, or may not be opened.
    """
    permit(actor, Permission.ESTIMATE)
    where = input_place(home, path)
    found = _identity(where)
    for ending in (SAMPLE_ENDING, METADATA_ENDING):
        with contextlib.suppress(EtlError):
            found += _identity(where.sibling(where.relative.name + ending))
    return found


def file_bytes(home: Path, actor: Actor, path: str) -> int:
    """How large a file is.

    Raises:
        Forbidden: the actor may not ask for totals.
        Refused: the file is not there, or may not be opened.
    """
    permit(actor, Permission.ESTIMATE)
    descriptor = open_input(input_place(home, path))
    try:
        return os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)


def input_config(home: Path, path: str, delimiter: str = "") -> JobConfig:
    """The configuration that opens a file as the estimate command does."""
    return JobConfig(
        home=home,
        inputs=(str(home / path),),
        actor=operator(None),
        output_csv=str(home / "output" / "estimate.csv"),  # never written
        delimiter=delimiter or None,
        extra_input_roots=extra_input_roots(),
    )


def input_place(home: Path, path: str) -> Place:
    """Where a file lies, beneath a folder that may be used."""
    return place(home / path, input_config(home, path).input_roots)


def _identity(where: Place) -> tuple[int, ...]:
    descriptor = open_input(where)
    try:
        return astuple(OutputIdentity.of(os.fstat(descriptor)))
    finally:
        os.close(descriptor)


def _beneath(folder: Place, shown: str, deepest: int) -> Iterator[tuple[float, EstimableFile]]:
    try:
        descriptor = open_folder(folder)
    except EtlError:
        return  # gone meanwhile, or closed to us: the others are still there
    folders: list[str] = []
    try:
        with os.scandir(descriptor) as entries:
            listed = list(entries)
            names = {entry.name for entry in listed}
            for entry in listed:
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                    folders.append(entry.name)
                elif is_offered(entry.name) and entry.is_file(follow_symlinks=False):
                    found = entry.stat(follow_symlinks=False)
                    yield (
                        found.st_mtime,
                        EstimableFile(
                            path=f"{shown}/{entry.name}",
                            bytes=found.st_size,
                            changed_at=datetime.fromtimestamp(found.st_mtime, UTC).isoformat(timespec="seconds"),
                            has_sample=entry.name + SAMPLE_ENDING in names,
                        ),
                    )
    finally:
        os.close(descriptor)
    for name in sorted(folders) if deepest else ():
        try:
            inside = folder.child(name)
        except EtlError:
            continue  # a name that no path may hold
        yield from _beneath(inside, f"{shown}/{name}", deepest - 1)
