"""An object of a store as the place of an input: read by ranges into memory that looks like its file, or copied whole.

This process reads; workers are handed what it read, and reach no store: they know no key, and need no network.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import field
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Self

from etl_batch.errors import InputChanged, StoreUnsupported
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.object_store import ObjectStore
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.text.store_address import Address, AddressPath
from etl_batch.values import MIB

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Range = tuple[int, int]  #: bytes, from and up to
_BLOCK_BYTES = 8 * MIB
_AHEAD = 8  #: blocks that are read before they are asked for
_MOST_WHOLE_BYTES = 64 * MIB


@dataclass(frozen=True, slots=True)
class StoredCopy:
    """A copy of an object without a name, open in the process that made it."""

    content: FileIdentity
    process: int
    descriptor: int


@dataclass(frozen=True, slots=True)
class StoredObject(Place):
    """An object that is read. What it was when it was found, it must still be whenever it is read."""

    store: ObjectStore = field(repr=False)
    identity: FileIdentity
    copy: StoredCopy | None = field(default=None, compare=False, repr=False)

    @classmethod
    def found(cls, address: Address, store: ObjectStore) -> Self:
        """The object that is there.

        Raises:
            NotFound, StoreFailed: there is none, or the store does not say.
        """
        root = AddressPath(f"{address.scheme}://{address.bucket}")
        return cls(root, PurePosixPath(address.key), store, store.identity(address.name))

    @property
    def name(self) -> str:
        """As the store is asked for it."""
        return f"{self.root.name}/{self.relative}"

    def sibling(self, name: str) -> Place:
        """Nothing beside an object is looked for.

        Raises:
            StoreUnsupported: always.
        """
        raise StoreUnsupported(f"{name} beside {self.path} is not looked for", mend="name it by a flag")

    def open(self, ranges: Iterable[Range] | None = None) -> int:
        """Open it anew, to be read; the caller closes the descriptor.

        Args:
            ranges: all that will be read; None: anything.

        Raises:
            InputChanged: the object is not what it was.
            StoreUnsupported: it is too large to be read whole, and was not copied.
            NotFound, StoreFailed: it is gone, or the store does not answer.
        """
        if self.copy is not None:
            return os.open(f"/proc/{self.copy.process}/fd/{self.copy.descriptor}", os.O_RDONLY | os.O_CLOEXEC)
        size = self.identity.size
        if ranges is None:
            if size > _MOST_WHOLE_BYTES:
                raise StoreUnsupported(f"{self.path} would have to be read whole to see what is in it")
            ranges = [(0, size)]
        descriptor = os.memfd_create("object", os.MFD_CLOEXEC)
        try:
            os.ftruncate(descriptor, size)
            for start, stop in ranges:
                self.read_into(descriptor, max(start, 0), min(stop, size))
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def read_into(self, descriptor: int, start: int, stop: int) -> None:
        """Read some bytes into the same place of an open file; what comes behind them is read ahead.

        Raises:
            InputChanged, NotFound, StoreFailed: see `open`.
        """
        at = start
        while at < stop:
            number = at // _BLOCK_BYTES
            first = number * _BLOCK_BYTES
            block = _reads(self).block(number)
            piece = memoryview(block)[at - first : stop - first]
            if not piece:
                raise self._changed()
            written = 0
            while written < len(piece):
                written += os.pwrite(descriptor, piece[written:], at + written)
            at += written

    def read_block(self, number: int) -> bytes:
        """One of the blocks that it is read by."""
        start = number * _BLOCK_BYTES
        stop = min(start + _BLOCK_BYTES, self.identity.size)
        content, found = self.store.read(self.name, start, stop)
        if found != self.identity or len(content) != stop - start:
            raise self._changed()
        return content

    def refuse_changed(self) -> None:
        """Refuse an object that is no longer what it was.

        Raises:
            InputChanged: its size, its ETag or its time differ.
            NotFound, StoreFailed: see `open`.
        """
        if self.store.identity(self.name) != self.identity:
            raise self._changed()

    def _changed(self) -> InputChanged:
        return InputChanged(f"{self.path} changed while the job was reading it")


@lru_cache(maxsize=8)
def _reads(of: StoredObject) -> _Reads:
    return _Reads(of)


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(_AHEAD, thread_name_prefix="store")


class _Reads:
    """Blocks of an object that were asked for, and those behind them, read by threads."""

    def __init__(self, of: StoredObject) -> None:
        self._of = of
        self._blocks: dict[int, Future[bytes]] = {}
        self._last = -1

    def block(self, number: int) -> bytes:
        """The bytes of one block; only where blocks are asked for one after the other, the next are read too."""
        ahead = _AHEAD if number in {self._last, self._last + 1} and self._last >= 0 else 0
        self._last = number
        count = -(-self._of.identity.size // _BLOCK_BYTES)
        wanted = range(number, min(number + 1 + ahead, count))
        for passed in [one for one in self._blocks if one not in range(number - 1, number + 1 + _AHEAD)]:
            self._blocks.pop(passed).cancel()
        for one in wanted:
            if one not in self._blocks:
                self._blocks[one] = _threads().submit(self._of.read_block, one)
        try:
            return self._blocks[number].result()
        except BaseException:
            del self._blocks[number]
            raise
