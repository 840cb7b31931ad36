"""Parquet files: row groups drawn whole, only the columns that are needed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.errors import BadRow
from etl_batch.estimate.unit_doubts import UNITS_FOR_A_TAIL
from etl_batch.formats.arrow.unit_columns import rows_of_table, whole_rows
from etl_batch.formats.parquet.errors import explained
from etl_batch.formats.parquet.footer import Footer, read_footer
from etl_batch.formats.parquet.int96_digits import REASON
from etl_batch.formats.parquet.parquet_input import ParquetInput
from etl_batch.formats.parquet.reader import compressed_bytes, int96_losses, read_row_group
from etl_batch.formats.parquet.unit_bounds import bounds_of, outstanding
from etl_batch.formats.parquet.unread import refuse_broken_columns
from etl_batch.formats.unchanged import open_again, refuse_changed
from etl_batch.formats.units.unit import Bounds, Integers, Rows, Wanted, WholeRows

if TYPE_CHECKING:
    import pyarrow as pa

_WITHOUT = "or leave the column out of the estimate"


@dataclass
class ParquetReader:
    """See `unit.Reader`. A unit is a row group that has rows."""

    source: ParquetInput
    descriptor: int
    footer: Footer
    groups: list[int]
    bytes_read: int = 0
    unit: str = "row group"
    size_name: str = "rows"
    least_units: int = UNITS_FOR_A_TAIL  #: the footer says what the others can hold
    at_once: int = 1  #: Arrow reads the columns of a row group in parallel by itself
    _bounds: dict[str, Bounds | None] = field(default_factory=dict)
    _sound: set[str] = field(default_factory=set)  #: columns of which the footer can be asked in all row groups

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

    @property
    def equal(self) -> bool:
        """See `Reader.equal`."""
        return len({self.footer.groups[number].rows for number in self.groups[:-1]}) < 2

    def outstanding(self, wanted: Wanted, most: int) -> Integers:
        """See `Reader.outstanding`."""
        filtered = wanted.where is not None
        known = (self.bounds(name, filtered=filtered) for name in wanted.measures)
        return outstanding([bound for bound in known if bound is not None], most)

    def bounds(self, name: str, *, filtered: bool) -> Bounds | None:
        """See `Reader.bounds`."""
        if name not in self._bounds:
            self._refuse_broken((name,) if name in self.footer.schema.names else ())
            with explained(f"{self.source.place.path}, footer"):
                self._bounds[name] = bounds_of(self.footer, self.groups, name, filtered=filtered)
        return self._bounds[name]

    def needed_bytes(self, wanted: Wanted) -> int:
        """Of the columns that have to be read, in all row groups, as they are stored."""
        columns = self._columns(wanted)
        self._refuse_broken(columns)
        with explained(f"{self.source.place.path}, footer"):
            found = sum(compressed_bytes(self.footer, number, columns) for number in self.groups)
        return min(found, self.source.identity.size)

    def _refuse_broken(self, columns: Sequence[str]) -> None:
        """Before anything is asked of row groups that were not read."""
        unknown = [name for name in columns if name not in self._sound]
        if unknown:
            refuse_broken_columns(self.descriptor, self.footer, self.groups, unknown, self.source.place.path)
            self._sound.update(unknown)

    def read(self, numbers: Sequence[int] | Integers, wanted: Wanted) -> Rows:
        """See `Reader.read`."""
        import pyarrow as pa

        tables = [self._table(self.groups[number], wanted) for number in numbers]
        per_unit = np.array([table.num_rows for table in tables], dtype=np.int64)
        return rows_of_table(pa.concat_tables(tables), per_unit, per_unit.astype(np.float64), wanted)

    def read_all(self, wanted: Wanted) -> Iterator[WholeRows]:
        """See `Reader.read_all`."""
        for group in self.groups:
            yield whole_rows(self._table(group, wanted), wanted)

    def _table(self, group: int, wanted: Wanted) -> pa.Table:
        columns = self._columns(wanted)
        table = read_row_group(self.descriptor, self.footer, group, self.source.place.path, columns)
        lost = int96_losses(self.descriptor, self.footer, [group], self.source.place.path, table)
        for name in lost:
            raise BadRow(f"{self.source.place.path}, row group {group}, column {name!r}: {REASON}", mend=_WITHOUT)
        self.bytes_read += compressed_bytes(self.footer, group, columns)
        return table

    def _columns(self, wanted: Wanted) -> tuple[str, ...]:
        strata = (wanted.strata,) if wanted.strata else ()
        names = tuple(dict.fromkeys((*wanted.measures, *strata, *wanted.conditions)))
        return names or (self.footer.schema.names[0],)  # something must be read, or the rows are not checked


@contextmanager
def open_parquet_groups(source: ParquetInput) -> Iterator[ParquetReader]:
    """Open a Parquet file for reading some of its row groups.

    Raises:
        InputChanged: it is not, or does not stay, what it was when it was opened.
    """
    descriptor = open_again(source.place)
    try:
        refuse_changed(source, descriptor)
        footer = read_footer(descriptor, source.place.path)
        groups = [number for number, group in enumerate(footer.groups) if group.rows]
        yield ParquetReader(source, descriptor, footer, groups)
        refuse_changed(source, descriptor)
    finally:
        os.close(descriptor)
