"""Parquet files: row groups drawn whole, only the columns that are needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING

from etl_batch.errors import BadRow
from etl_batch.formats.arrow.group_units import GroupReader
from etl_batch.formats.parquet.errors import explained
from etl_batch.formats.parquet.footer import Footer, RowGroup, read_footer
from etl_batch.formats.parquet.int96_digits import REASON
from etl_batch.formats.parquet.parquet_input import ParquetInput
from etl_batch.formats.parquet.reader import compressed_bytes, int96_losses, read_row_group
from etl_batch.formats.parquet.unit_bounds import bounds_of, outstanding
from etl_batch.formats.parquet.unread import refuse_broken_columns
from etl_batch.formats.unchanged import opened_unchanged
from etl_batch.formats.units.unit import Bounds, Integers, Wanted
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

_WITHOUT = "or leave the column out of the estimate"


@dataclass
class ParquetReader(GroupReader[Footer, RowGroup]):
    """See `GroupReader`. A unit is a row group that has rows; the footer says what those can hold that are not read."""

    bytes_read: int = 0
    _bounds: dict[str, Bounds | None] = field(default_factory=dict)
    _sound: set[str] = field(default_factory=set)  #: columns of which the footer can be asked in all row groups

    @property
    def unit(self) -> str:
        """See `Reader.unit`."""
        return "row group"

    @property
    def _numbers(self) -> list[int]:
        return [group.number for group in self.groups]

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
                self._bounds[name] = bounds_of(self.footer, self._numbers, name, filtered=filtered)
        return self._bounds[name]

    def needed_bytes(self, wanted: Wanted) -> int:
        """Of the columns that have to be read, in all row groups, as they are stored."""
        columns = self.columns(wanted)
        self._refuse_broken(columns)
        with explained(f"{self.source.place.path}, footer"):
            found = sum(compressed_bytes(self.footer, number, columns) for number in self._numbers)
        return min(found, self.source.identity.size)

    def _refuse_broken(self, columns: Sequence[str]) -> None:
        """Before anything is asked of row groups that were not read."""
        unknown = [name for name in columns if name not in self._sound]
        if unknown:
            refuse_broken_columns(self.descriptor, self.footer, self._numbers, unknown, self.source.place.path)
            self._sound.update(unknown)

    def table(self, group: RowGroup, columns: tuple[str, ...]) -> pa.Table:
        """See `GroupReader.table`."""
        number, path = group.number, self.source.place.path
        table = read_row_group(self.descriptor, self.footer, number, path, columns)
        lost = int96_losses(self.descriptor, self.footer, [number], path, table)
        for name in lost:
            raise BadRow(f"{path}, row group {number}, column {name!r}: {REASON}", mend=_WITHOUT)
        self.bytes_read += compressed_bytes(self.footer, number, columns)
        return table


@contextmanager
def open_parquet_groups(source: ParquetInput) -> Iterator[ParquetReader]:
    """Open a Parquet file for reading some of its row groups.

    Raises:
        InputChanged: it is not, or does not stay, what it was when it was opened.
    """
    with opened_unchanged(source) as descriptor:
        footer = read_footer(descriptor, source.place.path)
        yield ParquetReader(source, descriptor, footer, [group for group in footer.groups if group.rows])
