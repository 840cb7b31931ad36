"""Names of what lies beside an output: hidden while a job runs, visible when it is done."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from etl_batch.errors import PathNameTooLong
from etl_batch.storage.paths import open_folder
from etl_batch.storage.roots import NAME_MAX_BYTES, Place

#: as `job_record.identify` makes them
_JOB_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
_SOME_JOB_ID = "20251115T101530Z-0a1b2c"
#: the longest name of an old output that is kept, see `storage.publication`
_LONGEST_BACKUP = ".bak.20251115T101530Z-999"
_DIGEST_CHARACTERS = 16


def hidden_name(name: str, suffix: str) -> str:
    """`.NAME<suffix>`, the name's end replaced by a hash of it where the whole would be too long."""
    whole = f".{name}{suffix}"
    if len(whole.encode()) <= NAME_MAX_BYTES:
        return whole
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_CHARACTERS]
    room = NAME_MAX_BYTES - len(f".~{digest}{suffix}".encode())
    return f".{name.encode()[:room].decode(errors='ignore')}~{digest}{suffix}"


def part_place(target: Place, job_id: str) -> Place:
    """Where an output grows until it is published: beside its target, for one rename must move it."""
    return _hidden(target, f".part.{job_id}")


def lock_place(target: Place) -> Place:
    """The empty file whose lock keeps other jobs from the output."""
    return _hidden(target, ".lock")


def journal_place(target: Place) -> Place:
    """The journal of the job that writes the output."""
    return _hidden(target, ".journal")


def parts_place(target: Place) -> Place:
    """The folder in which the parts of all shares come together; it becomes the target."""
    return _hidden(target, ".parts")


def shards_place(target: Place) -> Place:
    """The folder in which each share of a folder of parts has its own."""
    return _hidden(target, ".shards")


def stale_part_names(target: Place, names: Iterable[str]) -> list[str]:
    """Those of a folder's names that part files of the target have, whichever job made them."""
    start = hidden_name(target.relative.name, f".part.{_SOME_JOB_ID}").removesuffix(_SOME_JOB_ID)
    return [name for name in names if name.startswith(start) and _JOB_ID.fullmatch(name[len(start) :])]


def refuse_long_names(target: Place) -> None:
    """Refuse a target whose old version could not be kept under a name of its own.

    Raises:
        PathNameTooLong: its name leaves no room for it.
    """
    length = len(f"{target.relative.name}{_LONGEST_BACKUP}".encode())
    if length > NAME_MAX_BYTES:
        raise PathNameTooLong(
            f"{target.path}: the old one is kept as NAME.bak.<time>, which takes {length} bytes; "
            f"{NAME_MAX_BYTES} is the most"
        )


def folder_of(place: Place) -> Place:
    """The folder that the place lies in."""
    return Place(place.root, PurePosixPath(place.relative.parent))


@contextlib.contextmanager
def opened_folder(place: Place) -> Iterator[int]:
    """The folder of a place as a descriptor, for the calls that take one."""
    descriptor = open_folder(folder_of(place))
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _hidden(target: Place, suffix: str) -> Place:
    return target.sibling(hidden_name(target.relative.name, suffix))
