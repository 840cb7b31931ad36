"""An output on its way: a hidden file that grows in order, is hashed as it grows, and is not yet the output."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from dataclasses import field

from etl_batch.errors import EtlError, OutputFailed
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.shared_buffers import Held
from etl_batch.storage.hash_follower import HashFollower, Mark, RunningHash, rehash
from etl_batch.storage.os_refusals import NO_ROOM, write_refused
from etl_batch.storage.paths import create_file, list_folder, open_existing
from etl_batch.storage.roots import Place
from etl_batch.storage.side_names import opened_folder, part_place
from etl_batch.text.number_text import counted


@contextlib.contextmanager
def explained(what: str) -> Iterator[None]:
    """What the operating system refuses within comes out as an error for the user."""
    try:
        yield
    except OSError as error:
        raise write_refused(error, what) from error


def write_all(descriptor: int, data: memoryview | bytes, offset: int, folder: str) -> None:
    """Write all of the data at the offset; the kernel may take it in pieces.

    Args:
        descriptor: of the file.
        data: bytes.
        offset: bytes.
        folder: that the file lies in, for messages.

    Raises:
        DiskFull: there is no room.
        OutputFailed: any other refusal.
    """
    rest = memoryview(data)
    while rest:
        try:
            written = os.pwrite(descriptor, rest, offset)
        except OSError as error:
            room = _available(descriptor) if error.errno == errno.ENOSPC else ""
            what = f"the output in {folder}, which needs {counted(len(rest), 'byte')} more at once{room}"
            raise write_refused(error, what if error.errno in NO_ROOM else f"the output in {folder}") from error
        rest, offset = rest[written:], offset + written


def _available(descriptor: int) -> str:
    with contextlib.suppress(OSError):
        disk = os.fstatvfs(descriptor)
        return f" where {counted(disk.f_bavail * disk.f_frsize, 'byte')} are available"
    return ""


@dataclass(slots=True)
class PartFile:
    """The hidden file that becomes `target`. The parent owns it; workers write where the parent says."""

    target: Place
    place: Place
    descriptor: int
    hash: HashFollower
    size: int = 0  #: bytes granted so far
    rows: int = 0
    footers: list[tuple[int, bytes]] = field(default_factory=list)  #: Parquet: (offset, footer) of each row group
    #: by their starts, the stops of pieces behind the hashed ones, and where those are held in memory
    _written: dict[int, tuple[int, Held | None]] = field(default_factory=dict)

    @classmethod
    def create(cls, target: Place, job_id: str, head: bytes) -> PartFile:
        """Make the hidden file beside the target, beginning with `head`."""
        return cls.create_at(target, part_place(target, job_id), head)

    @classmethod
    def create_at(cls, target: Place, place: Place, head: bytes) -> PartFile:
        """Make the hidden file at a given place; where its head finds no room, nothing stays behind."""
        descriptor = create_file(place)
        part = cls(target, place, descriptor, HashFollower(descriptor))
        try:
            part.append(head)
        except BaseException:
            discard(part)
            raise
        return part

    @classmethod
    def reopen(cls, target: Place, place: Place, mark: Mark, digest: RunningHash | None = None) -> PartFile:
        """Go on with a file of an interrupted job behind the mark; what follows it is cut off.

        Args:
            target: what it is to become.
            place: where it is.
            mark: how far it is right.
            digest: the running hash there; None: the file is read to find it.

        Raises:
            OutputFailed: it is not what the mark says.
        """
        descriptor = open_existing(place)
        try:
            right, digest = (1, digest) if digest else rehash(descriptor, [mark])
            if not right:
                raise OutputFailed(f"{place.path} was changed by somebody else")
            with explained(str(target.path)):
                os.ftruncate(descriptor, mark.size)
        except BaseException:
            os.close(descriptor)
            raise
        return cls(target, place, descriptor, HashFollower(descriptor, mark.size, digest), mark.size)

    def grant(self, length: int) -> int:
        """The offset at which the next `length` bytes go."""
        offset = self.size
        self.size += length
        return offset

    def written(self, offset: int, length: int, held: Held | None = None) -> None:
        """A worker has written what it was granted; the hash follows once everything before is there too.

        Args:
            offset: of what it wrote.
            length: of that, in bytes.
            held: where it still is in memory; None: it is read back.
        """
        self._written[offset] = offset + length, held
        while (piece := self._written.pop(self.hash.limit, None)) is not None and piece[0] > self.hash.limit:
            self.hash.advance(*piece)

    def append(self, data: bytes) -> None:
        """Write at the end, from the parent itself."""
        offset = self.grant(len(data))
        write_all(self.descriptor, data, offset, str(self.target.path.parent))
        self.written(offset, len(data))

    @property
    def is_written(self) -> bool:
        """Whether all that was granted is in the file."""
        return self.hash.limit == self.size

    def sha256(self) -> str:
        """The hash of the whole file, once all of it is written."""
        return self.hash.finish(self.size)

    def sync(self) -> None:
        """Wait until the disk has it.

        Raises:
            DiskFull: the disk had no room when the data reached it.
        """
        with explained(str(self.target.path)):
            os.fsync(self.descriptor)

    def close(self) -> None:
        """Stop the hash and close the file, which stays where it is."""
        self.hash.stop()
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def discard(part: PartFile) -> None:
    """Remove a part file that will not be published."""
    part.close()
    remove(part.place)


def remove(place: Place) -> None:
    """Remove a file if it is there and can be removed."""
    with contextlib.suppress(OSError, EtlError), opened_folder(place) as parent:
        os.unlink(place.relative.name, dir_fd=parent)


def remove_tree(place: Place) -> None:
    """Remove a part file, or a folder of part files and of such folders, as far as they can be removed."""
    remove(place)
    with contextlib.suppress(EtlError, OSError):
        for name in list_folder(place):
            remove_tree(place.child(name))
        with opened_folder(place) as parent:
            os.rmdir(place.relative.name, dir_fd=parent)
