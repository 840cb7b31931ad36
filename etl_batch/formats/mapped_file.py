"""An input mapped into memory, read only, and still the one that the job was planned with."""

from __future__ import annotations

import contextlib
import mmap
import os
from collections.abc import Iterator

import numpy as np

from etl_batch.errors import InputChanged
from etl_batch.kernels.columns import Array
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.paths import FileIdentity

_POPULATE_READ = 22  #: madvise(2), Linux 5.14 and newer: a page fault for every few pages costs more than the reading


@dataclass(frozen=True, slots=True)
class MappedFile:
    """A file from some byte to its end."""

    content: Array  #: shape (bytes from `start` to the end,)
    start: int  #: where in the file they begin

    @property
    def base(self) -> int:
        """The address at which the file's first byte would lie."""
        return int(self.content.ctypes.data) - self.start

    @property
    def stop(self) -> int:
        """The address behind the last byte."""
        return int(self.content.ctypes.data) + len(self.content)

    def cut(self, start: int, stop: int) -> bytes:
        """A copy of some bytes of the file."""
        return bytes(self.content[start - self.start : stop - self.start].data)


@contextlib.contextmanager
def mapped_file(descriptor: int, identity: FileIdentity, reach: tuple[int, int], what: str) -> Iterator[MappedFile]:
    """Map an open file to its end, and close it. No view may outlive the mapping.

    Args:
        descriptor: of the file.
        identity: what it must still be.
        reach: where the mapping begins, and up to where it is brought into memory at once; bytes.
        what: the file, for messages.

    Raises:
        InputChanged: the file is not what it was.
    """
    start, stop = reach
    try:
        if FileIdentity.of(descriptor) != identity:
            raise InputChanged(f"{what} changed while the job was reading it")
        aligned = min(start, identity.size - 1) // mmap.ALLOCATIONGRANULARITY * mmap.ALLOCATIONGRANULARITY
        mapping = mmap.mmap(descriptor, identity.size - aligned, mmap.MAP_SHARED, mmap.PROT_READ, offset=aligned)
    finally:
        os.close(descriptor)
    with contextlib.suppress(OSError, ValueError):
        mapping.madvise(_POPULATE_READ, 0, min(stop, identity.size) - aligned)
    flat = np.frombuffer(mapping, dtype=np.uint8, offset=start - aligned)
    yield MappedFile(flat, start)
    # Unmapped when the last view is gone; closing it here would fail on an exception that still holds one.
