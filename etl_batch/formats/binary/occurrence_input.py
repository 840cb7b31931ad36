"""Records of which each is several rows: one for each occurrence of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from etl_batch.formats.column_kinds import ColumnKind
from etl_batch.formats.format import Source
from etl_batch.formats.of_table import FromRecords
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.occurrences import row_layout, rows_each, table_of_rows
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.values import Rejected, Span

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.binary.arranged import LaidOut
    from etl_batch.formats.binary.laid_out_batch import LaidOutBatch
    from etl_batch.formats.format import RowStore


class LaysOut(Source, Protocol):
    """A source whose records are laid out as ones of the same length."""

    @property
    def layout(self) -> Layout:
        """Of its records, as they are laid out."""

    def laid_out(self, span: Span) -> AbstractContextManager[LaidOut]:
        """The records of a span."""


@dataclass(frozen=True, slots=True)
class OccurrenceInput(FromRecords):
    """See `Source`: a file of records, of which a table's occurrences become rows."""

    whole: LaysOut  #: its rows are records

    @property
    def ordinal(self) -> int:
        """See `Opened.ordinal`."""
        return self.whole.ordinal

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
    def names(self) -> Sequence[str]:
        """See `Source.names`."""
        return self.whole.names

    @property
    def schema(self) -> pa.Schema:
        """See `Source.schema`."""
        return self.whole.schema

    @property
    def times(self) -> int:
        """Rows of each record."""
        return rows_each(self.whole.layout)

    @property
    def rows(self) -> int:
        """See `Source.rows`."""
        return self.whole.rows * self.times

    @property
    def numbers(self) -> frozenset[str]:
        """See `Source.numbers`."""
        return self.whole.numbers

    @property
    def files(self) -> Sequence[NeededFile]:
        """See `Source.files`."""
        return self.whole.files

    def marked(self) -> Sequence[bool]:
        """See `Source.marked`."""
        return self.whole.marked()

    def kinds(self) -> Sequence[ColumnKind]:
        """See `Source.kinds`."""
        return self.whole.kinds()

    def row_store(self) -> RowStore:
        """See `Source.row_store`: rows as they are cut."""
        return self.whole.row_store()

    def plan(self, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
        """See `Source.plan`: the spans of the records."""
        times = self.times
        return [
            replace(span, first_row=span.first_row * times, rows=span.rows * times)
            for span in self.whole.plan(chunk_bytes, first_ordinal, first_part)
        ]

    @contextmanager
    def read(self, span: Span) -> Iterator[LaidOutBatch]:
        """See `Source.read`."""
        from etl_batch.formats.binary.cutting import Cutting
        from etl_batch.formats.binary.laid_out_batch import LaidOutBatch
        from etl_batch.formats.binary.occurrence_rows import cut

        layout, times = self.whole.layout, self.times
        cutting = Cutting.of(layout)
        if cutting is None:
            raise TypeError("no table of the records becomes rows")
        of_records = replace(span, first_row=span.first_row // times, rows=span.rows // times)
        with self.whole.laid_out(of_records) as found:
            yield LaidOutBatch(row_layout(layout), span, cut(found, cutting))

    def leftover(self) -> Rejected | None:
        """See `Source.leftover`: what is no whole record counts as one row."""
        left = self.whole.leftover()
        return None if left is None else replace(left, row=self.rows + 1)


def by_occurrences(source: LaysOut) -> Source:
    """The source itself, or that of the rows that its records are."""
    return source if table_of_rows(source.layout) is None else OccurrenceInput(source)
