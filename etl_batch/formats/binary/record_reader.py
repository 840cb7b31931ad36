"""The records of a span: mapped, decoded, bad ones set aside."""

from __future__ import annotations

import ctypes
import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.record_fields import arrow_array, decode_field
from etl_batch.formats.binary.records import DecodedField, NullTexts, Records
from etl_batch.formats.column_batch import csv_room, format_checked, format_columns
from etl_batch.formats.format import Batch, RowIds, Sampling, Source
from etl_batch.formats.mapped_file import mapped_file
from etl_batch.formats.noted_facts import ColumnNotes
from etl_batch.formats.unchanged import open_again, refuse_changed
from etl_batch.formats.units.glimpse import Glimpse
from etl_batch.formats.unpacked import read_identity
from etl_batch.light_dataclass import dataclass
from etl_batch.values import Rejected, Span

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.facts import ColumnFacts
    from etl_batch.formats.output_columns import OutputColumns
    from etl_batch.kernels.columns import Column
    from etl_batch.layouts.layout import Layout

_COUNTS_BYTES = 16  #: see `Batch.write_csv`
#: All pages in one call: a page fault for every few pages costs as much as the decoding.
_MAPPED_AT_ONCE = mmap.MAP_SHARED | mmap.MAP_POPULATE


@contextmanager
def map_records(source: Source, layout: Layout, span: Span) -> Iterator[Records]:
    """Map the records of a span, read only; the mapping is gone afterwards, and no view may outlive it.

    Raises:
        InputChanged: the file is not what it was when the job was planned.
    """
    yield Records(mapped_span(source, span).reshape(-1, layout.record_size))
    # Unmapped when the last view is gone; closing it here would fail on an exception that still holds one.


