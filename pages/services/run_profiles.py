"""The profiles of runs: what the machine did while a job ran, from the metadata beside its output."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from etl_batch.errors import EtlError, NotFound
from etl_batch.metadata import result_of_json
from etl_batch.paths import Place, open_folder, open_input, place
from etl_batch.permissions import Permission, permit
from etl_batch.values import MIB, Actor, JobResult

MOST_RUNS = 100
_ENDING = ".meta.json"
_MOST_BYTES = 64 * MIB  #: of metadata; 100,000 strata take less
_DEEPEST = 4  #: folders below output/


@dataclass(frozen=True, slots=True)
class ProfiledRun:
    """A run whose metadata is there."""

    output: str  #: relative to the home, such as `output/data.csv`
    finished_at: str  #: UTC, ISO 8601


def profiled_runs(home: Path, actor: Actor) -> list[ProfiledRun]:
    """The last runs, the newest first; only names and times are looked at.

    Raises:
        Forbidden: the actor may not see the profiles of runs.
    """
    permit(actor, Permission.SEE_REPORTS)
    root = home / "output"
    if not root.is_dir():
        return []
    found = sorted(_beneath(place(root, [root]), "output", _DEEPEST), reverse=True)[:MOST_RUNS]
    return [
        ProfiledRun(output, datetime.fromtimestamp(mtime, UTC).isoformat(timespec="seconds")) for mtime, output in found
    ]


def run_result(home: Path, actor: Actor, output: str) -> JobResult:
    """The result of the run that wrote an output, its profile among it.

    Raises:
        Forbidden: the actor may not see the profiles of runs.
        NotFound: there is no metadata, or it is not one of ours.
        Refused: it may not be opened.
    """
    permit(actor, Permission.SEE_REPORTS)
    root = home / "output"
    where = place(home / f"{output}{_ENDING}", [root])
    with os.fdopen(open_input(where), "rb") as file:
        text = file.read(_MOST_BYTES)
    try:
        return result_of_json(text.decode(), where.path)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotFound(f"{where.path} holds no metadata of a run", mend="choose another run") from error


def _beneath(folder: Place, shown: str, deepest: int) -> Iterator[tuple[float, str]]:
    try:
        descriptor = open_folder(folder)
    except EtlError:
        return
    folders: list[Place] = []
    try:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders += _child(folder, entry.name)
                elif entry.name.endswith(_ENDING) and entry.is_file(follow_symlinks=False):
                    mtime = entry.stat(follow_symlinks=False).st_mtime
                    yield mtime, f"{shown}/{entry.name.removesuffix(_ENDING)}"
    finally:
        os.close(descriptor)
    for inside in folders if deepest else ():
        yield from _beneath(inside, f"{shown}/{inside.relative.name}", deepest - 1)


def _child(folder: Place, name: str) -> list[Place]:
    try:
        return [folder.child(name)]
    except EtlError:
        return []  # a name that no path may hold
