"""An input must stay what it was when the job was planned."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from etl_batch.errors import HardLink, InputChanged, NotFound, NotRegular, PathSymlink, Unreadable
from etl_batch.formats.format import Opened
from etl_batch.formats.unpacked import Unpacked, read_identity
from etl_batch.machine.handed_files import NeededFile, handed
from etl_batch.storage.paths import FileIdentity, open_input
from etl_batch.storage.roots import Place
from etl_batch.storage.stored_object import Range, StoredObject
from etl_batch.values import Span


def refuse_changed(source: Opened, descriptor: int) -> None:
    """Refuse an open file whose size, time of change or inode is not what it was.

    What is open of an object in a store is what was read of it, by who saw that it is the same.

    Raises:
        InputChanged: it is not.
    """
    if isinstance(source.place, StoredObject):
        return
    if FileIdentity.of(descriptor) != read_identity(source.place, source.identity):
        raise InputChanged(f"{source.place.path} changed while the job was reading it")


def open_read(place: Place, ranges: Iterable[Range] | None = None) -> int:
    """Open an input, or what is in it where it is compressed; the caller closes the descriptor.

    Args:
        place: of the input.
        ranges: the bytes that will be read, and no others; None: nobody knows.

    Raises:
        PathSymlink, NotFound, NotRegular, HardLink, Unreadable: see `open_input`.
        InputChanged, StoreUnsupported, StoreFailed: see `StoredObject.open`.
    """
    if isinstance(place, StoredObject):
        return place.open(ranges)
    return place.open() if isinstance(place, Unpacked) else open_input(place)


def identity_of(place: Place, descriptor: int) -> FileIdentity:
    """What an input is that was opened by `open_read`."""
    found = FileIdentity.of(descriptor)
    if isinstance(place, StoredObject):
        return place.identity
    return place.identity_of(found) if isinstance(place, Unpacked) else found


def open_again(place: Place, ranges: Iterable[Range] | None = None) -> int:
    """Open an input that the job was planned with; the caller closes the descriptor. Workers are handed it.

    Args:
        place: of the input.
        ranges: see `open_read`.

    Raises:
        InputChanged: it is gone, or something else is in its place.
        InputFailed: the operating system could not open it.
    """
    if (descriptor := handed(place)) is not None:
        return descriptor
    try:
        return open_read(place, ranges)
    except (NotFound, NotRegular, PathSymlink, HardLink, Unreadable) as error:
        raise InputChanged(f"{error.message}, and it could be read when the job began") from error


@contextmanager
def opened_unchanged(source: Opened) -> Iterator[int]:
    """A descriptor of an input, which is what it was when the job was planned, before it is read and afterwards.

    Raises:
        InputChanged: it is not; that explains whatever went wrong, and a mix of old and new.
    """
    descriptor = open_again(source.place)
    try:
        refuse_changed(source, descriptor)
        try:
            yield descriptor
        finally:
            refuse_changed(source, descriptor)
    finally:
        os.close(descriptor)


def needed(place: Place) -> NeededFile:
    """An input that the job was planned with, for a worker."""
    return NeededFile(place, partial(open_again, place))


def needed_of(file: NeededFile, span: Span) -> NeededFile:
    """The same for one span: of an object in a store, no more than its bytes."""
    place = file.key
    if isinstance(place, StoredObject):
        return NeededFile(place, partial(open_again, place, [(span.start, span.stop)]))
    return file


def refuse_changed_since(source: Opened) -> None:
    """Refuse an input that is no longer what it was when the job was planned; a compressed one, as it lies there.

    Raises:
        InputChanged: its size, time of change or inode differ.
    """
    place = source.place
    if isinstance(place, StoredObject):
        try:
            place.refuse_changed()
        except NotFound as error:
            raise InputChanged(f"{error.message}, and it could be read when the job began") from error
        return
    packed = place.packed if isinstance(place, Unpacked) else None
    descriptor = open_again(place if packed is None else Place(place.root, place.relative))
    try:
        if packed is None:
            refuse_changed(source, descriptor)
        elif FileIdentity.of(descriptor) != packed:
            raise InputChanged(f"{place.path} changed while the job was reading it")
    finally:
        os.close(descriptor)