def mapped_span(source: Source, span: Span) -> npt.NDArray[np.uint8]:
    """The bytes of a span, mapped read only as long as there is a view of them.

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
    return np.frombuffer(mapping, dtype=np.uint8, offset=span.start - aligned)


def glimpsed(source: Source, layout: Layout, places: Sequence[tuple[int, int]]) -> Glimpse | None:
    """See `Glimpses.glimpse`; where a record is bad, nothing is said of any."""
    size = layout.record_size
    records: list[npt.NDArray[np.uint8]] = []
    start = min(at - (at - layout.header_bytes) % size for at, _ in places)
    identity = read_identity(source.place, source.identity)
    with mapped_file(open_again(source.place), identity, (start, start), str(source.place.path)) as mapped:
        for at, stop in places:
            first = at - (at - layout.header_bytes) % size - start
            rows = max((stop - at) // size, 1)
            records.append(mapped.content[first : first + rows * size].copy().reshape(-1, size))
    every = np.concatenate(records)
    span = Span(0, 0, 0, every.nbytes, 0, len(every), 0)
    batch = RecordBatch(layout, span, Records(every))
    return None if batch.rejected else Glimpse(batch, [len(its) for its in records], every.nbytes)


def set_aside(
    layout: Layout, span: Span, records: Records, decoded: list[DecodedField]
) -> tuple[Records, list[DecodedField], list[Rejected]]:
    """Leave out rows with a bad value, and return them as what was wrong with them."""
    reasons: dict[int, str] = {}
    for found in decoded:
        bad = found.bad
        if bad is not None:
            for row in np.flatnonzero(bad):
                if int(row) not in reasons:
                    reasons[int(row)] = f"field {found.field.name!r}: {found.why_bad(int(row), records)}"
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


@dataclass(slots=True)
class RecordBatch:
    """See `format.Batch`. Rows are checked as they are formatted; where something else is asked for first, before.

    The kernel sees that a row is bad, not which: then all are checked one by one, and the good ones formatted anew.
    """

    layout: Layout
    span: Span
    _records: Records  #: all of the span; the good ones, once they are checked
    _null_texts: NullTexts = field(init=False, default_factory=NullTexts)
    _decoded: list[DecodedField] = field(init=False)
    _rejected: list[Rejected] = field(init=False, default_factory=list)
    _is_checked: bool = field(init=False, default=False)
    _ids: RowIds = field(init=False)
    _is_noting: bool = field(init=False, default=False)
    _notes: ColumnNotes | None = field(init=False, default=None)  #: of the columns as they are

    def __post_init__(self) -> None:
        records = replace(self._records, null_texts=self._null_texts)
        self._decoded = [decode_field(one, records) for one in self.layout.fields]
        self._ids = RowIds(self.span.first_row)

    @property
    def rows(self) -> int:
        """See `Batch.rows`."""
        self._check()
        return self._records.rows

    @property
    def rejected(self) -> Sequence[Rejected]:
        """See `Batch.rejected`."""
        self._check()
        return self._rejected

    def csv_room(self) -> int:
        """See `Batch.csv_room`: enough for all rows, as long as it is not known which are bad."""
        return csv_room(self._columns, self._records.rows)

    def write_csv(self, out: int, counts: int, sampling: Sampling | None = None) -> int:
        """See `Batch.write_csv`."""
        if not self._is_checked and self._kernel_sees_bad_rows():
            before = ctypes.string_at(counts, _COUNTS_BYTES) if counts else b""
            null_lines = self._null_texts.lines()
            notes = ColumnNotes(self._columns) if self._is_noting else None
            noting = notes.beside() if notes else (0, 0)
            beside = np.array([null_lines.ctypes.data, len(null_lines), *self._begun(sampling), *noting], np.uint64)
            end = format_columns(self._columns, self._records.rows, out, counts, beside.ctypes.data)
            if end:
                self._is_checked, self._notes = True, notes
                return end
            if counts:
                ctypes.memmove(counts, before, _COUNTS_BYTES)
        self._check()
        return format_checked(self._columns, self._records.rows, out, counts)

    def table(self) -> pa.Table:
        """See `Batch.table`."""
        self._check()
        return table_of(self._decoded, self._records)

    def columns_of(self, names: Sequence[str]) -> list[Column]:
        """See `Batch.columns_of`."""
        self._check()
        decoded = dict(zip(self.layout.names, self._decoded, strict=True))
        return [decoded[name].written() for name in names]

    def row_ids(self) -> RowIds:
        """See `Batch.row_ids`: the numbers of the records."""
        self._check()
        return self._ids

    def note_facts(self) -> None:
        """See `Batch.note_facts`."""
        self._is_noting = True

    def facts(self) -> Sequence[ColumnFacts]:
        """See `Batch.facts`."""
        notes = self._notes or ColumnNotes(self.written_columns())
        return notes.facts(self.rows)

    def written_columns(self) -> Sequence[Column]:
        """See `Batch.written_columns`."""
        self._check()
        return self._columns

    def pick(self, rows: npt.NDArray[np.uint64]) -> memoryview:
        """See `Batch.pick`."""
        self._check()
        return self._records.bytes.take(rows.astype(np.int64), axis=0).reshape(-1).data

    def shaped(self, shape: OutputColumns) -> Batch:
        """See `Batch.shaped`."""
        from etl_batch.formats.shaped_batch import ShapedBatch

        return ShapedBatch(self, self.layout.names, shape)

    def without(self, bad: Mapping[int, str], source: int) -> Batch:
        """See `Batch.without`."""
        self._check()
        places = list(bad)
        ids = self._ids.of(np.arange(self._records.rows, dtype=np.uint64))
        more = [
            Rejected(
                source=source,
                row=number + 1,
                byte=self.span.start + (number - self.span.first_row) * self._records.stride,
                reason=reason,
                raw=self._records.bytes[place].tobytes(),
            )
            for place, number, reason in zip(places, ids[places].tolist(), bad.values(), strict=True)
        ]
        self._rejected = sorted([*self._rejected, *more], key=lambda one: one.row)
        self._records = Records(np.delete(self._records.bytes, places, axis=0))
        self._decoded = [decode_field(one, self._records) for one in self.layout.fields]
        self._ids, self._notes = RowIds(0, np.delete(ids, places)), None
        return self

    def _begun(self, sampling: Sampling | None) -> tuple[int, int]:
        """As `kernels.rows_beside` has it."""
        if sampling is None:
            return 0, 0
        return sampling(dict(zip(self.layout.names, self._columns, strict=True)), self._records.rows, self._ids)

    def _kernel_sees_bad_rows(self) -> bool:
        """Whether all that may be wrong with a row is found as it is formatted; other checks are made now."""
        others = [one for one in self._decoded if one.find_bad is not None and not one.is_seen]
        if others:
            self._null_texts.find(self._records.rows)
        return all(one.bad is None for one in others)

    @property
    def _columns(self) -> list[Column]:
        return [one.written() for one in self._decoded]

    def _check(self) -> None:
        """Set the bad rows aside, unless that was done, or the kernel saw none."""
        if self._is_checked:
            return
        first, every = self.span.first_row, self._records.rows
        self._null_texts.find(every)
        self._records, self._decoded, self._rejected = set_aside(self.layout, self.span, self._records, self._decoded)
        self._is_checked = True
        if self._rejected:
            bad = [reject.row - 1 - first for reject in self._rejected]
            self._ids = RowIds(0, np.delete(np.arange(first, first + every, dtype=np.uint64), bad))


def table_of(decoded: list[DecodedField], records: Records) -> pa.Table:
    """Records as Arrow columns."""
    import pyarrow as pa

    arrays = [arrow_array(found, records) for found in decoded]
    # Not pa.table of a dict: that would load pandas.
    return pa.Table.from_arrays(arrays, names=[found.field.name for found in decoded])
