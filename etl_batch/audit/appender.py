"""Appending lines: one process's descriptors on one log, safe for its threads and beside other processes.

A lock is held while lines are chained and written, in one write; the wait for the disk follows without it, together
with others (`group_sync`). What is not wholly written is taken back. Whoever is killed leaves a log that the next one
continues.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from etl_batch.audit.chain import line_of
from etl_batch.audit.events import Action, Detail, Event
from etl_batch.audit.files import AuditFiles, open_for_appending, open_for_notes
from etl_batch.audit.group_sync import GroupSync, Written
from etl_batch.audit.key_check import refuse_other_keys
from etl_batch.audit.keys import LoadedKeys, make_keys
from etl_batch.audit.merkle import Frontier
from etl_batch.audit.recovery import Evidence, frontier_text, mark_recorded, recovered
from etl_batch.audit.tail import TAIL_BYTES, Position, Tail, unpack_tail
from etl_batch.errors import AuditKeyMissing
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.file_lock import is_still
from etl_batch.storage.secrets_folder import secrets_folder, sync_folder
from etl_batch.text.moments import utc_text
from etl_batch.values import MIB, Actor

ROTATE_BYTES = 16 * MIB  #: a file of the log that has reached this is put away
CHECKPOINT_ENTRIES = 64
CHECKPOINT_SECONDS = 60

Additions = Callable[[int, Position], Sequence[Event]]  #: descriptor and end of the log to what is to be appended


class Due(Enum):
    """Whether a checkpoint is due."""

    BY_RULE = "by rule"  #: after so many entries, or so much time
    NOW = "now"
    LATER = "later"  #: with the next entry


@dataclass(frozen=True, slots=True)
class Appended:
    """What one append came to."""

    seq: int  #: of the last line
    tree: Frontier  #: over all lines up to it
    is_checkpoint_due: bool


class Appender:
    """The log of one home, as one process writes it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.files = AuditFiles(home / ".secrets")
        self._mutex = threading.Lock()
        self._sync = GroupSync(self.files.synced)
        self._keys: LoadedKeys | None = None
        self._lock = -1  #: descriptor of the note about the tail, which is locked
        self._log = -1
        self._inode = (0, 0)  #: device and inode of the log
        self._segment = 0  #: the number of that file

    def append(self, actor: Actor, additions: Additions, checkpoint: Due = Due.BY_RULE) -> Appended:
        """Append lines and wait until the disk has them.

        Args:
            actor: who.
            additions: says what, once it is certain what stands before it.
            checkpoint: whether a checkpoint is due with them.

        Raises:
            OSError: they could not be written.
            EtlError: the folder or the files cannot be used, or a key is missing or another's.
        """
        with self._locked() as key:
            tail, events, pending = self._end_of_log(key)
            system = Actor(name="system", os_user=actor.os_user)
            to_write = [*((system, event) for event in events)]
            to_write += [(actor, event) for event in additions(self._log, tail.end)]
            ended, data = _lines(to_write, tail, key)
            now = int(time.time())
            due = checkpoint is Due.NOW or (checkpoint is Due.BY_RULE and _is_due(ended, now))
            if due:
                ended = replace(ended, checkpoint_seq=ended.frontier.size, checkpoint_time=now)
            self._write(data, tail.end.offset)
            with contextlib.suppress(OSError):  # what is not noted is found in the log
                os.pwrite(self._lock, ended.pack(key), 0)
            descriptor = os.dup(self._log)
        try:
            self._sync.wait(Written(descriptor, ended.end, len(data)), key)
        finally:
            os.close(descriptor)
        mark_recorded(pending)
        return Appended(ended.frontier.size, ended.frontier, due)

    def tree(self) -> Frontier:
        """The tree over all lines, which the disk has.

        Raises:
            OSError, EtlError: as `append`.
        """
        with self._locked() as key:
            tail, _, _ = self._end_of_log(key)
            descriptor = os.dup(self._log)
        try:
            self._sync.wait(Written(descriptor, tail.end, 0), key)
        finally:
            os.close(descriptor)
        return tail.frontier

    def close(self) -> None:
        """Let go of the files; they are opened again when they are needed."""
        with self._mutex:
            self._close()
        self._sync.close()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[bytes]:
        """The log for this process and thread alone, and the key of its lines, which is still the one that is there."""
        with self._mutex:
            while True:
                if self._lock < 0:
                    secrets_folder(self._home)
                    self._lock = open_for_notes(self.files.tail)
                fcntl.flock(self._lock, fcntl.LOCK_EX)
                if is_still(self.files.tail, self._lock):
                    break
                self._close()
            try:
                self._keys = self._prepared_keys() if self._keys is None else self._keys.still(self.files)
                yield self._keys.line
            except BaseException:
                self._close()
                raise
            else:
                fcntl.flock(self._lock, fcntl.LOCK_UN)

    def _close(self) -> None:
        for descriptor in (self._lock, self._log):
            if descriptor >= 0:
                os.close(descriptor)
        self._lock = self._log = -1
        self._inode = (0, 0)

    def _prepared_keys(self) -> LoadedKeys:
        """The keys; made where nothing was written yet, and those of the log where something was."""
        files = self.files
        if not (files.line_key.exists() and files.signing_key.exists()):
            written = [*files.segments(), files.checkpoints]
            if any(file.is_file() and file.stat().st_size for file in written):
                missing = files.signing_key if files.line_key.exists() else files.line_key
                raise AuditKeyMissing(f"there is a log, but its key {missing} is missing")
            make_keys(files)
            return LoadedKeys.of(files)
        loaded = LoadedKeys.of(files)
        refuse_other_keys(files, loaded.line)
        return loaded

    def _end_of_log(self, key: bytes) -> tuple[Tail, Sequence[Event], Sequence[Path]]:
        """Where the log ends, what is to be said about that first, and the files with unfinished lines it is about."""
        size = self._opened_size()
        noted = unpack_tail(os.pread(self._lock, TAIL_BYTES, 0), key)
        events: Sequence[Event] = ()
        pending: Sequence[Path] = ()
        if noted is None or noted.end != Position(self._segment, size):
            synced = self._sync.known(key).end
            known = Evidence(
                files=self.files, key=key, descriptor=self._log, segment=self._segment, noted=noted, synced=synced
            )
            found = recovered(known)
            noted, events, pending = found.tail, found.events, found.pending
        if noted.end.offset >= ROTATE_BYTES:
            noted = self._rotated(noted, key)
        if noted.end.offset == 0 and noted.end.segment > 1:
            events = (self._rotation_event(noted), *events)
        return noted, events, pending

    def _opened_size(self) -> int:
        try:
            found = self.files.log.lstat()
        except FileNotFoundError:
            found = None
        if found is None or (found.st_dev, found.st_ino) != self._inode:
            if self._log >= 0:
                os.close(self._log)
                self._log = -1
            self._log = open_for_appending(self.files.log)
            self._segment = (self.files.rotated_numbers() or [0])[-1] + 1
            if found is None:
                sync_folder(self.files.folder)
            found = os.fstat(self._log)
            self._inode = (found.st_dev, found.st_ino)
        return found.st_size

    def _rotated(self, tail: Tail, key: bytes) -> Tail:
        """Put the full file away, once the disk has it; the next one goes on with the chain."""
        self._sync.wait(Written(self._log, tail.end, 0), key)
        self.files.log.rename(self.files.rotated(self._segment))
        self._opened_size()
        return replace(tail, end=Position(self._segment, 0))

    def _rotation_event(self, tail: Tail) -> Event:
        before = self.files.rotated(tail.end.segment - 1)
        detail: Detail = {
            "bytes": before.stat().st_size if before.exists() else 0,
            "tree": frontier_text(tail.frontier),
        }
        return Event(action=Action.LOG_ROTATED, target=before.name, detail=detail)

    def _write(self, data: bytes, start: int) -> None:
        try:
            if os.write(self._log, data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except BaseException:
            with contextlib.suppress(OSError):  # then the next one moves it aside
                os.ftruncate(self._log, start)
            raise


def _lines(events: Sequence[tuple[Actor, Event]], tail: Tail, key: bytes) -> tuple[Tail, bytes]:
    """The lines, and where the log ends with them."""
    lines = []
    for actor, event in events:
        ts = utc_text(datetime.now(UTC))
        line = line_of(actor, event, tail.link, ts, key)
        tail = tail.after(line)
        lines += [line, b"\n"]
    return tail, b"".join(lines)


def _is_due(tail: Tail, now: int) -> bool:
    since = tail.frontier.size - tail.checkpoint_seq
    return since >= CHECKPOINT_ENTRIES or not 0 <= now - tail.checkpoint_time < CHECKPOINT_SECONDS
