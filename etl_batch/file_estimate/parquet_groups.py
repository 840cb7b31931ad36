"""Parquet files: row groups drawn whole, only the columns that are needed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.errors import BadRow
from etl_batch.file_estimate.arrow_rows import rows_of_table
from etl_batch.file_estimate.contract import Integers, Rows, Wanted
from etl_batch.paths import open_input
from etl_batch.sources.int96_digits import REASON
from etl_batch.sources.parquet_file import ParquetInput
from etl_batch.sources.parquet_footer import Footer, read_footer
from etl_batch.sources.parquet_reader import compressed_bytes, int96_losses, read_row_group
from etl_batch.sources.unchanged import refuse_changed

if TYPE_CHECKING:
    import pyarrow as pa

_WITHOUT = "or leave the column out of the estimate"


@dataclass
class ParquetReader:
    """See `contract.Reader`. A unit is a row group that has rows."""

    source: ParquetInput
    descriptor: int
    footer: Footer
    groups: list[int]
    bytes_read: int = 0
    unit: str = "row group"
    size_name: str = "rows"
    at_once: int = 1  #: Arrow reads the columns of a row group in parallel by itself

    @property
    def units(self) -> int:
        """See `Reader.units`."""
        return len(self.groups)

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

    def read(self, numbers: Sequence[int] | Integers, wanted: Wanted) -> Rows:
        """See `Reader.read`."""
        import pyarrow as pa

        tables = [self._table(self.groups[number], wanted) for number in numbers]
        per_unit = np.array([table.num_rows for table in tables], dtype=np.int64)
        return rows_of_table(pa.concat_tables(tables), per_unit, per_unit.astype(np.float64), wanted)

    def read_all(self, wanted: Wanted) -> Iterator[Rows]:
        """See `Reader.read_all`."""
        for number in range(self.units):
            yield self.read([number], wanted)

    def _table(self, group: int, wanted: Wanted) -> pa.Table:
        names = tuple(
            dict.fromkeys((*wanted.measures, *((wanted.strata,) if wanted.strata else ()), *wanted.conditions))
        )
        columns = names or (self.footer.schema.names[0],)  # something must be read, or the rows are not checked
        table = read_row_group(self.descriptor, self.footer, group, self.source.place.path, columns)
        lost = int96_losses(self.descriptor, self.footer, [group], self.source.place.path, table)
        for name in lost:
            raise BadRow(f"{self.source.place.path}, row group {group}, column {name!r}: {REASON}", mend=_WITHOUT)
        self.bytes_read += compressed_bytes(self.footer, group, columns)
        return table


@contextmanager
def open_parquet_groups(source: ParquetInput) -> Iterator[ParquetReader]:
    """Open a Parquet file for reading some of its row groups.

    Raises:
        InputChanged: it is not, or does not stay, what it was when it was opened.
    """
    descriptor = open_input(source.place)
    try:
        refuse_changed(source, descriptor)
        footer = read_footer(descriptor, source.place.path)
        groups = [number for number, group in enumerate(footer.groups) if group.rows]
        yield ParquetReader(source, descriptor, footer, groups)
        refuse_changed(source, descriptor)
    finally:
        os.close(descriptor)
