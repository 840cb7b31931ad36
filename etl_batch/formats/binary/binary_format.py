"""Binary records as a format: a layout and the size of a file tell all but the values."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.errors import EmptyInput, TruncatedRecord
from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.format import Format, Source
from etl_batch.formats.layout_files import find_layout
from etl_batch.formats.opening import Opening
from etl_batch.storage.paths import FileIdentity, open_input
from etl_batch.storage.roots import Place

if TYPE_CHECKING:
    from etl_batch.formats.units.unit import Reader


class BinaryFormat(Format[BinaryInput]):
    """See `Format`."""

    name = "bin"
    called = "binary"
    endings = (".bin",)
    by_layout = True

    def open(self, ordinal: int, where: Place, opening: Opening) -> BinaryInput:
        """See `Format.open`."""
        return open_binary(ordinal, where, opening.config)

    def refuse_incomplete(self, opened: BinaryInput, on_bad_row: OnBadRow) -> None:
        """See `Format.refuse_incomplete`."""
        refuse_surplus(opened, on_bad_row)

    def source(self, opened: BinaryInput) -> Source:
        """See `Format.source`."""
        return opened

    def numbers(self, opened: BinaryInput, config: JobConfig) -> dict[str, bool]:
        """See `Format.numbers`."""
        from etl_batch.formats.binary.unit_columns import NUMBERS

        del config
        return {field.name: field.type in NUMBERS for field in opened.layout.fields}

    def units(self, opened: BinaryInput, config: JobConfig) -> AbstractContextManager[Reader]:
        """See `Format.units`: records, or pages of them."""
        from etl_batch.formats.binary.unit_reader import open_binary as open_units

        del config
        return open_units(opened)


def open_binary(ordinal: int, where: Place, config: JobConfig) -> BinaryInput:
    """Measure a binary file, and find its layout.

    Raises:
        Refused: it cannot be opened, or is empty; its layout is missing or wrong.
    """
    descriptor = open_input(where)
    try:
        identity = FileIdentity.of(descriptor)
    finally:
        os.close(descriptor)
    if identity.size == 0:
        raise EmptyInput(f"{where.path} has 0 bytes")
    return BinaryInput(ordinal, where, identity, find_layout(where, config))


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
