"""Files that a test leaves open. Other threads may open and close some meanwhile: only what stays counts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PATIENCE_SECONDS = 20.0


def open_files() -> set[tuple[str, str]]:
    """Descriptors of this process, and what they lead to, but for the audit log, which is kept open on purpose."""
    found = set()
    for link in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # it was closed, or is the listing itself
            found.add((link.name, str(link.readlink())))
    return {(number, target) for number, target in found if "/.secrets/" not in target}


def left_open(before: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """What is open beyond `before`, and stays so."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while (left := open_files() - before) and time.monotonic() < end:
        time.sleep(0.01)
    return left


@contextmanager
def nothing_left_open() -> Iterator[None]:
    """What the block opens, it closes."""
    before = open_files()
    yield
    assert not left_open(before)
