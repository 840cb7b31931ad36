"""The rows of a span as Arrow has them: bad ones set aside, CSV columns made only where a CSV is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.arrow.checks import NOTHING_FOUND, Found, bad_rows
from etl_batch.formats.arrow.columns import arrow_column
from etl_batch.formats.arrow.nested_json import json_values
from etl_batch.formats.arrow.plain_arrays import numbers
from etl_batch.formats.column_batch import ColumnBatch
from etl_batch.formats.format import FROM_ZERO, Batch, RowIds, Sampling
from etl_batch.formats.noted_facts import ColumnNotes
from etl_batch.light_dataclass import dataclass
from etl_batch.values import KIB, Rejected, Span

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.facts import ColumnFacts
    from etl_batch.formats.output_columns import OutputColumns
    from etl_batch.kernels.columns import Column

_RAW_BYTES = 64 * KIB  #: of a bad row that are kept
_NOTHING_LOST: Mapping[str, Found] = {}


def _at_the_start(row: int) -> int:  # noqa: ARG001 - whichever
    return 0


@dataclass(frozen=True)
class ArrowBatch:
    """See `format.Batch`."""

    good: pa.Table  #: one chunk a column
    rejected: Sequence[Rejected] = ()
    ids: RowIds = FROM_ZERO
    byte_of: Callable[[int], int] = _at_the_start  #: see `arrow_batch`

    @property
    def rows(self) -> int:
        """See `Batch.rows`."""
        return int(self.good.num_rows)

    @cached_property
    def _text(self) -> ColumnBatch:
        good = self.good  # not of this batch: a cycle would keep the rows until the collector comes by
        return ColumnBatch(self.rows, [arrow_column(one_array(column)) for column in good.columns], lambda: good)

    def csv_room(self) -> int:
        """See `Batch.csv_room`."""
        return self._text.csv_room()

    def write_csv(self, out: int, counts: int, sampling: Sampling | None = None) -> int:  # noqa: ARG002
        """See `Batch.write_csv`."""
        return self._text.write_csv(out, counts)

    def table(self) -> pa.Table:
        """See `Batch.table`."""
        return self.good

    def columns_of(self, names: Sequence[str]) -> list[Column]:
        """See `Batch.columns_of`."""
        return [arrow_column(one_array(self.good[name])) for name in names]

    def row_ids(self) -> RowIds:
        """See `Batch.row_ids`: the rows' numbers in the file."""
        return self.ids

    def note_facts(self) -> None:
        """See `Batch.note_facts`: they are looked at afterwards."""

    def facts(self) -> Sequence[ColumnFacts]:
        """See `Batch.facts`."""
        return ColumnNotes(self.written_columns()).facts(self.rows)

    def written_columns(self) -> Sequence[Column]:
        """See `Batch.written_columns`."""
        return self._text.columns

    def pick(self, rows: npt.NDArray[np.uint64]) -> bytes:
        """See `Batch.pick`."""
        import pyarrow as pa

        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self.good.schema) as stream:
            stream.write_table(self.good.take(numbers(rows)))
        return bytes(sink.getvalue())

    def shaped(self, shape: OutputColumns) -> Batch:
        """See `Batch.shaped`."""
        from etl_batch.formats.shaped_batch import ShapedBatch

        return ShapedBatch(self, self.good.column_names, shape)

    def without(self, bad: Mapping[int, str], source: int) -> Batch:
        """See `Batch.without`."""
        import pyarrow as pa

        places = list(bad)
        ids = self.ids.of(np.arange(self.rows, dtype=np.uint64))
        numbers_in_file = ids[places].tolist()
        raw = _raw_rows(self.good.take(pa.array(places, pa.int64())).combine_chunks())
        more = [
            Rejected(source, number + 1, self.byte_of(number), reason, text)
            for number, reason, text in zip(numbers_in_file, bad.values(), raw, strict=True)
        ]
        kept = np.ones(self.rows, dtype=np.bool_)
        kept[places] = False
        rejected = sorted([*self.rejected, *more], key=lambda one: one.row)
        good = self.good.filter(pa.array(kept)).combine_chunks()
        return ArrowBatch(good, rejected, RowIds(0, ids[kept]), self.byte_of)


def arrow_batch(
    table: pa.Table, span: Span, byte_of: Callable[[int], int], lost: Mapping[str, Found] = _NOTHING_LOST
) -> ArrowBatch:
    """The rows of a span, the bad ones set aside.

    Args:
        table: all its rows, of normalised types, one chunk a column.
        span: where they are from.
        byte_of: where in the file begins what a row is read with, by the row's number in the file, from 0.
        lost: by the names of columns, rows whose values are not what they were in the file, and why.
    """
    import pyarrow as pa

    reasons: dict[int, str] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        for its, reason in (bad_rows(one_array(column)), lost.get(name, NOTHING_FOUND)):
            if its is not None:
                for row in np.flatnonzero(its).tolist():
                    reasons.setdefault(row, f"column {name!r}: {reason}")
    if not reasons:
        return ArrowBatch(table, ids=RowIds(span.first_row), byte_of=byte_of)
    rows = sorted(reasons)
    raw = _raw_rows(table.take(pa.array(rows)).combine_chunks())
    rejected = [
        Rejected(span.source, span.first_row + row + 1, byte_of(span.first_row + row), reasons[row], text)
        for row, text in zip(rows, raw, strict=True)
    ]
    good = np.ones(table.num_rows, dtype=np.bool_)
    good[rows] = False
    ids = np.flatnonzero(good).astype(np.uint64) + np.uint64(span.first_row)
    return ArrowBatch(table.filter(pa.array(good)).combine_chunks(), rejected, RowIds(0, ids), byte_of)


def one_array(column: pa.ChunkedArray) -> pa.Array:
    """The column as one array; it has one chunk, or none where it has no rows."""
    import pyarrow as pa

    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _raw_rows(table: pa.Table) -> list[bytes]:
    """Each row as a JSON object of its columns, cut off where it is very long."""
    names = [json.dumps(name, ensure_ascii=False) for name in table.column_names]
    columns = [json_values(one_array(column)) for column in table.columns]
    texts = (
        "{" + ",".join(f"{name}:{text}" for name, text in zip(names, row, strict=True)) + "}"
        for row in zip(*columns, strict=True)
    )
    return [text.encode()[:_RAW_BYTES].decode("utf-8", "ignore").encode() for text in texts]
