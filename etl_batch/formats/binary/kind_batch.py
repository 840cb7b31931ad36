"""The rows of a span that are of one type: picked from among the others, with what they carry of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.kind_rows import record_of
from etl_batch.formats.binary.record_kinds import (
    NOWHERE,
    OF_NO_TYPE,
    UNKNOWN,
    Holding,
    Kinds,
    Numbers,
    kinds_of,
    parents_of,
)
from etl_batch.formats.binary.record_reader import RecordBatch
from etl_batch.formats.binary.records import Records
from etl_batch.formats.binary.records_that import Stretch
from etl_batch.formats.format import Batch, RowIds, Sampling
from etl_batch.formats.shaped_batch import ShapedBatch
from etl_batch.layouts.conditions import End
from etl_batch.layouts.record_types import ancestors
from etl_batch.light_dataclass import dataclass
from etl_batch.values import Rejected, Span

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.binary.binary_input import BinaryInput
    from etl_batch.formats.output_columns import OutputColumns
    from etl_batch.kernels.columns import Column
    from etl_batch.layouts.layout import Field, Layout


@dataclass(frozen=True, slots=True)
class OfKind:
    """The records of one type of a file."""

    whole: BinaryInput  #: with all types
    kind: int  #: which; UNKNOWN: none
    layout: Layout  #: of its rows


def batch_of(source: OfKind, span: Span, records: Records, before: Holding) -> KindBatch:
    """The rows of a span.

    Args:
        source: of one type.
        span: of the file.
        records: all of the span.
        before: which records hold where it begins.
    """
    types = source.whole.layout.records
    kinds = kinds_of(types, records, Stretch(span.first_row, source.whole.rows))
    own = np.flatnonzero(kinds == source.kind)
    if source.kind == UNKNOWN:
        return KindBatch(source.layout, span, records, own[:0], dict.fromkeys(own.tolist(), OF_NO_TYPE), records)
    matrix, orphans = _with_carried(source, span, records, _Context(kinds, own, before))
    kept = np.delete(np.arange(len(own)), list(orphans))
    bad = {int(own[place]): reason for place, reason in orphans.items()}
    return KindBatch(source.layout, span, records, own[kept], bad, Records(matrix[kept] if orphans else matrix))


@dataclass(frozen=True, slots=True)
class _Context:
    kinds: Kinds
    own: npt.NDArray[np.intp]
    before: Holding


def _with_carried(
    source: OfKind, span: Span, records: Records, context: _Context
) -> tuple[npt.NDArray[np.uint8], dict[int, str]]:
    """The records of the type with what they carry behind them; and which of them lack a parent."""
    types, own = source.whole.layout.records, context.own
    kind = types[source.kind]
    size, width = records.stride, source.layout.record_size
    matrix = np.empty((len(own), width), np.uint8)
    np.take(records.bytes, own, axis=0, out=matrix[:, :size], mode="clip")
    above = ancestors(kind, types)
    orphans: dict[int, str] = {}
    numbers: dict[str, Numbers] = {}
    if above:
        found = parents_of(source.kind, types, context.kinds, span.first_row, context.before)
        for one, its in zip(above, found, strict=True):
            numbers[one.name] = its
            for place in np.flatnonzero(its == NOWHERE).tolist():
                orphans.setdefault(place, f"no record {one.name} stands before it, whose key it would carry")
    at = size
    for carried in kind.carried:
        every = numbers.get(carried.kind, np.full(len(own), _only(source, carried.kind), np.int64))
        holders = _Holders(source, span, records, every)
        for _, its_field in carried.fields:
            matrix[:, at : at + its_field.length] = holders.raw(its_field)
            at += its_field.length
    return matrix, orphans


def _only(source: OfKind, name: str) -> int:
    """The number of the record at an end of the file."""
    ends = {kind.name: kind.end for kind in source.whole.layout.records}
    return 0 if ends[name] is End.FIRST else source.whole.rows - 1


class _Holders:
    """Records by their numbers, of which the rows carry fields: those of the span, and others, read one by one."""

    def __init__(self, source: OfKind, span: Span, records: Records, numbers: Numbers) -> None:
        self._records = records
        self._inside = np.clip(numbers - span.first_row, 0, records.rows - 1)
        self._outside: list[tuple[npt.NDArray[np.bool_], npt.NDArray[np.uint8]]] = []
        is_outside = (numbers != NOWHERE) & ((numbers < span.first_row) | (numbers >= span.first_row + records.rows))
        for number in np.unique(numbers[is_outside]).tolist():
            self._outside.append((numbers == number, np.frombuffer(record_of(source.whole, number), np.uint8)))

    def raw(self, field: Field) -> npt.NDArray[np.uint8]:
        """A field of each, shape (rows, length); of one that there is none of, any bytes."""
        found = self._records.raw(field)[self._inside]
        for rows, record in self._outside:
            found[rows] = record[field.offset : field.offset + field.length]
        return found


@dataclass(slots=True)
class KindBatch:
    """See `format.Batch`. The batch within counts its rows from 0; which records these are is known here."""

    layout: Layout
    span: Span
    every: Records  #: all of the span
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
                byte=self.span.start + place * self.every.stride,
                reason=reasons[place],
                raw=self.every.bytes[place].tobytes(),
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
