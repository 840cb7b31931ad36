"""Records that were picked from the spans of a binary file, kept as it has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.kernels.columns import Array
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.format import Places, RowStore
    from etl_batch.layouts.layout import Layout


@dataclass(slots=True)
class RecordStore:
    """See `format.RowStore`: records of a binary file."""

    layout: Layout
    _pieces: list[Array] = field(default_factory=list)

    def add(self, picked: bytes | memoryview) -> None:
        """See `RowStore.add`."""
        self._pieces.append(np.frombuffer(picked, dtype=np.uint8).reshape(-1, self.layout.stored_size))

    def keep(self, places: Places) -> None:
        """See `RowStore.keep`."""
        kept: Array = np.empty((len(places), self.layout.stored_size), dtype=np.uint8)
        first = 0
        for piece in self._pieces:
            start, stop = np.searchsorted(places, (first, first + len(piece)))
            np.take(piece, places[start:stop] - first, axis=0, out=kept[start:stop], mode="clip")
            first += len(piece)
        self._pieces = [kept]

    def settle(self, stores: Sequence[RowStore]) -> None:
        """See `RowStore.settle`: all columns have types."""

    @property
    def schema(self) -> pa.Schema:
        """See `RowStore.schema`."""
        import pyarrow as pa

        from etl_batch.formats.binary.arrow_types import arrow_type

        return pa.schema([(field.name, arrow_type(field)) for field in self.layout.fields])

    def table(self) -> pa.Table:
        """See `RowStore.table`."""
        from etl_batch.formats.binary.record_fields import decode_field
        from etl_batch.formats.binary.record_reader import table_of
        from etl_batch.formats.binary.records import Records

        records = Records(self._whole())
        return table_of([decode_field(field, records) for field in self.layout.fields], records)

    def _whole(self) -> Array:
        nothing = np.empty((0, self.layout.stored_size), dtype=np.uint8)
        return np.ascontiguousarray(np.concatenate([nothing, *self._pieces]))
