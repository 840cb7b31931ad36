"""An output on its way: a hidden file that grows in order, is hashed as it grows, and is not yet the output."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from dataclasses import dataclass, field

from etl_batch.errors import DiskFull, EtlError, OutputFailed
from etl_batch.paths import Place, create_file
from etl_batch.values import MIB

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_HASH_STEP_BYTES = MIB  #: stays in the processor's cache


def output_error(error: OSError, what: str) -> EtlError:
    """What the operating system's refusal to write means to the user."""
    if error.errno in _NO_ROOM:
        return DiskFull(f"no room is left for {what} ({error.strerror})")
    return OutputFailed(f"{what} could not be written ({error.strerror})")


def write_all(descriptor: int, data: memoryview | bytes, offset: int) -> None:
    """Write all of the data at the offset; the kernel may take it in pieces.

    Raises:
        DiskFull: there is no room.
        OutputFailed: any other refusal.
    """
    rest = memoryview(data)
    try:
        while rest:
            written = os.pwrite(descriptor, rest, offset)
            rest, offset = rest[written:], offset + written
    except OSError as error:
        raise output_error(error, "the output") from error


@dataclass(slots=True)
class PartFile:
    """The hidden file that becomes `target`. The parent owns it; workers write into it where they are told."""

    target: Place
    place: Place
    descriptor: int
    size: int = 0  #: bytes granted so far
    rows: int = 0
    footers: list[tuple[int, bytes]] = field(default_factory=list)  #: Parquet: (offset, footer) of each row group
    _written: dict[int, int] = field(default_factory=dict)  #: start -> stop of pieces behind the hashed ones
    _hash: _HashFollower | None = None

    @classmethod
    def create(cls, target: Place, job_id: str, head: bytes) -> PartFile:
        """Make the hidden file beside the target, beginning with `head`."""
        return cls.create_at(target, target.sibling(f".{target.relative.name}.part.{job_id}"), head)

    @classmethod
    def create_at(cls, target: Place, place: Place, head: bytes) -> PartFile:
        """Make the hidden file at a given place."""
        part = cls(target, place, create_file(place))
        part.append(head)
        return part

    def grant(self, length: int) -> int:
        """The offset at which the next `length` bytes go."""
        offset = self.size
        self.size += length
        return offset

    def written(self, offset: int, length: int) -> None:
        """A worker has written what it was granted; the hash follows once everything before is there too."""
        if self._hash is None:
            self._hash = _HashFollower(self.descriptor)
        self._written[offset] = offset + length
        reached = self._hash.limit
        while (stop := self._written.pop(reached, None)) is not None and stop > reached:
            reached = stop
        self._hash.advance(reached)

    def append(self, data: bytes) -> None:
        """Write at the end, from the parent itself."""
        offset = self.grant(len(data))
        write_all(self.descriptor, data, offset)
        self.written(offset, len(data))

    def sha256(self) -> str:
        """The hash of the whole file, once all of it is written."""
        if self._hash is None:
            return hashlib.sha256().hexdigest()
        return self._hash.finish(self.size)

    def close(self) -> None:
        """Stop the hash and close the file, which stays where it is."""
        if self._hash is not None:
            self._hash.stop()
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


class _HashFollower:
    """SHA-256 of a growing file, in a thread behind its writers."""

    def __init__(self, descriptor: int) -> None:
        self.limit = 0  #: bytes that are written without a gap
        self._descriptor = descriptor
        self._digest = hashlib.sha256()
        self._done = False
        self._failed: OSError | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._follow, name="sha256", daemon=True)
        self._thread.start()

    def advance(self, limit: int) -> None:
        with self._changed:
            self.limit = limit
            self._changed.notify()

    def finish(self, size: int) -> str:
        """Wait for the hash of the first `size` bytes, which must be all."""
        self.stop()
        if self._failed is not None:
            raise OutputFailed(f"the output could not be read back ({self._failed.strerror})")
        if self.limit != size:
            raise OutputFailed(f"only {self.limit} of {size} bytes of the output were written")
        return self._digest.hexdigest()

    def stop(self) -> None:
        with self._changed:
            self._done = True
            self._changed.notify()
        self._thread.join()

    def _follow(self) -> None:
        buffer = bytearray(_HASH_STEP_BYTES)
        at = 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda at=at: self._done or self.limit > at)  # type: ignore[misc]
                limit = self.limit
                if at >= limit:
                    return
            while at < limit:
                try:
                    count = os.preadv(self._descriptor, [memoryview(buffer)[: limit - at]], at)
                except OSError as error:
                    self._failed = error
                    return
                self._digest.update(memoryview(buffer)[:count])
                at += count
