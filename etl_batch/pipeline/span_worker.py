"""What one worker does with one span: map, check, decode, format, encode; then write where the parent says."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.accumulators.accumulator import Learned
from etl_batch.contracts.findings import is_by_rule
from etl_batch.errors import BadRow, EtlError
from etl_batch.formats.format import Batch, Placed, Source
from etl_batch.kernels.columns import Array
from etl_batch.kernels.redialect_job import SLACK_BYTES
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import handed
from etl_batch.machine.shared_buffers import OwnBuffers
from etl_batch.pipeline.span_job import Grant, SpanJob, TableJob
from etl_batch.storage.part_file import write_all
from etl_batch.storage.paths import open_existing
from etl_batch.storage.roots import Place
from etl_batch.text.written_dialect import WrittenDialect
from etl_batch.values import PartResult, Rejected, Span

if TYPE_CHECKING:
    from etl_batch.formats.output_columns import OutputColumns
    from etl_batch.pipeline.key_file import SpanKeys
    from etl_batch.sampling.plan import SamplePlan
    from etl_batch.sampling.span_sampler import SpanSampler

_NOTHING = b""


@dataclass(slots=True)
class SpanWorker:
    """Formats one span at a time and holds its output until it is granted a place."""

    job: SpanJob
    buffers: OwnBuffers = field(default_factory=OwnBuffers)
    _buffer: Array = field(default_factory=lambda: np.empty(0, dtype=np.uint8))  #: where none is shared
    _lines: Array = field(default_factory=lambda: np.empty(0, dtype=np.uint8))  #: before they get another dialect
    _shared: int | None = None  #: the number of the buffer that holds the CSV, where one is shared
    _csv: memoryview = field(default_factory=lambda: memoryview(_NOTHING))
    _pages: memoryview | bytes = _NOTHING
    _sampled: memoryview | bytes = _NOTHING  #: the rows for the sample
    _keys: bytes = _NOTHING  #: of the rows
    _descriptors: dict[Hashable, int] = field(default_factory=dict)
    _sampler: SpanSampler | None = None  #: of the table of the last span
    _table: TableJob | None = None  #: that the last span belongs to
    _span: Span | None = None  #: that was formatted last
    _schema_said: bool = False  #: of that table

    def format(self, span: Span) -> PartResult:
        """Make the span's output, in memory.

        Raises:
            BadRow: a row is broken, and bad rows are not to be set aside.
            InputChanged: the input is not what it was.
        """
        source, table = self.job.sources[span.source], self.job.table_of(span)
        shape = table.shape_of(span)
        if table is not self._table:  # they come one after the other
            self._table, self._sampler, self._schema_said = table, None, False
        if self._span is not None and self._span.ordinal == span.ordinal:
            self._sampler = None  # it has seen rows of this span that are none
        self._span = span
        with source.read(span) as as_read:
            learned = [one.begin() for one in table.accumulators]
            kept, refused_before = self._kept(as_read, learned, span.source)
            batch = kept if shape is None else kept.shaped(shape)
            for one in table.accumulators:
                one.expect(batch)
            self._csv = memoryview(_NOTHING)  # of the span before, where nothing is written
            # Formatted first: records are checked as they are formatted, and rows of a CSV are found.
            escaped, inside, refused = self._format_csv(batch, span, table) if table.csv else (0, 0, {})
            if isinstance(batch, Placed):
                if batch.span is None:
                    return _unsure(span)
                span = batch.span
            if refused:  # they are bad by what is written alone: without them all is done again
                kept = left = batch.without(refused, span.source)
                batch = left if shape is None else left.shaped(shape)
                escaped, inside = self._format_csv(batch, span, table)[:2] if self.job.quarantine else (0, 0)
            if len(batch.rejected) > refused_before and not self.job.quarantine:
                raise bad_row(source.place, next(one for one in batch.rejected if not is_by_rule(one)))
            footer = self._encode_parquet(batch) if table.parquet and batch.rows else b""
            schema = self._schema_once(source, shape) if footer else b""
            sample = self._sample(batch, table.own(span), table.sample) if table.sample else b""
            for part in learned:
                part.add(batch)
            self._keys = self._keys_of(kept, table.own(span).source, table.keys) if table.keys else _NOTHING
            return PartResult(
                span=span,
                rows_in=batch.rows + len(batch.rejected),
                rows_out=batch.rows,
                cells_escaped=escaped,
                apostrophes_inside=inside,
                csv_bytes=len(self._csv),
                csv_buffer=self._shared,
                parquet_bytes=len(self._pages) if footer else 0,
                parquet_footer=footer,
                parquet_schema=schema,
                rejected=tuple(batch.rejected),
                learned=tuple(part.pack() for part in learned),
                sample=sample,
                sample_rows_bytes=len(self._sampled),
                key_bytes=len(self._keys),
            )

    def _kept(self, batch: Batch, learned: Sequence[Learned], source: int) -> tuple[Batch, int]:
        """The rows that no rule sets aside, and how many are; without rules, rows are found as they are written."""
        refused: dict[int, str] = {}
        for one in learned:
            refused |= one.refuse(batch, source)
        return (batch.without(refused, source), len(refused)) if refused else (batch, 0)

    def write(self, grant: Grant) -> None:
        """Write the output of the span that was formatted last.

        Raises:
            DiskFull: there is no room for it.
        """
        if self._sampler is not None and grant.hint is not None:
            self._sampler.learn(grant.hint)
        table = self._table
        if table is None or self._span is None:
            return
        if table.keys is not None:
            where = table.keys.file
            write_all(self._descriptor(where.file.key, where.opened), self._keys, grant.key_offset, where.folder)
            self._keys = _NOTHING
        if self.job.write:
            self._write_outputs(table, self._span, grant)

    def _write_outputs(self, table: TableJob, span: Span, grant: Grant) -> None:
        lines, pages = table.parts_of(span)
        self._close_earlier({lines, pages, table.span_samples, table.keys and table.keys.file.file.key})
        if lines is not None:
            write_all(self._part(lines), self._csv, grant.csv_offset, str(lines.path.parent))
            if self._csv:
                self.buffers.give_away()
            self._csv = memoryview(_NOTHING)
        if pages is not None:
            write_all(self._part(pages), self._pages, grant.parquet_offset, str(pages.path.parent))
            self._pages = _NOTHING
        if table.span_samples:
            folder = str(table.span_samples.path.parent)
            write_all(self._part(table.span_samples), self._sampled, grant.sample_offset, folder)
            self._sampled = _NOTHING

    def _keys_of(self, batch: Batch, source: int, keys: SpanKeys) -> bytes:
        from etl_batch.accumulators.key_entries import key_blocks

        return key_blocks(batch.shaped(keys.shapes[source]).table(), keys.columns, source, keys.secret)

    def _close_earlier(self, needed: AbstractSet[Hashable]) -> None:
        """Close part files of a folder that will not be needed again."""
        for place in self._descriptors.keys() - needed:
            os.close(self._descriptors.pop(place))

    def close(self) -> None:
        """Close the part files."""
        for descriptor in self._descriptors.values():
            os.close(descriptor)
        self._descriptors.clear()

    def _format_csv(self, batch: Batch, span: Span, table: TableJob) -> tuple[int, int, Mapping[int, str]]:
        """Make the CSV of a batch.

        Returns:
            How many cells got an apostrophe before them, how many were put within cells, and, by their places, what is
            wrong with rows that cannot be written.
        """
        counts = np.zeros(2, dtype=np.uint64)
        sampling = None if table.sample is None else partial(self._sampler_of(table.sample).begin, table.own(span))
        if self.job.dialect is not None:
            refused = self._format_in(self.job.dialect, batch, span, table.shape_of(span), counts)
            return int(counts[0]), int(counts[1]), refused
        start = end = 0
        while not end:
            buffer = self._with_room(batch.csv_room())
            start = buffer.ctypes.data
            end = batch.write_csv(start, counts.ctypes.data if self.job.escape else 0, sampling)
        written = buffer.data[: end - start]
        self._csv = memoryview(self._packed(written, self.job.packing)) if self.job.packing else written
        return int(counts[0]), int(counts[1]), {}

    def _format_in(
        self, dialect: WrittenDialect, batch: Batch, span: Span, shape: OutputColumns | None, counts: Array
    ) -> Mapping[int, str]:
        """Make the CSV of a batch in another dialect; returns what is wrong with rows that cannot be written."""
        from etl_batch.formats.redialect import marked_columns, refusals, rewritten, room_of

        at = counts.ctypes.data if self.job.escape else 0
        end = start = 0
        while not end:
            if len(self._lines) < (room := batch.csv_room() + SLACK_BYTES):
                self._lines = np.empty(room, dtype=np.uint8)
            start = self._lines.ctypes.data
            end = batch.write_csv(start, at)  # what is sampled may turn out to be bad
        lines = self._lines[: end - start + SLACK_BYTES]
        source = self.job.sources[span.source]
        marked = marked_columns(source.marked() if dialect.decimal != "." else (), source.names, shape)
        out = self._with_room(room_of(end - start))
        found = rewritten(lines, dialect, marked, at, out)
        written = found.content
        if self.job.packing:
            written = memoryview(self._packed(written, self.job.packing))
        elif not found.is_in_place:
            written = self._moved(written)
        self._csv = written
        return refusals(found.refused, source.names if shape is None else shape.names, dialect)

    def _moved(self, content: memoryview) -> memoryview:
        """The same in memory that the parent can read."""
        room = self._with_room(len(content))
        room[: len(content)] = np.frombuffer(content, dtype=np.uint8)
        return room.data[: len(content)]

    def _packed(self, written: memoryview, packing: str) -> bytes:
        from etl_batch.formats.packed_output import packed_stream

        return packed_stream(written, packing) if written else _NOTHING

    def _with_room(self, room: int) -> Array:
        """Memory for the CSV: shared with the parent, which hashes it, where there is such."""
        self._shared, shared = self.buffers.take(room)
        if self._shared is not None:
            return np.frombuffer(shared, dtype=np.uint8)
        if len(self._buffer) < room:
            self._buffer = np.empty(room, dtype=np.uint8)
        return self._buffer

    def _encode_parquet(self, batch: Batch) -> bytes:
        from etl_batch.formats.parquet.row_group import encode_row_group

        self._pages, footer = encode_row_group(batch.table())
        return footer

    def _schema_once(self, source: Source, shape: OutputColumns | None) -> bytes:
        """A footer without rows, the first time: the parent joins footers, and need not load what makes them."""
        from etl_batch.formats.parquet.file_tail import empty_footer

        if self._schema_said:
            return b""
        self._schema_said = True
        return empty_footer(source.schema if shape is None else shape.schema(source.schema))

    def _sample(self, batch: Batch, span: Span, plan: SamplePlan) -> bytes:
        taken = self._sampler_of(plan).take(batch, span)
        self._sampled = _NOTHING if taken is None else taken.rows
        return b"" if taken is None else taken.packed()

    def _sampler_of(self, plan: SamplePlan) -> SpanSampler:
        from etl_batch.sampling.span_sampler import SpanSampler

        if self._sampler is None:
            self._sampler = SpanSampler(plan, self._table.expected if self._table else None)
        return self._sampler

    def _part(self, place: Place) -> int:
        return self._descriptor(place, partial(_opened, place))

    def _descriptor(self, key: Hashable, opened: Callable[[], int]) -> int:
        """Each is handed once, with the first grant for it, and kept open."""
        if key not in self._descriptors:
            self._descriptors[key] = opened()
        return self._descriptors[key]


def _opened(place: Place) -> int:
    descriptor = handed(place)
    return open_existing(place) if descriptor is None else descriptor


def _unsure(span: Span) -> PartResult:
    return PartResult(
        span=span, rows_in=0, rows_out=0, cells_escaped=0, csv_bytes=0, parquet_bytes=0, parquet_footer=b"",
        is_unsure=True,
    )  # fmt: skip


def bad_row(place: Place, rejected: Rejected) -> EtlError:
    """The error for the first bad row of an input."""
    return BadRow(f"{place.path}, row {rejected.row} (at byte {rejected.byte}): {rejected.reason}")
