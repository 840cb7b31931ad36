"""The rows of a span as columns, which the formatting kernel writes and Arrow takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from etl_batch.kernels.columns import Column, describe
from etl_batch.kernels.format_rows import format_rows
from etl_batch.light_dataclass import dataclass
from etl_batch.values import Rejected

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.format import Sampling

_SLACK_BYTES = 64  #: number writers store whole words


def csv_room(columns: Sequence[Column], rows: int) -> int:
    """The most bytes that `format_columns` can write."""
    return sum(column.longest_cells(rows) + rows for column in columns) + _SLACK_BYTES


def format_columns(columns: Sequence[Column], rows: int, out: int, counts: int, beside: int = 0) -> int:
    """Write rows as CSV lines; `out` and `counts` as for `Batch.write_csv`, `beside` as for `format_rows`.

    Returns:
        The address behind them; 0: a value is not what its kind allows, and nothing of it counts.
    """
    return int(format_rows(describe(columns), 0, rows, out, counts, beside))


def format_checked(columns: Sequence[Column], rows: int, out: int, counts: int) -> int:
    """As `format_columns`, of values that were checked."""
    end = format_columns(columns, rows, out, counts)
    if not end:
        raise RuntimeError("the kernel refuses a value that was checked")
    return end


@dataclass(frozen=True, slots=True)
class ColumnBatch:
    """See `format.Batch`."""

    rows: int
    columns: Sequence[Column]  #: each of `rows` values
    make_table: Callable[[], pa.Table]
    rejected: Sequence[Rejected] = ()

    def csv_room(self) -> int:
        """See `Batch.csv_room`."""
        return csv_room(self.columns, self.rows)

    def write_csv(self, out: int, counts: int, sampling: Sampling | None = None) -> int:  # noqa: ARG002
        """See `Batch.write_csv`."""
        return format_checked(self.columns, self.rows, out, counts)

    def table(self) -> pa.Table:
        """See `Batch.table`."""
        return self.make_table()
