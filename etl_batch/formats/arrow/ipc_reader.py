"""Record batches of an Arrow file: mapped into memory, every offset looked at, every failure a clear error."""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from etl_batch.errors import FormatCorrupt
from etl_batch.formats.arrow.errors import explained
from etl_batch.formats.arrow.ipc_buffers import column_buffers, refuse_false_nulls, stored_bytes
from etl_batch.formats.arrow.ipc_footer import IpcFooter, RecordBatchPlace, body_of
from etl_batch.formats.arrow.normalising import normalised_array
from etl_batch.formats.arrow.sound import refuse_unsound
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True)
class IpcReader:
    """An open Arrow file. What is not compressed is read where it is mapped; dictionaries are read once."""

    descriptor: int  #: of the file, open whenever something is read; what is mapped outlasts it
    footer: IpcFooter
    path: Path
    columns: Sequence[str] | None = None  #: those to read; None: all
    bytes_read: int = 0  #: of the buffers that were asked for
    _opened: pa.RecordBatchFileReader | None = None
    _last: tuple[int, pa.RecordBatch] | None = None  #: for who reads on in it
    _names: list[str] = field(default_factory=list)

    def read(self, first_row: int, count: int) -> pa.Table:
        """Some rows, in normalised types, one chunk a column.

        Raises:
            FormatCorrupt, FormatUnsupported, OutOfMemory: they cannot be read.
        """
        import pyarrow as pa

        tables = []
        for place in self.footer.groups_of(first_row, count):
            start = max(first_row - place.first_row, 0)
            stop = min(first_row + count - place.first_row, place.rows)
            tables.append(self._rows(place, start, stop - start))
        where = str(self.path)
        if not tables:
            return self.footer.schema.empty_table().select(self.names)
        with explained(where):
            return tables[0] if len(tables) == 1 else _one_chunk(pa.concat_tables(tables))

    @property
    def names(self) -> list[str]:
        """Of the columns that are read, in the order of the file."""
        if not self._names:
            every: list[str] = self.footer.schema.names
            self._names = [name for name in every if self.columns is None or name in self.columns]
        return self._names

    def _rows(self, place: RecordBatchPlace, start: int, count: int) -> pa.Table:
        import pyarrow as pa

        where = f"{self.path}, record batch {place.number}"
        batch = self._batch(place, where)
        with explained(where):
            arrays = []
            for name in self.names:
                what = f"{where}, column {name!r}"
                with explained(what):
                    array = batch.column(self.names.index(name)).slice(start, count)
                    refuse_unsound(array, what)
                    arrays.append(normalised_array(array, what))
            schema = pa.schema([self.footer.schema.field(name) for name in self.names])
            return pa.Table.from_arrays(arrays, schema=schema)

    def _batch(self, place: RecordBatchPlace, where: str) -> pa.RecordBatch:
        """A record batch, decompressed; what it says of its length and its nulls is true."""
        if self._last is not None and self._last[0] == place.number:
            return self._last[1]
        self._last = None  # before the next one is decompressed
        body = body_of(self.descriptor, place, where)
        with explained(where):
            columns = column_buffers(self.footer.found, body, where)
            wanted = {name: columns[name] for name in self.names}
            refuse_false_nulls(self.descriptor, body, wanted, where)
            batch = self._file().get_batch(place.number)
            batch.validate()
        if batch.num_rows != place.rows:
            raise FormatCorrupt(f"{where}: {batch.num_rows} rows, {place.rows} expected")
        self.bytes_read += sum(stored_bytes(body, nodes) for nodes in wanted.values())
        self._last = place.number, batch
        return batch

    def _file(self) -> pa.RecordBatchFileReader:
        import pyarrow as pa

        if self._opened is None:
            mapping = mmap.mmap(self.descriptor, 0, mmap.MAP_SHARED, mmap.PROT_READ)
            every = self.footer.found.names
            fields = [every.index(name) for name in self.names]
            options = pa.ipc.IpcReadOptions(
                included_fields=fields, ensure_alignment=pa.ipc.Alignment.DataTypeSpecific, use_threads=False
            )
            self._opened = pa.ipc.open_file(pa.py_buffer(mapping), options=options)
        return self._opened


def _one_chunk(table: pa.Table) -> pa.Table:
    return table.combine_chunks()
