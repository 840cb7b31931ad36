"""A descriptor as the file that a library asks for: it reads at places of its own, whoever else reads from it."""

from __future__ import annotations

import io
import os


class OpenFile(io.RawIOBase):
    """An open file, read only. Closing this leaves the descriptor open."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._size = os.fstat(descriptor).st_size
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where it reads on."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Read on from there; returns the place."""
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        """So many bytes, fewer at the end only; all that are left where no number is given."""
        left = max(self._size - self._at, 0)
        wanted = left if size is None or size < 0 else min(size, left)  # a footer may ask for anything
        read = os.pread(self._descriptor, wanted, self._at)
        while len(read) < wanted and (more := os.pread(self._descriptor, wanted - len(read), self._at + len(read))):
            read += more
        self._at += len(read)
        return read
