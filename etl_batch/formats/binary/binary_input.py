"""Fixed-length binary files: planned by arithmetic, no record ever split."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from etl_batch.formats.binary.arrow_types import arrow_field, kind_of
from etl_batch.formats.column_kinds import ColumnKind
from etl_batch.formats.format import MAX_SPAN_BYTES, PlannedAlone
from etl_batch.formats.unchanged import needed, open_again
from etl_batch.formats.units.glimpse import Glimpse, Glimpses
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.occurrences import room_of, row_layout
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.values import Rejected, Span

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.binary.arranged import LaidOut
    from etl_batch.formats.binary.kind_records import KindSpan
    from etl_batch.formats.binary.record_reader import RecordBatch
    from etl_batch.formats.binary.record_store import RecordStore

#: of the layout's types, those whose values may have a decimal mark
_MARKED = frozenset({"f32", "f64", "decimal", "packed", "zoned"})
#: those whose values can be added up
NUMBER_TYPES = frozenset(
    {"i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "decimal", "packed", "zoned"}
)


@dataclass(frozen=True, slots=True)
class BinaryInput(Glimpses, PlannedAlone):
    """One binary file of a job, as it was when the job was planned."""

    ordinal: int
    place: Place
    identity: FileIdentity
    layout: Layout
    notes: tuple[str, ...] = ()  #: what a user should know of how it is read

    @property
    def body_bytes(self) -> int:
        """Bytes between the header and the trailer; may be negative in a file that is too short for both."""
        return self.identity.size - self.layout.header_bytes - self.layout.trailer_bytes

    @property
    def rows(self) -> int:
        """Whole records."""
        return max(self.body_bytes, 0) // self.layout.record_size

    @property
    def surplus_bytes(self) -> int:
        """Bytes behind the last whole record."""
        return self.body_bytes - self.rows * self.layout.record_size

    @property
    def format(self) -> str:
        """See `Source.format`."""
        return "bin"

    @property
    def row_layout(self) -> Layout:
        """Of its rows: its own, unless the occurrences of a table become rows."""
        return row_layout(self.layout)

    @property
    def names(self) -> tuple[str, ...]:
        """See `Source.names`."""
        return self.row_layout.names

    @property
    def schema(self) -> pa.Schema:
        """See `Source.schema`."""
        import pyarrow as pa

        return pa.schema([arrow_field(field) for field in self.row_layout.fields])

    @property
    def numbers(self) -> frozenset[str]:
        """See `Source.numbers`."""
        return frozenset(field.name for field in self.row_layout.fields if field.type in NUMBER_TYPES)

    def marked(self) -> Sequence[bool]:
        """See `Source.marked`."""
        return [field.comes_out in _MARKED for field in self.row_layout.fields]

    def kinds(self) -> Sequence[ColumnKind]:
        """See `Source.kinds`."""
        return [kind_of(field) for field in self.row_layout.fields]

    @property
    def files(self) -> tuple[NeededFile, ...]:
        """See `Source.files`."""
        return (needed(self.place),)

    def row_store(self) -> RecordStore:
        """See `Source.row_store`."""
        from etl_batch.formats.binary.record_store import RecordStore

        return RecordStore(self.row_layout)

    def plan(self, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
        """See `Source.plan`."""
        return plan(self, chunk_bytes, first_ordinal, first_part)

    @contextmanager
    def laid_out(self, span: Span) -> Iterator[LaidOut]:
        """See `LaysOut.laid_out`."""
        from etl_batch.formats.binary.arranged import Arranged, LaidOut, SideBySide
        from etl_batch.formats.binary.record_reader import map_records

        with map_records(self, self.layout, span) as mapped:
            yield LaidOut(Arranged(mapped, None, {}), SideBySide(span.start, mapped))

    @contextmanager
    def read(self, span: Span) -> Iterator[RecordBatch]:
        """See `Source.read`."""
        from etl_batch.formats.binary.record_reader import RecordBatch, map_records

        with map_records(self, self.layout, span) as mapped:
            yield RecordBatch(self.layout, span, mapped)

    @property
    def is_whole(self) -> bool:
        """See `KindFile.is_whole`."""
        return not self.surplus_bytes

    def kind_span(self, span: Span) -> KindSpan:
        """See `KindFile.kind_span`."""
        from etl_batch.formats.binary.equal_records import EqualSpan

        return EqualSpan(self, self.layout, span)

    @property
    def extent(self) -> tuple[int, int]:
        """See `Glimpses.extent`."""
        first = self.layout.header_bytes
        return first, first + self.rows * self.layout.record_size

    def glimpse(self, places: Sequence[tuple[int, int]]) -> Glimpse | None:
        """See `Glimpses.glimpse`: whole records, one at least of each place."""
        from etl_batch.formats.binary.record_reader import glimpsed

        return glimpsed(self, self.layout, places)

    def leftover(self) -> Rejected | None:
        """The incomplete record at the end."""
        if not self.surplus_bytes:
            return None
        at = self.layout.header_bytes + self.rows * self.layout.record_size
        descriptor = open_again(self.place, [(at, at + self.surplus_bytes)])
        try:
            raw = os.pread(descriptor, self.surplus_bytes, at)
        finally:
            os.close(descriptor)
        reason = f"the record has {self.surplus_bytes} bytes, {self.layout.record_size} expected"
        return Rejected(self.ordinal, self.rows + 1, at, reason, raw)


def plan(source: BinaryInput, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
    """The spans of one input, in order.

    A chunk is `chunk_bytes` of input, or one record if that is longer; it becomes one part of a folder.
    A chunk of more than MAX_SPAN_BYTES is worked in several spans.
    """
    size, header = source.layout.record_size, source.layout.header_bytes
    chunk_rows = max(chunk_bytes // size, 1)
    span_rows = min(chunk_rows, max(MAX_SPAN_BYTES // max(size, room_of(source.layout)), 1))
    spans: list[Span] = []
    for part, chunk in enumerate(range(0, source.rows, chunk_rows), start=first_part):
        chunk_end = min(chunk + chunk_rows, source.rows)
        for row in range(chunk, chunk_end, span_rows):
            stop = min(row + span_rows, chunk_end)
            spans.append(
                Span(
                    ordinal=first_ordinal + len(spans),
                    source=source.ordinal,
                    start=header + row * size,
                    stop=header + stop * size,
                    first_row=row,
                    rows=stop - row,
                    part=part,
                )
            )
    return spans
