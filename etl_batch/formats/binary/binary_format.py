"""Binary records as a format: a layout and the size of a file tell all but the values."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.formats.format import Format, Source
from etl_batch.formats.opening import Opening
from etl_batch.storage.roots import Place

if TYPE_CHECKING:
    from etl_batch.formats.binary.binary_input import BinaryInput
    from etl_batch.formats.units.unit import Reader


class BinaryFormat(Format["BinaryInput"]):
    """See `Format`."""

    name = "bin"
    called = "binary"
    endings = (".bin",)
    by_layout = True

    def open(self, ordinal: int, where: Place, opening: Opening) -> BinaryInput:
        """See `Format.open`."""
        from etl_batch.formats.binary.opened_binary import open_binary

        opened = open_binary(ordinal, where, opening.config)
        for note in opened.notes:
            opening.tell(note)
        return opened

    def notes(self, opened: BinaryInput) -> tuple[str, ...]:
        """See `Format.notes`."""
        return opened.notes

    def refuse_incomplete(self, opened: BinaryInput, on_bad_row: OnBadRow) -> None:
        """See `Format.refuse_incomplete`."""
        from etl_batch.formats.binary.opened_binary import refuse_surplus

        refuse_surplus(opened, on_bad_row)

    def source(self, opened: BinaryInput) -> Source | None:
        """See `Format.source`."""
        from etl_batch.formats.binary.occurrence_input import by_occurrences

        return by_occurrences(opened)

    def numbers(self, opened: BinaryInput, config: JobConfig) -> dict[str, bool]:
        """See `Format.numbers`."""
        from etl_batch.formats.binary.unit_columns import NUMBERS

        del config
        return {field.name: field.type in NUMBERS for field in opened.row_layout.fields}

    def units(self, opened: BinaryInput, config: JobConfig) -> AbstractContextManager[Reader]:
        """See `Format.units`: records, or pages of them."""
        from etl_batch.formats.binary.unit_reader import open_binary as open_units

        del config
        return open_units(opened)
