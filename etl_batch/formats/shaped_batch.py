"""Rows of a span in the columns of the outputs, from the columns that their input has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.column_batch import csv_room, format_checked
from etl_batch.formats.format import Batch, RowIds, Sampling
from etl_batch.formats.noted_facts import ColumnNotes
from etl_batch.formats.output_columns import Absent, OutputColumns
from etl_batch.kernels.columns import Column, Kind
from etl_batch.light_dataclass import dataclass
from etl_batch.options.shape import SourceColumn
from etl_batch.values import Rejected

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.facts import ColumnFacts

Numbers = Callable[[], npt.NDArray[np.uint64]]  # of the rows within their input, from 1, shape (rows,)


@dataclass(frozen=True, slots=True)
class ShapedBatch:
    """See `format.Batch`: rows whose ids are their numbers, from 0."""

    batch: Batch
    names: Sequence[str]  #: of the input's columns
    shape: OutputColumns

    @property
    def rows(self) -> int:
        """See `Batch.rows`."""
        return self.batch.rows

    @property
    def rejected(self) -> Sequence[Rejected]:
        """See `Batch.rejected`."""
        return self.batch.rejected

    def csv_room(self) -> int:
        """See `Batch.csv_room`."""
        return csv_room(self._columns(), self.rows)

    def write_csv(self, out: int, counts: int, sampling: Sampling | None = None) -> int:  # noqa: ARG002
        """See `Batch.write_csv`: all of each row was checked before."""
        return format_checked(self._columns(), self.rows, out, counts)

    def table(self) -> pa.Table:
        """See `Batch.table`."""
        table = self.batch.table()
        return shaped_table([table.column(place) for place in self.shape.places], self.shape, self._numbers)

    def columns_of(self, names: Sequence[str]) -> list[Column]:
        """See `Batch.columns_of`."""
        return self.batch.columns_of(names)

    def row_ids(self) -> RowIds:
        """See `Batch.row_ids`."""
        return self.batch.row_ids()

    def note_facts(self) -> None:
        """See `Batch.note_facts`: they are looked at afterwards."""

    def facts(self) -> Sequence[ColumnFacts]:
        """See `Batch.facts`."""
        return ColumnNotes(self.written_columns()).facts(self.rows)

    def written_columns(self) -> Sequence[Column]:
        """See `Batch.written_columns`."""
        return self._columns()

    def pick(self, rows: npt.NDArray[np.uint64]) -> bytes | memoryview:
        """See `Batch.pick`."""
        return self.batch.pick(rows)

    def shaped(self, shape: OutputColumns) -> Batch:
        """See `Batch.shaped`."""
        return ShapedBatch(self.batch, self.names, shape)

    def without(self, bad: Mapping[int, str], source: int) -> Batch:
        """See `Batch.without`."""
        return self.batch.without(bad, source)

    def _columns(self) -> list[Column]:
        own = self.batch.columns_of([self.names[place] for place in self.shape.places])
        return shaped_columns(own, self.shape, self._numbers)

    def _numbers(self) -> npt.NDArray[np.uint64]:
        return self.row_ids().of(np.arange(self.rows, dtype=np.uint64)) + np.uint64(1)


def shaped_columns(own: Sequence[Column], shape: OutputColumns, numbers: Numbers) -> list[Column]:
    """The columns of the outputs for the kernels.

    Args:
        own: those that the input has, in the order of `shape.places`.
        shape: of the outputs.
        numbers: of the rows.
    """
    left = iter(own)

    def added(what: SourceColumn | Absent) -> Column:
        if isinstance(what, Absent):
            return no_values(len(numbers()))
        return _numbers(numbers()) if what is SourceColumn.ROW else _same_text(shape.file)

    return [
        next(left) if not isinstance(one.origin, SourceColumn | Absent) else added(one.origin) for one in shape.columns
    ]


def shaped_table(own: Sequence[pa.ChunkedArray], shape: OutputColumns, numbers: Numbers) -> pa.Table:
    """The same as Arrow has them."""
    import pyarrow as pa

    left = iter(own)

    def added(what: SourceColumn | Absent) -> pa.ChunkedArray:
        if isinstance(what, Absent):
            return pa.chunked_array([pa.nulls(len(numbers()), what.type)])
        if what is SourceColumn.ROW:
            return pa.chunked_array([pa.array(numbers().view(np.int64))])
        return pa.chunked_array([pa.repeat(pa.scalar(shape.file, pa.string()), len(numbers()))])

    columns = [
        next(left) if not isinstance(one.origin, SourceColumn | Absent) else added(one.origin) for one in shape.columns
    ]
    return pa.Table.from_arrays(columns, names=list(shape.names))


def _same_text(text: str) -> Column:
    """A column with the same text in each row."""
    padded = np.frombuffer(text.encode() + b"\0", dtype=np.uint8)  # a NUL at the end: blanks before it are text
    return Column(Kind.FIXED_TEXT, padded.ctypes.data, 0, width=len(padded), owners=(padded,))


def no_values(rows: int, kind: Kind = Kind.FIXED_TEXT) -> Column:
    """A column without a value in any row; of numbers it may be of any kind, for nothing is added to their sums."""
    nothing, valid = np.zeros(8, dtype=np.uint8), np.zeros(rows, dtype=np.uint8)
    return Column(kind, nothing.ctypes.data, 0, width=1, valid=valid, owners=(nothing,))


def _numbers(values: npt.NDArray[np.uint64]) -> Column:
    return Column(Kind.U64, values.ctypes.data, values.itemsize, owners=(values,))
