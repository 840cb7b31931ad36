"""The rows of a span that were laid out as equal ones, as a `RecordBatch`; what could not be laid out is bad."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.arranged import LaidOut
from etl_batch.formats.binary.record_reader import RecordBatch
from etl_batch.formats.format import Batch, RowIds, Sampling
from etl_batch.formats.shaped_batch import ShapedBatch
from etl_batch.light_dataclass import dataclass
from etl_batch.values import Rejected, Span

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.facts import ColumnFacts
    from etl_batch.formats.output_columns import OutputColumns
    from etl_batch.kernels.columns import Column
    from etl_batch.layouts.layout import Layout


@dataclass(slots=True)
class LaidOutBatch:
    """See `format.Batch`. The batch within counts its rows from 0; which of the file these are is known here."""

    layout: Layout
    span: Span
    laid_out: LaidOut
    _inner: RecordBatch = field(init=False)

    def __post_init__(self) -> None:
        records = self.laid_out.arranged.records
        self._inner = RecordBatch(self.layout, Span(0, self.span.source, 0, 0, 0, records.rows), records)

    @property
    def rows(self) -> int:
        """See `Batch.rows`."""
        return self._inner.rows

    @property
    def rejected(self) -> Sequence[Rejected]:
        """See `Batch.rejected`."""
        lying = self.laid_out.lying
        reasons = dict(self.laid_out.arranged.reasons)
        for one in self._inner.rejected:
            reasons[self._number(one.row - 1)] = one.reason
        return [
            Rejected(
                source=self.span.source,
                row=self.span.first_row + number + 1,
                byte=lying.byte(number),
                reason=lying.reason(number, reasons[number]),
                raw=lying.raw(number),
            )
            for number in sorted(reasons)
        ]

    def csv_room(self) -> int:
        """See `Batch.csv_room`."""
        return self._inner.csv_room()

    def write_csv(self, out: int, counts: int, sampling: Sampling | None = None) -> int:
        """See `Batch.write_csv`."""
        return self._inner.write_csv(out, counts, None if sampling is None else self._renumbered(sampling))

    def table(self) -> pa.Table:
        """See `Batch.table`."""
        return self._inner.table()

    def columns_of(self, names: Sequence[str]) -> list[Column]:
        """See `Batch.columns_of`."""
        return self._inner.columns_of(names)

    def row_ids(self) -> RowIds:
        """See `Batch.row_ids`: the numbers of the rows in the file."""
        return self._ids(self._inner.row_ids(), self._inner.rows)

    def note_facts(self) -> None:
        """See `Batch.note_facts`."""
        self._inner.note_facts()

    def facts(self) -> Sequence[ColumnFacts]:
        """See `Batch.facts`."""
        return self._inner.facts()

    def written_columns(self) -> Sequence[Column]:
        """See `Batch.written_columns`."""
        return self._inner.written_columns()

    def pick(self, rows: npt.NDArray[np.uint64]) -> bytes | memoryview:
        """See `Batch.pick`: as they are laid out."""
        return self._inner.pick(rows)

    def shaped(self, shape: OutputColumns) -> Batch:
        """See `Batch.shaped`."""
        return ShapedBatch(self, self.layout.names, shape)

    def without(self, bad: Mapping[int, str], source: int) -> Batch:
        """See `Batch.without`."""
        self._inner.without(bad, source)
        return self

    def _number(self, row: int) -> int:
        """Which of all rows of the span one of the batch within is."""
        kept = self.laid_out.arranged.kept
        return row if kept is None else int(kept[row])

    def _ids(self, inner: RowIds, rows: int) -> RowIds:
        first, kept = self.span.first_row, self.laid_out.arranged.kept
        if kept is None and inner.every is None:
            return RowIds(first + inner.first)
        numbers = np.arange(inner.first, inner.first + rows, dtype=np.uint64) if inner.every is None else inner.every
        if kept is not None:
            numbers = kept.astype(np.uint64)[numbers]
        return RowIds(0, numbers + np.uint64(first))

    def _renumbered(self, sampling: Sampling) -> Sampling:
        def begun(columns: Mapping[str, Column], rows: int, ids: RowIds, /) -> tuple[int, int]:
            return sampling(columns, rows, self._ids(ids, rows))

        return begun
