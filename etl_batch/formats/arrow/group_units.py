"""Groups of rows drawn whole, only the columns that are needed: what Parquet and Arrow files have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from etl_batch.estimate.unit_doubts import UNITS_FOR_A_TAIL
from etl_batch.formats.arrow.grouped_input import GroupedFooter, GroupedInput
from etl_batch.formats.arrow.plan import Group
from etl_batch.formats.arrow.unit_columns import rows_of_table, whole_rows
from etl_batch.formats.units.unit import Integers, Rows, Wanted, WholeRows
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

Footer = TypeVar("Footer", bound=GroupedFooter)
Unit = TypeVar("Unit", bound=Group)


@dataclass
class GroupReader(ABC, Generic[Footer, Unit]):
    """See `units.unit.Reader`. A unit is a group that has rows."""

    source: GroupedInput
    descriptor: int
    footer: Footer
    groups: list[Unit]

    @abstractmethod
    def table(self, group: Unit, columns: tuple[str, ...]) -> pa.Table:
        """These columns of a group, as the file has them."""

    @property
    def units(self) -> int:
        """See `Reader.units`."""
        return len(self.groups)

    @property
    def size_name(self) -> str:
        """See `Reader.size_name`."""
        return "rows"

    @property
    def least_units(self) -> int:
        """See `Reader.least_units`."""
        return UNITS_FOR_A_TAIL

    @property
    def at_once(self) -> int:
        """See `Reader.at_once`: Arrow reads the columns of a group in parallel by itself."""
        return 1

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
        return len({group.rows for group in self.groups[:-1]}) < 2

    def read(self, numbers: Sequence[int] | Integers, wanted: Wanted) -> Rows:
        """See `Reader.read`."""
        import pyarrow as pa

        columns = self.columns(wanted)
        tables = [self.table(self.groups[number], columns) for number in numbers]
        per_unit = np.array([table.num_rows for table in tables], dtype=np.int64)
        return rows_of_table(pa.concat_tables(tables), per_unit, per_unit.astype(np.float64), wanted)

    def read_all(self, wanted: Wanted) -> Iterator[WholeRows]:
        """See `Reader.read_all`."""
        columns = self.columns(wanted)
        for group in self.groups:
            yield whole_rows(self.table(group, columns), wanted)

    def columns(self, wanted: Wanted) -> tuple[str, ...]:
        """Those that a question needs; the first, where it needs none: rows that nobody reads are not checked."""
        strata = (wanted.strata,) if wanted.strata else ()
        names = tuple(dict.fromkeys((*wanted.measures, *strata, *wanted.conditions)))
        return names or (self.footer.schema.names[0],)
