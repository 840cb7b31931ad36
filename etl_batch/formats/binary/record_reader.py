"""The records of a span: mapped, decoded, bad ones set aside."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.record_fields import arrow_array, decode_field
from etl_batch.formats.binary.records import DecodedField, Records
from etl_batch.formats.column_batch import ColumnBatch
from etl_batch.formats.format import FROM_ZERO, RowIds, Source
from etl_batch.formats.unchanged import open_again, refuse_changed
from etl_batch.values import Rejected, Span

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.kernels.columns import Column
    from etl_batch.layouts.layout import Layout

#: All pages in one call: a page fault for every few pages costs as much as the decoding.
_MAPPED_AT_ONCE = mmap.MAP_SHARED | mmap.MAP_POPULATE


@contextmanager
def map_records(source: Source, layout: Layout, span: Span) -> Iterator[Records]:
    """Map the records of a span, read only; the mapping is gone afterwards, and no view may outlive it.

    Raises:
        InputChanged: the file is not what it was when the job was planned.
    """
    descriptor = open_again(source.place)
    try:
        refuse_changed(source, descriptor)
        aligned = span.start // mmap.ALLOCATIONGRANULARITY * mmap.ALLOCATIONGRANULARITY
        mapping = mmap.mmap(descriptor, span.stop - aligned, _MAPPED_AT_ONCE, mmap.PROT_READ, offset=aligned)
    finally:
        os.close(descriptor)
    flat = np.frombuffer(mapping, dtype=np.uint8, offset=span.start - aligned)
    yield Records(flat.reshape(-1, layout.record_size))
    # Unmapped when the last view is gone; closing it here would fail on an exception that still holds one.


def decode_records(layout: Layout, span: Span, records: Records) -> tuple[Records, list[DecodedField], list[Rejected]]:
    """Decode every field; rows with a bad value are left out, and returned as what was wrong with them."""
    decoded = [decode_field(field, records) for field in layout.fields]
    reasons: dict[int, str] = {}
    for found in decoded:
        if found.bad is not None:
            for row in np.flatnonzero(found.bad):
                reasons.setdefault(int(row), f"field {found.field.name!r}: {found.reason}")
    if not reasons:
        return records, decoded, []
    bad_rows = sorted(reasons)
    rejected = [
        Rejected(
            source=span.source,
            row=span.first_row + row + 1,
            byte=span.start + row * records.stride,
            reason=reasons[row],
            raw=records.bytes[row].tobytes(),
        )
        for row in bad_rows
    ]
    good = Records(np.delete(records.bytes, bad_rows, axis=0))
    return good, [decode_field(field, good) for field in layout.fields], rejected


@dataclass(frozen=True, slots=True)
class RecordBatch(ColumnBatch):
    """See `format.Batch`."""

    names: tuple[str, ...] = ()  #: of the columns
    records: Records | None = None
    ids: RowIds = FROM_ZERO

    def columns_of(self, names: Sequence[str]) -> list[Column]:
        """See `Batch.columns_of`."""
        return [self.columns[self.names.index(name)] for name in names]

    def row_ids(self) -> RowIds:
        """See `Batch.row_ids`: the numbers of the records."""
        return self.ids

    def pick(self, rows: npt.NDArray[np.uint64]) -> bytes:
        """See `Batch.pick`."""
        return b"" if self.records is None else self.records.bytes[rows].tobytes()


def batch_of(layout: Layout, span: Span, mapped: Records) -> RecordBatch:
    """The records of a span as columns, the bad ones set aside."""
    records, decoded, rejected = decode_records(layout, span, mapped)

    def table() -> pa.Table:
        return table_of(decoded, records)

    ids = RowIds(span.first_row)
    if rejected:
        every = np.arange(span.first_row, span.first_row + mapped.rows, dtype=np.uint64)
        ids = RowIds(0, np.delete(every, [reject.row - 1 - span.first_row for reject in rejected]))
    columns = [found.column for found in decoded]
    return RecordBatch(records.rows, columns, table, rejected, layout.names, records, ids)


def table_of(decoded: list[DecodedField], records: Records) -> pa.Table:
    """Records as Arrow columns."""
    import pyarrow as pa

    arrays = [arrow_array(found, records) for found in decoded]
    # Not pa.table of a dict: that would load pandas.
    return pa.Table.from_arrays(arrays, names=[found.field.name for found in decoded])
