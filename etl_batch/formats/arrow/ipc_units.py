"""Arrow files: record batches drawn whole, only the columns that are needed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.estimate.unit_doubts import UNITS_FOR_A_TAIL
from etl_batch.formats.arrow.arrow_input import ArrowInput
from etl_batch.formats.arrow.ipc_buffers import column_buffers, stored_bytes
from etl_batch.formats.arrow.ipc_footer import IpcFooter, RecordBatchPlace, body_of, read_ipc_footer
from etl_batch.formats.arrow.ipc_reader import IpcReader
from etl_batch.formats.arrow.unit_columns import rows_of_table, whole_rows
from etl_batch.formats.unchanged import open_again, refuse_changed
from etl_batch.formats.units.unit import Bounds, Integers, Rows, Wanted, WholeRows

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class BatchReader:
    """See `units.unit.Reader`. A unit is a record batch that has rows."""

    source: ArrowInput
    descriptor: int
    footer: IpcFooter
    batches: list[RecordBatchPlace]
    unit: str = "record batch"
    size_name: str = "rows"
    least_units: int = UNITS_FOR_A_TAIL
    at_once: int = 1  #: a file of Arrow's is not for several threads
    _readers: dict[tuple[str, ...], IpcReader] = field(default_factory=dict)  #: by the columns that they read

    @property
    def bytes_read(self) -> int:
        """See `Reader.bytes_read`."""
        return sum(one.bytes_read for one in self._readers.values())

    @property
    def units(self) -> int:
        """See `Reader.units`."""
        return len(self.batches)

    @property
    def size_population(self) -> float:
        """See `Reader.size_population`."""
        return float(self.footer.rows)

    @property
    def rows_population(self) -> int:
        """See `Reader.rows_population`."""
        return self.footer.rows

    @property
    def rows_per_unit(self) -> float:
        """See `Reader.rows_per_unit`."""
        return self.footer.rows / max(self.units, 1)

    @property
    def equal(self) -> bool:
        """See `Reader.equal`."""
        return len({one.rows for one in self.batches[:-1]}) < 2

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
        columns, total = self._columns(wanted), 0
        for place in self.batches:
            where = f"{self.source.place.path}, record batch {place.number}"
            body = body_of(self.descriptor, place, where)
            nodes = column_buffers(self.footer.found, body, where)
            total += sum(stored_bytes(body, nodes[name]) for name in columns)
        return total

    def read(self, numbers: Sequence[int] | Integers, wanted: Wanted) -> Rows:
        """See `Reader.read`."""
        import pyarrow as pa

        tables = [self._table(self.batches[number], wanted) for number in numbers]
        per_unit = np.array([table.num_rows for table in tables], dtype=np.int64)
        return rows_of_table(pa.concat_tables(tables), per_unit, per_unit.astype(np.float64), wanted)

    def read_all(self, wanted: Wanted) -> Iterator[WholeRows]:
        """See `Reader.read_all`."""
        for place in self.batches:
            yield whole_rows(self._table(place, wanted), wanted)

    def _table(self, place: RecordBatchPlace, wanted: Wanted) -> pa.Table:
        columns = self._columns(wanted)
        path = self.source.place.path
        if columns not in self._readers:
            self._readers[columns] = IpcReader(self.descriptor, self.footer, path, columns)
        return self._readers[columns].read(place.first_row, place.rows)

    def _columns(self, wanted: Wanted) -> tuple[str, ...]:
        strata = (wanted.strata,) if wanted.strata else ()
        names = tuple(dict.fromkeys((*wanted.measures, *strata, *wanted.conditions)))
        return names or (self.footer.schema.names[0],)  # something must be read, or the rows are not checked


@contextmanager
def open_record_batches(source: ArrowInput) -> Iterator[BatchReader]:
    """Open an Arrow file for reading some of its record batches.

    Raises:
        InputChanged: it is not, or does not stay, what it was when it was opened.
    """
    descriptor = open_again(source.place)
    try:
        refuse_changed(source, descriptor)
        footer = read_ipc_footer(descriptor, source.place.path)
        yield BatchReader(source, descriptor, footer, [one for one in footer.batches if one.rows])
        refuse_changed(source, descriptor)
    finally:
        os.close(descriptor)
