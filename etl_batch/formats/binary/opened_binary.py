"""Opening a binary file: its size measured, its layout found, and whether it holds whole records."""

from __future__ import annotations

import os

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.errors import EmptyInput, StoreUnsupported, TruncatedRecord
from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.binary.unsaid_years import refuse_unsaid_years
from etl_batch.formats.described.layout_files import find_layout
from etl_batch.formats.described.text_transfer import refuse_text_transfer
from etl_batch.formats.unchanged import identity_of, open_read
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.unsaid_years import LOOKED_AT
from etl_batch.storage.roots import Place
from etl_batch.storage.stored_object import StoredObject
from etl_batch.values import MIB

_HEAD_BYTES = MIB  #: that are looked at before a record is read


def open_binary(ordinal: int, where: Place, config: JobConfig) -> BinaryInput:
    """Measure a binary file, and find its layout.

    Raises:
        Refused: it cannot be opened, or is empty; its layout is missing or wrong.
    """
    descriptor = open_read(where, [(0, _HEAD_BYTES)])
    try:
        identity = identity_of(where, descriptor)
        if identity.size == 0:
            raise EmptyInput(f"{where.path} has 0 bytes")
        found = find_layout(where, config)
        if isinstance(where, StoredObject):
            refuse_unranged(where, found.layout)
        refuse_text_transfer(descriptor, identity.size, found.layout, str(where.path))
        refuse_unsaid_years(descriptor, found.layout, str(where.path))
    finally:
        os.close(descriptor)
    return BinaryInput(ordinal, where, identity, found.layout, found.notes)


def refuse_unranged(where: Place, layout: Layout) -> None:
    """Refuse records of an object in a store that are not read range by range.

    Raises:
        StoreUnsupported: they are of unequal length, of several types, or very long.
    """
    if layout.follows is not None:
        raise StoreUnsupported(f"{where.path} has records of unequal length, which are found one after the other")
    if layout.records:
        raise StoreUnsupported(f"{where.path} has records of several types, a table each")
    if layout.header_bytes + LOOKED_AT * layout.record_size > _HEAD_BYTES:
        raise StoreUnsupported(
            f"{where.path} has records of {layout.record_size:,} bytes, or a header that is too long"
        )


def refuse_surplus(source: BinaryInput, on_bad_row: OnBadRow) -> None:
    """Refuse a binary file without records, or with a part of one at its end.

    Raises:
        TruncatedRecord: its last record is incomplete, and is not to be set aside; or there is not even room for any.
        EmptyInput: there is nothing between its header and its trailer.
    """
    layout, where = source.layout, source.place.path
    if source.body_bytes < 0:
        raise TruncatedRecord(
            f"{where} has {source.identity.size} bytes, fewer than its header and trailer of "
            f"{layout.header_bytes} + {layout.trailer_bytes}"
        )
    if source.surplus_bytes and on_bad_row == OnBadRow.STRICT:
        at = layout.header_bytes + source.rows * layout.record_size
        raise TruncatedRecord(
            f"{where} ends {source.surplus_bytes} bytes into a record of {layout.record_size}, at byte {at}"
        )
    if source.body_bytes == 0:
        raise EmptyInput(f"{where} holds no record between its header and its trailer")
