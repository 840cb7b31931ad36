"""Inputs that lie in object stores: found beneath what may be used, and copied where they are not read by ranges."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.errors import EmptyInput, SizeLimit, StoreUnsupported
from etl_batch.formats.format import Format
from etl_batch.formats.opening import Opening, folder_of_output
from etl_batch.formats.spool import unnamed_file
from etl_batch.storage.object_store import ObjectStore
from etl_batch.storage.os_refusals import write_refused
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.storage.stored_object import StoredCopy, StoredObject
from etl_batch.text.store_address import Address, store_options
from etl_batch.values import GIB, MIB, ProgressReport

_STEP_BYTES = 8 * MIB


def stored_input(given: str, config: JobConfig) -> StoredObject:
    """The object that an address names, with what it is now.

    Raises:
        StoreAddress, StoreClosed: it may not be used.
        StoreUnsupported: it is a prefix.
        NotFound, StoreFailed: it is not there, or its store does not say.
    """
    address = Address.parse(given)
    address.refuse_closed(config.store_roots)
    if address.is_prefix:
        raise StoreUnsupported(f"{address.text} is a prefix, and inputs are objects", mend="name each with -i")
    found = StoredObject.found(address, ObjectStore.of(address.scheme, store_options(config.store_options)))
    if not found.identity.size:
        raise EmptyInput(f"{found.path} has 0 bytes")
    return found


def refuse_packed_objects(packed: Sequence[Place]) -> None:
    """Refuse compressed objects, before they are unpacked.

    Raises:
        StoreUnsupported: there is one.
    """
    for where in packed:
        if isinstance(where, StoredObject):
            raise StoreUnsupported(f"{where.path} is compressed", mend="unpack it first, or copy it to HOME/data")


def copied(found: Sequence[Place], kinds: Sequence[Format[Any]], opening: Opening) -> list[Place]:
    """The inputs in their order; of a store, those copied that more than one stretch is read of at a time.

    Records are read by ranges. A footer, or the end of the last row, is where only reading tells.

    Args:
        found: where they lie.
        kinds: what each is read as.
        opening: what is copied is held until its `copies` are closed.

    Raises:
        SizeLimit: all of them together are too large.
        InputChanged: somebody replaced one meanwhile.
    """
    stored = [where for where in found if isinstance(where, StoredObject)]
    if (total := sum(where.identity.size for where in stored)) > opening.config.max_size_bytes:
        limit = opening.config.max_size_bytes
        raise SizeLimit(f"the input has {total / GIB:,.3f} GiB; the limit is {limit / GIB:,g} GiB")
    return [
        _copied(where, opening) if isinstance(where, StoredObject) and not kind.by_layout else where
        for where, kind in zip(found, kinds, strict=True)
    ]


def _copied(where: StoredObject, opening: Opening) -> StoredObject:
    folder = folder_of_output(opening.config)
    descriptor = unnamed_file(folder)
    opening.copies.callback(os.close, descriptor)
    size = where.identity.size
    for start in range(0, size, _STEP_BYTES):
        if opening.progress is not None:
            opening.progress(ProgressReport("fetch", start, size, 0))
        try:
            where.read_into(descriptor, start, min(start + _STEP_BYTES, size))
        except OSError as error:
            raise write_refused(error, f"the copy of {where.path} in {folder.path}") from error
    where.refuse_changed()
    opening.tell(f"{where.path}: copied, {size:,} bytes")
    return replace(where, copy=StoredCopy(FileIdentity.of(descriptor), os.getpid(), descriptor))
