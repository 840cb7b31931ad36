"""The records of a span: mapped, decoded, bad ones set aside."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.paths import open_input
from etl_batch.sources.column_batch import ColumnBatch
from etl_batch.sources.record_fields import DecodedField, Records, arrow_array, decode_field
from etl_batch.sources.unchanged import refuse_changed
from etl_batch.values import Rejected, Span

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.sources.fixed_binary import BinaryInput

#: All pages in one call: a page fault for every few pages costs as much as the decoding.
_MAPPED_AT_ONCE = mmap.MAP_SHARED | mmap.MAP_POPULATE


@contextmanager
def map_records(source: BinaryInput, span: Span) -> Iterator[Records]:
    """Map the records of a span, read only; the mapping is gone afterwards, and no view may outlive it.

    Raises:
        InputChanged: the file is not what it was when the job was planned.
    """
    descriptor = open_input(source.place)
    try:
        refuse_changed(source, descriptor)
        aligned = span.start // mmap.ALLOCATIONGRANULARITY * mmap.ALLOCATIONGRANULARITY
        mapping = mmap.mmap(descriptor, span.stop - aligned, _MAPPED_AT_ONCE, mmap.PROT_READ, offset=aligned)
    finally:
        os.close(descriptor)
    flat = np.frombuffer(mapping, dtype=np.uint8, offset=span.start - aligned)
    yield Records(flat.reshape(-1, source.layout.record_size))
    # Unmapped when the last view is gone; closing it here would fail on an exception that still holds one.


def decode_records(
    source: BinaryInput, span: Span, records: Records
) -> tuple[Records, list[DecodedField], list[Rejected]]:
    """Decode every field; rows with a bad value are left out, and returned as what was wrong with them."""
    decoded = [decode_field(field, records) for field in source.layout.fields]
    reasons: dict[int, str] = {}
    for one in decoded:
        if one.bad is not None:
            for row in np.flatnonzero(one.bad):
                reasons.setdefault(int(row), f"field {one.field.name!r}: {one.reason}")
    if not reasons:
        return records, decoded, []
    bad_rows = sorted(reasons)
    rejected = [
        Rejected(
            source=source.ordinal,
            row=span.first_row + row + 1,
            byte=span.start + row * records.stride,
            reason=reasons[row],
            raw=records.bytes[row].tobytes(),
        )
        for row in bad_rows
    ]
    good = Records(np.delete(records.bytes, bad_rows, axis=0))
    return good, [decode_field(field, good) for field in source.layout.fields], rejected


def batch_of(source: BinaryInput, span: Span, mapped: Records) -> ColumnBatch:
    """The records of a span as columns, the bad ones set aside."""
    records, decoded, rejected = decode_records(source, span, mapped)

    def table() -> pa.Table:
        import pyarrow as pa

        arrays = [arrow_array(one, records) for one in decoded]
        # Not pa.table of a dict: that would load pandas.
        return pa.Table.from_arrays(arrays, names=[one.field.name for one in decoded])

    return ColumnBatch(records.rows, [one.column for one in decoded], table, rejected)
