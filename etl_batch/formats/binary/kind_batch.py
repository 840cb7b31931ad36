"""The rows of a span that are of one type: picked from among the others, with what they carry of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.kind_carrying import Carrying, OfKind
from etl_batch.formats.binary.kind_records import KindRecords
from etl_batch.formats.binary.kinds_walk import Before
from etl_batch.formats.binary.record_kinds import UNKNOWN, kinds_of
from etl_batch.formats.binary.record_reader import RecordBatch
from etl_batch.formats.binary.records import Records
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


def batch_of(of: OfKind, span: Span, every: KindRecords, before: Before) -> KindBatch:
    """The rows of a span.

    Args:
        of: which they are.
        span: of the file.
        every: all of its records.
        before: which records hold where it begins.
    """
    found = kinds_of(of.types, every, span.first_row, of.count)
    own = np.flatnonzero(found.kinds == of.kind)
    if of.kind == UNKNOWN:
        bad = {place: found.problem(place) for place in own.tolist()}
        return KindBatch(of.layout, span, every, own[:0], bad, _none_of(of.layout))
    laid = every.arranged(own, of.types[of.kind].layout)
    bad = {int(own[place]): reason for place, reason in laid.reasons.items()}
    matrix, orphans = Carrying(of, every, span.first_row, found.kinds, before).with_carried(laid)
    own = own[laid.places]
    bad |= {int(own[row]): reason for row, reason in orphans.items()}
    kept = np.delete(np.arange(len(own)), list(orphans))
    return KindBatch(of.layout, span, every, own[kept], bad, Records(matrix[kept] if orphans else matrix))


@dataclass(slots=True)
class KindBatch:
    """See `format.Batch`. The batch within counts its rows from 0; which records these are is known here."""

    layout: Layout
    span: Span
    every: KindRecords  #: all of the span
    own: npt.NDArray[np.intp]  #: shape (rows,): the places of the records that may be good
    bad: dict[int, str]  #: of others, by their places, what is wrong with them
    records: Records  #: as rows: those that may be good
    _inner: RecordBatch = field(init=False)

    def __post_init__(self) -> None:
        span = Span(0, self.span.source, 0, 0, 0, self.records.rows)
        self._inner = RecordBatch(self.layout, span, self.records if len(self.own) else _none_of(self.layout))

    @property
    def rows(self) -> int:
        """See `Batch.rows`."""
        return self._inner.rows

    @property
    def rejected(self) -> Sequence[Rejected]:
        """See `Batch.rejected`."""
        reasons = dict(self.bad)
        for one in self._inner.rejected:
            reasons[int(self.own[one.row - 1])] = one.reason
        return [
            Rejected(
                source=self.span.source,
                row=self.span.first_row + place + 1,
                byte=self.every.byte(place),
                reason=reasons[place],
                raw=self.every.raw(place),
            )
            for place in sorted(reasons)
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
        """See `Batch.row_ids`: the numbers of the records in the file."""
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
        """See `Batch.pick`: with what they carry."""
        return self._inner.pick(rows)

    def shaped(self, shape: OutputColumns) -> Batch:
        """See `Batch.shaped`."""
        return ShapedBatch(self, self.layout.names, shape)

    def without(self, bad: Mapping[int, str], source: int) -> Batch:
        """See `Batch.without`."""
        self._inner.without(bad, source)
        return self

    def _ids(self, inner: RowIds, rows: int) -> RowIds:
        numbers = self.own.astype(np.uint64) + np.uint64(self.span.first_row)
        places = np.arange(inner.first, inner.first + rows) if inner.every is None else inner.every.astype(np.int64)
        return RowIds(0, numbers[places])

    def _renumbered(self, sampling: Sampling) -> Sampling:
        def begun(columns: Mapping[str, Column], rows: int, ids: RowIds, /) -> tuple[int, int]:
            return sampling(columns, rows, self._ids(ids, rows))

        return begun


def _none_of(layout: Layout) -> Records:
    return Records(np.empty((0, layout.record_size), np.uint8))
