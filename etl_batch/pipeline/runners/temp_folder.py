"""The folder that multiprocessing makes in the temporary one for its sockets: ours is marked, those of the dead go.

A process that ends removes its own; one that is killed cannot. The mark is a file that its process holds a lock on, and
the kernel lets go of when that process is gone, however it ended and whoever has its number now. A folder without our
mark, of another user, or behind a link is somebody else's.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from functools import cache
from multiprocessing import util
from pathlib import Path

from etl_batch.storage.file_lock import is_taken_within

_PREFIX = "pymp-"  #: what multiprocessing calls them
_MARK = "etl-console"
_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC


@cache
def claim_temp_folder() -> None:
    """Mark this process's folder, once, and remove those of our processes that are gone; where it can, it does."""
    with contextlib.suppress(OSError):
        ours = Path(util.get_temp_dir())
        remove_dead(ours.parent)
        _mark(ours)


def remove_dead(parent: Path) -> None:
    """Remove the folders of this user's processes of ours that are gone.

    Raises:
        OSError: the folder cannot be listed.
    """
    for entry in os.scandir(parent):
        if entry.name.startswith(_PREFIX) and _is_of_the_dead(Path(entry.path)):
            shutil.rmtree(entry.path, ignore_errors=True)


def _mark(ours: Path) -> None:
    """Put the mark in the folder, locked before it is seen: an unlocked one is of a process that is gone."""
    unfinished = ours / f"{_MARK}.new"
    descriptor = os.open(unfinished, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600)  # open as long as the process lives
    if is_taken_within(descriptor, 0.0):
        unfinished.rename(ours / _MARK)


def _is_of_the_dead(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            return False
        descriptor = os.open(folder / _MARK, _FLAGS)
        try:
            return is_taken_within(descriptor, 0.0)
        finally:
            os.close(descriptor)
    return False
