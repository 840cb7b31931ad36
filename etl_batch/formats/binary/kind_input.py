"""The records of one type among several in a file, as a source of rows of their own."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.binary.kind_records import KindFile
from etl_batch.formats.binary.kind_rows import Held, row_layout
from etl_batch.formats.binary.kinds_walk import Found
from etl_batch.formats.binary.record_kinds import UNKNOWN
from etl_batch.formats.column_kinds import ColumnKind
from etl_batch.formats.of_table import OfTable
from etl_batch.layouts.layout import Layout, RecordType
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.values import Rejected, Span

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.binary.laid_out_batch import LaidOutBatch
    from etl_batch.formats.binary.record_store import RecordStore


@dataclass(frozen=True, slots=True)
class KindInput(OfTable):
    """See `Source`: the records of one type of a file; or those of none, which are bad rows."""

    ordinal: int
    whole: KindFile  #: with all types
    kind: int  #: which; UNKNOWN: none
    found: tuple[Found, ...]  #: the spans that hold such records
    ends: tuple[Held | None, ...]  #: of each type, its record at an end of the file whose fields rows carry

    @property
    def table(self) -> str | None:
        """See `OfTable.table`."""
        return None if self.kind == UNKNOWN else self.type.name

    @property
    def type(self) -> RecordType:
        """Of its records; of those of none, that of the first."""
        return self.whole.layout.records[max(self.kind, 0)]

    @property
    def layout(self) -> Layout:
        """Of its rows: the fields of its records, and behind them what they carry of others."""
        return row_layout(self.type)

    @property
    def place(self) -> Place:
        """See `Opened.place`."""
        return self.whole.place

    @property
    def identity(self) -> FileIdentity:
        """See `Opened.identity`."""
        return self.whole.identity

    @property
    def format(self) -> str:
        """See `Source.format`."""
        return self.whole.format

    @property
    def _rows_alone(self) -> BinaryInput:
        """A file of such rows: for all that does not look into it."""
        return BinaryInput(self.ordinal, self.place, self.identity, self.layout)

    @property
    def names(self) -> tuple[str, ...]:
        """See `Source.names`."""
        return self.layout.names

    @property
    def schema(self) -> pa.Schema:
        """See `Source.schema`."""
        return self._rows_alone.schema

    @property
    def rows(self) -> int:
        """See `Source.rows`."""
        return sum(found.rows for found in self.found)

    @property
    def numbers(self) -> frozenset[str]:
        """See `Source.numbers`."""
        return self._rows_alone.numbers

    @property
    def files(self) -> Sequence[NeededFile]:
        """See `Source.files`."""
        return self.whole.files

    def marked(self) -> Sequence[bool]:
        """See `Source.marked`."""
        return self._rows_alone.marked()

    def kinds(self) -> Sequence[ColumnKind]:
        """See `Source.kinds`."""
        return self._rows_alone.kinds()

    def row_store(self) -> RecordStore:
        """See `Source.row_store`."""
        return self._rows_alone.row_store()

    def plan(self, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
        """See `Source.plan`: the spans of the file that hold such records; a chunk of these becomes a part."""
        size, before = self.layout.record_size, 0
        spans: list[Span] = []
        for found in self.found:
            spans.append(
                Span(
                    ordinal=first_ordinal + len(spans), source=self.ordinal, start=found.span.start,
                    stop=found.span.stop, first_row=found.span.first_row, rows=found.rows,
                    part=first_part + before * size // chunk_bytes,
                )
            )  # fmt: skip
            before += found.rows
        return _without_gaps(spans)

    @contextmanager
    def read(self, span: Span) -> Iterator[LaidOutBatch]:
        """See `Source.read`."""
        from etl_batch.formats.binary.kind_batch import batch_of
        from etl_batch.formats.binary.kind_carrying import OfKind

        whole = self.whole
        found = self.found[bisect_left(self.found, span.start, key=lambda found: found.span.start)]
        of = OfKind(whole.layout.records, self.kind, self.layout, whole.rows if whole.is_whole else 0, self.ends)
        with whole.kind_span(found.span).read() as records:
            yield batch_of(of, span, records, found.before)

    def leftover(self) -> Rejected | None:
        """See `Source.leftover`: an incomplete record is of no type."""
        if self.kind != UNKNOWN or (left := self.whole.leftover()) is None:
            return None
        return replace(left, source=self.ordinal)


def _without_gaps(spans: list[Span]) -> list[Span]:
    """The same, no part without a span before the last."""
    if not spans:
        return spans
    numbers = {part: spans[0].part + place for place, part in enumerate(dict.fromkeys(span.part for span in spans))}
    return [replace(span, part=numbers[span.part]) for span in spans]
