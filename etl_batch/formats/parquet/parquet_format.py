"""Parquet as a format: its footer tells all but the rows."""

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
    from etl_batch.formats.parquet.parquet_input import ParquetInput
    from etl_batch.formats.units.unit import Reader


class ParquetFormat(Format["ParquetInput"]):
    """See `Format`."""

    name = "parquet"
    called = "parquet"
    endings = (".parquet",)
    magics = (b"PAR1", b"PARE")

    def open(self, ordinal: int, where: Place, opening: Opening) -> ParquetInput:
        """See `Format.open`."""
        from etl_batch.formats.parquet.parquet_input import open_parquet

        del opening
        return open_parquet(ordinal, where)

    def held_bytes(self, opened: ParquetInput) -> int:
        """See `Format.held_bytes`: as its footer has it, or its file if that is larger."""
        return max(opened.identity.size, opened.uncompressed_bytes)

    def source(self, opened: ParquetInput) -> Source:
        """See `Format.source`."""
        return opened

    def numbers(self, opened: ParquetInput, config: JobConfig) -> dict[str, bool]:
        """See `Format.numbers`."""
        from etl_batch.formats.arrow.unit_columns import is_number

        del config
        return {field.name: is_number(field.type) for field in opened.schema}

    def units(self, opened: ParquetInput, config: JobConfig) -> AbstractContextManager[Reader]:
        """See `Format.units`: row groups."""
        from etl_batch.formats.parquet.unit_reader import open_parquet_groups

        del config
        return open_parquet_groups(opened)

    def first_rows(self, where: Place, how: HowRead, rows: int) -> FirstRows:
        """See `Format.first_rows`."""
        from etl_batch.formats.parquet.first_rows import parquet_rows

        del how
        return parquet_rows(where, rows)
