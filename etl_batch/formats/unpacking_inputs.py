"""The compressed inputs of a job, unpacked before they are opened: side by side in its workers, with progress."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from etl_batch.errors import InputChanged
from etl_batch.formats.opening import Opening, folder_of_output
from etl_batch.formats.packings import packing_of
from etl_batch.formats.spool import unnamed_file
from etl_batch.formats.unpacked import Unpacked
from etl_batch.formats.unpacking import Packed, members, unpack
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.paths import FileIdentity, open_input
from etl_batch.storage.roots import Place
from etl_batch.values import ProgressReport

_LONGEST_MAGIC = 16
_SECONDS = 0.25  #: between looks at how far it is


@dataclass(frozen=True, slots=True)
class _Item:
    """One file in a compressed input."""

    where: Place
    identity: FileIdentity
    packed: Packed
    member: str | None = None


def unpacked_inputs(found: Sequence[Place], is_packed: Sequence[bool], opening: Opening) -> list[Place]:
    """The inputs in their order, the compressed ones unpacked; of a zip, each file that is meant.

    Args:
        found: where they lie.
        is_packed: which of them are compressed.
        opening: what is unpacked is held until its `copies` are closed.

    Raises:
        Refused: one cannot be unpacked, or holds more than it may.
        InputChanged: somebody wrote to one meanwhile.
    """
    wholes = {where: _opened(where, opening) for where, packed in zip(found, is_packed, strict=True) if packed}
    items = {where: list(chosen) for where, chosen in _chosen(wholes, opening)}
    every = [item for chosen in items.values() for item in chosen]
    with _progress(opening, every):
        _run(opening, unpack, [item.packed for item in every])
    places: list[Place] = []
    for where in found:
        places += [_place(item, opening) for item in items[where]] if where in items else [where]
    return places


def _opened(where: Place, opening: Opening) -> _Item:
    descriptor = open_input(where)
    opening.copies.callback(os.close, descriptor)
    with reading(str(where.path)):
        kind = packing_of(os.pread(descriptor, _LONGEST_MAGIC, 0))
    if kind is None:
        raise InputChanged(f"{where.path} changed while the job was reading it")
    config = opening.config
    identity = FileIdentity.of(descriptor)
    packed = Packed(
        str(where.path), kind.called, descriptor, -1, identity.size, config.max_size_bytes, config.max_ratio,
        pattern=config.member,
    )  # fmt: skip
    return _Item(where, identity, packed)


def _chosen(wholes: dict[Place, _Item], opening: Opening) -> Iterator[tuple[Place, Iterator[_Item]]]:
    """What is to be unpacked of each input."""
    zips = [item.packed for item in wholes.values() if item.packed.has_members]
    inside = iter(_run(opening, members, zips))
    for where, item in wholes.items():
        meant = next(inside) if item.packed.has_members else ((None, None),)
        yield where, (_spooled(item, number, name, opening) for number, name in meant)


def _spooled(item: _Item, number: int | None, name: str | None, opening: Opening) -> _Item:
    """One file of an input, with a descriptor of its own, by which its progress is seen, and a place to go to."""
    descriptor, spool = open_input(item.where), unnamed_file(folder_of_output(opening.config))
    for each in (descriptor, spool):
        opening.copies.callback(os.close, each)
    packed = replace(item.packed, descriptor=descriptor, spool=spool, member=number)
    return _Item(item.where, item.identity, packed, name)


def _place(item: _Item, opening: Opening) -> Unpacked:
    if FileIdentity.of(item.packed.descriptor) != item.identity:
        raise InputChanged(f"{item.where.path} changed while the job was reading it")
    content = FileIdentity.of(item.packed.spool)
    of_zip = "" if item.member is None else f", its file {item.member}"
    opening.tell(f"{item.where.path}{of_zip}: unpacked ({item.packed.packing}), {content.size:,} bytes")
    where, packed = item.where, item.packed
    return Unpacked(
        where.root, where.relative, item.identity, packed.packing, item.member, content, os.getpid(), packed.spool
    )


def _run(opening: Opening, function: Callable[[Packed], Any], items: Sequence[Packed]) -> list[Any]:
    """In the workers of the job; here, where there are none."""
    return list(opening.run(function, items)) or [function(item) for item in items] if items else []


@contextmanager
def _progress(opening: Opening, items: Sequence[_Item]) -> Iterator[None]:
    """Report how much of the compressed files is read: workers read on where our descriptors stand."""
    progress, is_done = opening.progress, threading.Event()
    if progress is None:
        yield
        return
    total = sum(item.identity.size for item in items)

    def tell(before: int) -> int:
        done = min(sum(os.lseek(item.packed.descriptor, 0, os.SEEK_CUR) for item in items), total)
        if done != before:
            progress(ProgressReport("unpack", done, total, 0))
        return done

    def watch() -> None:
        done = 0
        while not is_done.wait(_SECONDS):
            done = tell(done)

    watcher = threading.Thread(target=watch, name="unpacking", daemon=True)
    tell(-1)
    watcher.start()
    try:
        yield
    finally:
        is_done.set()
        watcher.join()
    tell(-1)
