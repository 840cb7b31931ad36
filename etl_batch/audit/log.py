"""Appending to the audit log."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from etl_batch.audit.appender import Appender, Due
from etl_batch.audit.checkpoints import Checkpoint, last_checkpoint, write_checkpoint
from etl_batch.audit.events import Detail, Event
from etl_batch.audit.files import LOG_NAME
from etl_batch.audit.tail import Position
from etl_batch.errors import AuditUnavailable, EtlError, SecretsUnusable
from etl_batch.light_dataclass import dataclass
from etl_batch.values import Actor

__all__ = ["LOG_NAME", "AuditLog"]

_MOST_OPEN = 8  #: logs whose files a process keeps open
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class AuditLog:
    """The log of one home. Making the value opens nothing; it may be shared by threads and processes."""

    home: Path

    def record(self, actor: Actor, event: Event) -> int:
        """Append one entry and put it on the disk.

        Returns:
            Its number in the log.

        Raises:
            AuditUnavailable: it could not be written; what it would have recorded must not be done.
            SecretsExposed: others may read what belongs to the log; the error names the chmod that mends it.
        """
        return self.record_all(actor, (event,))

    def record_all(self, actor: Actor, events: Sequence[Event], *, seal: bool = False, may_wait: bool = False) -> int:
        """Append several entries, all or none, and put them on the disk.

        Args:
            actor: who did it all.
            events: what, in this order.
            seal: let the last entry say how long the log was before these, with its SHA-256; sign a checkpoint.
            may_wait: sign none now; more entries will follow soon, and signing takes some 0.1 s the first time.

        Returns:
            The number of the last in the log.

        Raises:
            AuditUnavailable, SecretsExposed: see `record`.
        """
        with _explained(self.home):
            appender = _appender(self.home)
            hashed = _LogHash()
            if seal:
                hashed.read_what_is_there(appender.files.log)

            def additions(descriptor: int, end: Position) -> Sequence[Event]:
                return (*events[:-1], hashed.added_to(events[-1], descriptor, end)) if seal else events

            checkpoint = Due.NOW if seal else Due.LATER if may_wait else Due.BY_RULE
            done = appender.append(actor, additions, checkpoint)
            if done.is_checkpoint_due:
                _sign(appender, Checkpoint.of(done.tree))
            return done.seq

    def head(self) -> Checkpoint | None:
        """The signed size and root of the log as it is now; None: nothing was recorded yet.

        Raises:
            AuditUnavailable, SecretsExposed: it could not be read or signed.
        """
        with _explained(self.home):
            appender = _appender(self.home)
            tree = appender.tree() if appender.files.segments() else None
            if tree is None or tree.size == 0:
                return None
            last = last_checkpoint(appender.files)
            if last is not None and (last.size, last.root) == (tree.size, tree.root()):
                return last
            return write_checkpoint(appender.files, Checkpoint.of(tree))


class _LogHash:
    """The SHA-256 of the log so far: most of it is read before others have to wait for us."""

    def __init__(self) -> None:
        self._hash = sha256()
        self._inode = 0
        self._offset = 0

    def read_what_is_there(self, log: Path) -> None:
        """Read the log as it is now; what is appended meanwhile is read by `added_to`."""
        with contextlib.suppress(OSError), log.open("rb") as file:
            found = os.fstat(file.fileno())
            self._inode = found.st_ino
            self._go_on(file.fileno(), found.st_size)

    def added_to(self, event: Event, descriptor: int, end: Position) -> Event:
        """The event with the length and the hash of the file that it goes to."""
        if os.fstat(descriptor).st_ino != self._inode or self._offset > end.offset:
            self._hash, self._offset = sha256(), 0
        self._go_on(descriptor, end.offset)
        detail: Detail = {"log_file": end.segment, "log_bytes": end.offset, "log_sha256": self._hash.hexdigest()}
        return replace(event, detail={**event.detail, **detail})

    def _go_on(self, descriptor: int, stop: int) -> None:
        while self._offset < stop:
            block = os.pread(descriptor, min(_BLOCK, stop - self._offset), self._offset)
            if not block:
                return
            self._hash.update(block)
            self._offset += len(block)


_open: OrderedDict[Path, Appender] = OrderedDict()
_open_mutex = threading.Lock()


def _appender(home: Path) -> Appender:
    with _open_mutex:
        found = _open.pop(home, None) or Appender(home)
        _open[home] = found
        oldest = _open.popitem(last=False)[1] if len(_open) > _MOST_OPEN else None
    if oldest is not None:
        oldest.close()
    return found


def _forget_in_child() -> None:
    """A child that was forked must not share our descriptors: they would share our locks."""
    global _open_mutex  # noqa: PLW0603 - it may be locked by a thread that the child does not have
    _open_mutex = threading.Lock()
    _open.clear()


os.register_at_fork(after_in_child=_forget_in_child)


def _sign(appender: Appender, checkpoint: Checkpoint) -> None:
    """Sign what was just written. The entries are safe: where this fails, the next checkpoint has them."""
    with contextlib.suppress(OSError):
        write_checkpoint(appender.files, checkpoint)


@contextlib.contextmanager
def _explained(home: Path) -> Iterator[None]:
    try:
        yield
    except SecretsUnusable as error:
        raise AuditUnavailable(error.message, mend=error.what_to_do) from error
    except EtlError:
        raise
    except OSError as error:
        raise AuditUnavailable(f"the audit log in {home / '.secrets'} cannot be used ({error.strerror})") from error
