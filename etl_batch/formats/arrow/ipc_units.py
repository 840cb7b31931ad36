"""Arrow files: record batches drawn whole, only the columns that are needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.formats.arrow.arrow_input import ArrowInput
from etl_batch.formats.arrow.group_units import GroupReader
from etl_batch.formats.arrow.ipc_buffers import column_buffers, stored_bytes
from etl_batch.formats.arrow.ipc_footer import IpcFooter, RecordBatchPlace, body_of, read_ipc_footer
from etl_batch.formats.arrow.ipc_reader import IpcReader
from etl_batch.formats.unchanged import opened_unchanged
from etl_batch.formats.units.unit import Bounds, Integers, Wanted
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class BatchReader(GroupReader[IpcFooter, RecordBatchPlace]):
    """See `GroupReader`. A unit is a record batch that has rows."""

    _readers: dict[tuple[str, ...], IpcReader] = field(default_factory=dict)  #: by the columns that they read

    @property
    def unit(self) -> str:
        """See `Reader.unit`."""
        return "record batch"

    @property
    def bytes_read(self) -> int:
        """See `Reader.bytes_read`."""
        return sum(reader.bytes_read for reader in self._readers.values())

    def outstanding(self, wanted: Wanted, most: int) -> Integers:
        """See `Reader.outstanding`: nothing is said of batches that were not read."""
        del wanted, most
        return np.empty(0, np.int64)

    def bounds(self, name: str, *, filtered: bool) -> Bounds | None:
        """See `Reader.bounds`: nothing is said of batches that were not read."""
        del name, filtered
        return None

    def needed_bytes(self, wanted: Wanted) -> int:
        """Of the columns that have to be read, in all record batches, as they are stored."""
        columns, total = self.columns(wanted), 0
        for place in self.groups:
            where = f"{self.source.place.path}, record batch {place.number}"
            body = body_of(self.descriptor, place, where)
            nodes = column_buffers(self.footer.found, body, where)
            total += sum(stored_bytes(body, nodes[name]) for name in columns)
        return total

    def table(self, group: RecordBatchPlace, columns: tuple[str, ...]) -> pa.Table:
        """See `GroupReader.table`."""
        if columns not in self._readers:
            self._readers[columns] = IpcReader(self.descriptor, self.footer, self.source.place.path, columns)
        return self._readers[columns].read(group.first_row, group.rows)


@contextmanager
def open_record_batches(source: ArrowInput) -> Iterator[BatchReader]:
    """Open an Arrow file for reading some of its record batches.

    Raises:
        InputChanged: it is not, or does not stay, what it was when it was opened.
    """
    with opened_unchanged(source) as descriptor:
        footer = read_ipc_footer(descriptor, source.place.path)
        yield BatchReader(source, descriptor, footer, [group for group in footer.groups if group.rows])
