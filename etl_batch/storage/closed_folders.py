"""What no path may lead into, whatever the roots: `.secrets`, of every home that this process has to do with.

By its name it is refused everywhere. By its identity (device, inode) it is known again where a root lies above it,
and where a link or a mount gives it another name.
"""

from __future__ import annotations

import os
import threading
import time
import unicodedata
from collections.abc import Iterable
from pathlib import Path

SECRETS_NAME = ".secrets"
_MOST_HOMES = 16  #: the latest; a process has to do with one
_TICK_NS = 50_000_000  #: a folder that has just changed may change again without another time
_mutex = threading.Lock()
_homes: tuple[Path, ...] = ()  #: never changed in place: others may be reading it
_known: dict[str, tuple[tuple[int, int, int, int], frozenset[tuple[int, int]]]] = {}


def keep_closed(home: Path) -> None:
    """Let no path lead into the secrets of this home from now on."""
    global _homes  # noqa: PLW0603 - of the process
    if _homes[-1:] != (home,):
        with _mutex:
            _homes = (*(earlier for earlier in _homes if earlier != home), home)[-_MOST_HOMES:]


def homes_kept_closed() -> tuple[Path, ...]:
    """The homes whose secrets are closed, to be handed to another process."""
    return _homes


def is_named_closed(names: Iterable[str]) -> bool:
    """Whether one of these names on a path is that of the secrets, as any file system may compare names. No disk."""
    return any(folded(name) == SECRETS_NAME for name in names)


def closed_identities(*, only_folders: bool = False) -> frozenset[tuple[int, int]]:
    """Device and inode of each folder of secrets, and of what lies directly in it, as they are now.

    Files come and go there, and others get their numbers: what is to be compared must be open before this is asked.
    """
    found: set[tuple[int, int]] = set()
    for home in homes_kept_closed():
        folder = f"{home}/{SECRETS_NAME}"
        try:
            status = os.stat(folder)  # noqa: PTH116 - half the time of a Path, at each opening
            found.add((status.st_dev, status.st_ino))
            if not only_folders:
                found |= _inside(folder, status)
        except OSError:  # not there yet, or closed to us as well
            continue
    return frozenset(found)


def _inside(folder: str, status: os.stat_result) -> frozenset[tuple[int, int]]:
    """What lies directly in a folder; looked at again when a name was added to it or taken from it."""
    seen = (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_ctime_ns)
    known = _known.get(folder)
    if known is None or known[0] != seen or time.time_ns() - status.st_mtime_ns < _TICK_NS:
        with os.scandir(folder) as entries:
            known = seen, frozenset((status.st_dev, entry.inode()) for entry in entries)
        _known[folder] = known
        for old in list(_known)[:-_MOST_HOMES]:
            _known.pop(old, None)
    return known[1]


def folded(name: str) -> str:
    """A name as file systems compare it that tell neither capitals nor ways to write an accent apart."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
