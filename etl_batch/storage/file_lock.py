"""Locks on files (flock): taken as soon as they are free, and known to be on the file that has the name."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

_STEP_SECONDS = 0.02


def is_taken_within(descriptor: int, patience_seconds: float) -> bool:
    """Take the lock of an open file for ourselves, as soon as nobody else has it; returns whether we have it.

    Args:
        descriptor: of the file.
        patience_seconds: so long it may take; 0: it is tried once.
    """
    until = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_STEP_SECONDS)
        else:
            return True


def is_still(file: Path, descriptor: int) -> bool:
    """Whether the name still leads to what was opened under it."""
    try:
        found = file.lstat()
    except FileNotFoundError:
        return False
    opened = os.fstat(descriptor)
    return (found.st_dev, found.st_ino) == (opened.st_dev, opened.st_ino)
