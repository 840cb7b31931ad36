"""The rows of a span as columns, which the formatting kernel writes and Arrow takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl_batch.kernels.columns import Column, describe
from etl_batch.kernels.format_rows import format_rows
from etl_batch.values import Rejected

if TYPE_CHECKING:
    import pyarrow as pa

_SLACK_BYTES = 64  #: number writers store whole words


@dataclass(frozen=True, slots=True)
class ColumnBatch:
    """See `format.Batch`."""

    rows: int
    columns: Sequence[Column]  #: each of `rows` values
    make_table: Callable[[], pa.Table]
    rejected: Sequence[Rejected] = ()

    def csv_room(self) -> int:
        """See `Batch.csv_room`."""
        return sum(column.longest_cells(self.rows) + self.rows for column in self.columns) + _SLACK_BYTES

    def write_csv(self, out: int, counts: int) -> int:
        """See `Batch.write_csv`."""
        return int(format_rows(describe(self.columns), 0, self.rows, out, counts))

    def table(self) -> pa.Table:
        """See `Batch.table`."""
        return self.make_table()
