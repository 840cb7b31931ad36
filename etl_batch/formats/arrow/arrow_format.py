"""Arrow files as a format: their footer tells all but the rows."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from etl_batch.config import JobConfig
from etl_batch.formats.format import Format, Source
from etl_batch.formats.how_read import HowRead
from etl_batch.formats.opening import Opening
from etl_batch.storage.roots import Place
from etl_batch.text.first_rows import FirstRows

if TYPE_CHECKING:
    from etl_batch.formats.arrow.arrow_input import ArrowInput
    from etl_batch.formats.units.unit import Reader


class ArrowFormat(Format["ArrowInput"]):
    """See `Format`."""

    name = "arrow"
    called = "arrow"
    endings = (".arrow", ".feather")
    magics = (b"ARROW1", b"FEA1")

    def open(self, ordinal: int, where: Place, opening: Opening) -> ArrowInput:
        """See `Format.open`."""
        from etl_batch.formats.arrow.arrow_input import open_arrow

        del opening
        return open_arrow(ordinal, where)

    def held_bytes(self, opened: ArrowInput) -> int:
        """See `Format.held_bytes`: as its buffers have it, or its file if that is larger."""
        return max(opened.identity.size, opened.uncompressed_bytes)

    def source(self, opened: ArrowInput) -> Source:
        """See `Format.source`."""
        return opened

    def numbers(self, opened: ArrowInput, config: JobConfig) -> dict[str, bool]:
        """See `Format.numbers`."""
        from etl_batch.formats.arrow.unit_columns import is_number

        del config
        return {one.name: is_number(one.type) for one in opened.schema}

    def units(self, opened: ArrowInput, config: JobConfig) -> AbstractContextManager[Reader]:
        """See `Format.units`: record batches."""
        from etl_batch.formats.arrow.ipc_units import open_record_batches

        del config
        return open_record_batches(opened)

    def first_rows(self, where: Place, how: HowRead, rows: int) -> FirstRows:
        """See `Format.first_rows`."""
        from etl_batch.formats.arrow.ipc_first_rows import arrow_rows

        del how
        return arrow_rows(where, rows)
