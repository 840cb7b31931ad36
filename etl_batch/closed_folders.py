"""What no path may lead into, whatever the roots: `.secrets`, of every home that this process has to do with.

By its name it is refused everywhere. By its identity (device, inode) it is known again where a root lies above it,
and where a link or a mount gives it another name.
"""

from __future__ import annotations

import os
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path

SECRETS_NAME = ".secrets"
_MOST_HOMES = 16  #: the latest; a process has to do with one
_homes: OrderedDict[Path, None] = OrderedDict()


def keep_closed(home: Path) -> None:
    """Let no path lead into the secrets of this home from now on."""
    _homes[home] = None
    _homes.move_to_end(home)
    if len(_homes) > _MOST_HOMES:
        _homes.popitem(last=False)


def homes_kept_closed() -> tuple[Path, ...]:
    """The homes whose secrets are closed, for another process to be told."""
    return tuple(_homes)


def is_named_closed(names: Iterable[str]) -> bool:
    """Whether one of these names on a path is that of the secrets, as any file system may compare names. No disk."""
    return any(folded(name) == SECRETS_NAME for name in names)


def closed_identities(*, only_folders: bool = False) -> frozenset[tuple[int, int]]:
    """Device and inode of each folder of secrets, and of what lies directly in it, as they are now.

    Files come and go there, and others get their numbers: what is to be compared must be open before this is asked.
    """
    found: set[tuple[int, int]] = set()
    for home in homes_kept_closed():
        try:
            folder = os.stat(home / SECRETS_NAME)  # noqa: PTH116 - half the time of a Path, at each opening
            found.add((folder.st_dev, folder.st_ino))
            if only_folders:
                continue
            with os.scandir(home / SECRETS_NAME) as entries:
                found.update((folder.st_dev, entry.inode()) for entry in entries)
        except OSError:  # not there yet, or closed to us as well
            continue
    return frozenset(found)


def folded(name: str) -> str:
    """A name as file systems compare it that tell neither capitals nor ways to write an accent apart."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
