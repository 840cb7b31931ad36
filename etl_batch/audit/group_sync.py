"""Waiting for the disk together: one fdatasync serves everybody whose lines were written before it began.

Writers wait in shared mode on one lock; whoever finds their line not yet on the disk takes it alone, waits for the
disk, and notes how far it came. When several write at once, each first lets as many lines come as the time before.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path

from etl_batch.audit.files import open_for_notes
from etl_batch.audit.tail import SYNCED_BYTES, Position, Synced, unpack_synced
from etl_batch.light_dataclass import dataclass

_PATIENCE_SECONDS = 0.0002
_MOST_PATIENCE = 12  #: so often at most
_MOST_ATTEMPTS = 50  #: then in the queue


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes that were appended, and are to be on the disk."""

    descriptor: int  #: of the file with them
    end: Position  #: behind them
    length: int


class GroupSync:
    """The wait of one process, for all of its threads."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor = -1
        self._mutex = threading.Lock()

    def close(self) -> None:
        """Forget the file; it is opened again when it is needed."""
        with self._mutex:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def known(self, key: bytes) -> Synced:
        """How far the disk certainly has the log."""
        with self._mutex:
            return self._read(key)

    def wait(self, written: Written, key: bytes) -> None:
        """Return when the disk has what was written.

        Raises:
            OSError: the disk did not take it.
        """
        with self._mutex:
            for attempt in range(_MOST_ATTEMPTS + 1):
                known = self._known_after_others(key)
                if known.end >= written.end:
                    return
                _let_others_come(written, known)
                if self._sync_alone(written, key, is_last=attempt == _MOST_ATTEMPTS):
                    return

    def _known_after_others(self, key: bytes) -> Synced:
        """How far the disk has the log, once nobody waits for it: that wait may have been for us, too."""
        descriptor = self._opened()
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        try:
            return self._read(key)
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)

    def _sync_alone(self, written: Written, key: bytes, *, is_last: bool) -> bool:
        """Wait for the disk for everybody; returns whether that was done, by us or just before."""
        descriptor = self._opened()
        try:
            # Whoever stood here waiting would keep out those who only want to know that they are done.
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if is_last else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        try:
            known = self._read(key)
            if known.end < written.end:
                size = os.fstat(written.descriptor).st_size
                os.fdatasync(written.descriptor)
                reached = Synced(Position(written.end.segment, size), max(size - _begun(written, known), 0))
                os.pwrite(descriptor, reached.pack(key), 0)
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        return True

    def _opened(self) -> int:
        if self._descriptor < 0:
            self._descriptor = open_for_notes(self._file)
        return self._descriptor

    def _read(self, key: bytes) -> Synced:
        return unpack_synced(os.pread(self._opened(), SYNCED_BYTES, 0), key) or Synced()


def _begun(written: Written, known: Synced) -> int:
    """Where the bytes begin that the disk does not have, in the file that was written to."""
    return known.end.offset if known.end.segment == written.end.segment else 0


def _let_others_come(written: Written, known: Synced) -> None:
    """Where several write at once: until as much was added as the time before, and nobody adds any more."""
    size = os.fstat(written.descriptor).st_size
    if known.group_bytes <= written.length and size == written.end.offset:
        return
    for _ in range(_MOST_PATIENCE):
        time.sleep(_PATIENCE_SECONDS)
        before, size = size, os.fstat(written.descriptor).st_size
        if size == before and size >= _begun(written, known) + known.group_bytes:
            return
