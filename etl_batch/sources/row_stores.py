"""Rows that were picked from the spans of an input, kept as it has them: records, lines of text, Arrow tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.kernels.columns import Array
from etl_batch.sources.plain_arrays import numbers

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.sources.contract import RowStore
    from etl_batch.sources.csv_columns import Cells
    from etl_batch.sources.csv_text import CsvInput
    from etl_batch.sources.csv_types import CellType
    from etl_batch.sources.fixed_binary import BinaryInput

Places = npt.NDArray[np.int64]


@dataclass(slots=True)
class RecordStore:
    """See `contract.RowStore`: records of a binary file."""

    source: BinaryInput
    _pieces: list[Array] = field(default_factory=list)

    def add(self, picked: bytes) -> None:
        """See `RowStore.add`."""
        self._pieces.append(np.frombuffer(picked, dtype=np.uint8).reshape(-1, self.source.layout.record_size))

    def keep(self, places: Places) -> None:
        """See `RowStore.keep`."""
        self._pieces = [self._whole()[places]]

    def table(self) -> pa.Table:
        """See `RowStore.table`."""
        from etl_batch.sources.record_fields import Records, decode_field
        from etl_batch.sources.record_reader import table_of

        records = Records(self._whole())
        return table_of([decode_field(one, records) for one in self.source.layout.fields], records)

    def _whole(self) -> Array:
        nothing = np.empty((0, self.source.layout.record_size), dtype=np.uint8)
        return np.ascontiguousarray(np.concatenate([nothing, *self._pieces]))


@dataclass(slots=True)
class LineStore:
    """See `contract.RowStore`: sound rows of a CSV."""

    source: CsvInput
    types: Sequence[CellType] | None = None  #: of the columns; None: as the source has them
    _lines: list[bytes] = field(default_factory=list)

    def add(self, picked: bytes) -> None:
        """See `RowStore.add`."""
        self._lines += unpack_lines(picked)

    def keep(self, places: Places) -> None:
        """See `RowStore.keep`."""
        self._lines = [self._lines[place] for place in places.tolist()]

    def table(self) -> pa.Table:
        """See `RowStore.table`."""
        import pyarrow as pa

        from etl_batch.sources.csv_types import arrow_type

        cells, _text = self._cells()
        types = self.types or self.source.types
        fields = [(name, arrow_type(kind)) for name, kind in zip(self.source.names, types, strict=True)]
        return pa.Table.from_arrays(cells.read(types).arrays(), schema=pa.schema(fields))

    def classify(self, classes: npt.NDArray[np.uint8]) -> None:
        """Or what the cells of each column look like into `classes`, shape (columns,)."""
        cells, _text = self._cells()
        cells.classify(classes)

    def _cells(self) -> tuple[Cells, Array]:
        """The cells, and the text that they lie in."""
        from etl_batch.sources.csv_columns import Cells

        text: Array = np.frombuffer(b"".join(self._lines) + b"\0", dtype=np.uint8)
        base, file = int(text.ctypes.data), self.source.file
        return Cells.of(base, base + len(text) - 1, file.delimiter, (len(self._lines), file.columns)), text


@dataclass(slots=True)
class TableStore:
    """See `contract.RowStore`: rows of Arrow tables."""

    schema: pa.Schema
    _tables: list[pa.Table] = field(default_factory=list)

    def add(self, picked: bytes) -> None:
        """See `RowStore.add`."""
        import pyarrow as pa

        with pa.ipc.open_stream(pa.py_buffer(picked)) as stream:
            self._tables.append(stream.read_all())

    def keep(self, places: Places) -> None:
        """See `RowStore.keep`."""
        self._tables = [self.table().take(numbers(places)).combine_chunks()]

    def table(self) -> pa.Table:
        """See `RowStore.table`."""
        import pyarrow as pa

        return pa.concat_tables([pa.Table.from_batches([], schema=self.schema), *self._tables])


def tables_of(stores: Sequence[RowStore]) -> list[pa.Table]:
    """The rows of all inputs of a job, of the same types.

    CSV columns that have no type get one from the cells of all the rows here: an integer or a float where every cell
    is written as we would write one, else text.
    """
    lines = [store for store in stores if isinstance(store, LineStore)]
    if lines:
        types = _types_of(lines)
        for store in lines:
            store.types = types
    return [store.table() for store in stores]


def _types_of(stores: Sequence[LineStore]) -> list[CellType]:
    from etl_batch.sources.csv_types import inferred

    source = stores[0].source
    classes = np.zeros(source.file.columns, dtype=np.uint8)
    for store in stores:
        store.classify(classes)
    file, measures = source.file, dict(source.measures)
    settled = source.types if file.classify else file.declared
    seen = inferred(classes.tolist())
    return [measures.get(name) or kind or found for name, kind, found in zip(source.names, settled, seen, strict=True)]


def pack_lines(lines: Sequence[bytes]) -> bytes:
    """Rows of text as one run of bytes: how many, their lengths, the rows."""
    lengths = np.array([len(lines), *map(len, lines)], dtype=np.int64)
    return lengths.tobytes() + b"".join(lines)


def unpack_lines(picked: bytes) -> list[bytes]:
    """What `pack_lines` was given."""
    count = int(np.frombuffer(picked, np.int64, 1)[0])
    stops = np.cumsum(np.frombuffer(picked, np.int64, count + 1)[1:]) + 8 * (count + 1)
    starts = [8 * (count + 1), *stops.tolist()]
    return [picked[start:stop] for start, stop in pairwise(starts)]
