"""Whether the console is well, in a few words for everybody. Nothing of a user's files is in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from etl_batch.errors import EtlError
from etl_batch.storage.secrets_folder import secrets_folder
from etl_batch.text.number_text import data_size
from etl_batch.values import GIB

_LITTLE_ROOM_BYTES = 2 * GIB


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of health."""

    name: str
    is_well: bool
    text: str


def signs_of_health(home: Path) -> tuple[Sign, ...]:
    """Folders, room on the disk, secrets closed."""
    return tuple(_signs(home))


def _signs(home: Path) -> Iterator[Sign]:
    missing = [name for name in ("data", "output", "report") if not (home / name).is_dir()]
    yield Sign("Folders", not missing, "there" if not missing else f"missing: {', '.join(missing)}; a job makes them")
    yield _disk(home)
    try:
        secrets_folder(home)
    except EtlError as error:
        yield Sign("Secrets", is_well=False, text=f"{error.message}; {error.what_to_do}")
    else:
        yield Sign("Secrets", is_well=True, text="closed to others")


def _disk(home: Path) -> Sign:
    try:
        disk = os.statvfs(home)
    except OSError as error:
        return Sign("Disk", is_well=False, text=f"cannot be asked ({error.strerror})")
    free = disk.f_bavail * disk.f_frsize
    return Sign("Disk", free >= _LITTLE_ROOM_BYTES, f"{data_size(free)} available")
