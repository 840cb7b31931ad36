"""Rows that were picked from the spans of a Parquet file, kept as Arrow tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from etl_batch.formats.arrow.plain_arrays import numbers
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.format import Places, RowStore


@dataclass(slots=True)
class TableStore:
    """See `format.RowStore`: rows of Arrow tables."""

    schema: pa.Schema
    _tables: list[pa.Table] = field(default_factory=list)

    def add(self, picked: bytes | memoryview) -> None:
        """See `RowStore.add`."""
        import pyarrow as pa

        with pa.ipc.open_stream(pa.py_buffer(picked)) as stream:
            self._tables.append(stream.read_all())

    def keep(self, places: Places) -> None:
        """See `RowStore.keep`."""
        self._tables = [self.table().take(numbers(places)).combine_chunks()]

    def settle(self, stores: Sequence[RowStore]) -> None:
        """See `RowStore.settle`: all columns have types."""

    def table(self) -> pa.Table:
        """See `RowStore.table`."""
        import pyarrow as pa

        return pa.concat_tables([pa.Table.from_batches([], schema=self.schema), *self._tables])
