"""Parquet files: planned by their footer; row groups are decoded together, whole, or in pieces where they are huge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from etl_batch.formats.arrow.grouped_input import FOOTERS_KEPT, GroupedInput, footer_again, measured
from etl_batch.formats.parquet.footer import Footer, read_footer, refuse_wrong_magic
from etl_batch.formats.parquet.pieces import PieceReader
from etl_batch.formats.parquet.reader import Losses, first_page, int96_losses, read_row_groups
from etl_batch.formats.unchanged import opened_unchanged
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.roots import Place
from etl_batch.values import Span

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.arrow.batch import ArrowBatch


@dataclass(frozen=True, slots=True)
class ParquetInput(GroupedInput):
    """One Parquet file of a job, as it was when the job was planned."""

    @property
    def format(self) -> str:
        """See `Source.format`."""
        return "parquet"

    def footer(self) -> Footer:
        """See `GroupedInput.footer`."""
        return _footer(self)

    @contextmanager
    def read(self, span: Span) -> Iterator[ArrowBatch]:
        """See `Source.read`.

        Raises:
            InputChanged: the file is not what it was when the job was planned.
            FormatCorrupt: a page is not what was written.
            FormatUnsupported: a page is written in a way that Arrow cannot read.
            OutOfMemory: the rows do not fit.
        """
        from etl_batch.formats.arrow.batch import arrow_batch
        from etl_batch.formats.parquet.int96_digits import REASON

        footer = self.footer()
        groups = footer.groups_of(span.first_row, span.rows)
        with opened_unchanged(self) as descriptor:
            if span.rows < sum(group.rows for group in groups):
                table, lost = self._read_piece(descriptor, span)
            else:
                numbers = [group.number for group in groups]
                table = read_row_groups(descriptor, footer, numbers, self.place.path)
                lost = int96_losses(descriptor, footer, numbers, self.place.path, table)

        def byte_of(row: int) -> int:
            (group,) = footer.groups_of(row, 1)
            return first_page(footer, group.number)

        yield arrow_batch(table, span, byte_of, {name: (its, REASON) for name, its in lost.items()})

    def _read_piece(self, descriptor: int, span: Span) -> tuple[pa.Table, Losses]:
        """Some rows of one row group: whoever read those before goes on, instead of beginning anew."""
        footer = self.footer()
        (group,) = footer.groups_of(span.first_row, span.rows)
        reader = _HELD.taken(self, group.number, span.first_row)
        try:
            if reader is None:
                reader = PieceReader(footer, group, self.place.path)
                reader.open(descriptor)
            read = reader.read(span.first_row, span.rows)
        except BaseException:
            if reader is not None:
                reader.close()
            raise
        if reader.at < group.first_row + group.rows:
            _HELD.keep(self, reader)
        else:
            reader.close()
        return read


@dataclass(slots=True)
class _HeldReader:
    """The row group that this process was reading piece by piece, for its next piece."""

    _source: ParquetInput | None = None
    _reader: PieceReader | None = None

    def taken(self, source: ParquetInput, group: int, first_row: int) -> PieceReader | None:
        """What is kept of the row group, if it has not passed that row; else it is closed."""
        kept, reader, self._reader = self._source, self._reader, None
        if reader is not None and kept == source and reader.group.number == group and reader.at <= first_row:
            return reader
        if reader is not None:
            reader.close()
        return None

    def keep(self, source: ParquetInput, reader: PieceReader) -> None:
        """Keep it, and nothing else."""
        self._source, self._reader = source, reader


_HELD = _HeldReader()


def open_parquet(ordinal: int, where: Place) -> ParquetInput:
    """Measure a Parquet file by its footer.

    Args:
        ordinal: which input of the job, from 0.
        where: where it lies.

    Raises:
        PathRefused, NotFound, NotRegular, HardLink, Unreadable: it cannot be opened.
        EmptyInput, FormatMagic: it is no Parquet file, cut off, or encrypted.
        FormatCorrupt: its footer is damaged.
        FormatUnsupported: it has a column of a type that is not supported.
        SchemaMismatch: it has no columns, or two of one name.
    """
    identity, footer = measured(where, refuse_wrong_magic, read_footer)
    return ParquetInput(ordinal, where, identity, footer.schema, footer.rows, footer.uncompressed_bytes)


@lru_cache(maxsize=FOOTERS_KEPT)
def _footer(source: ParquetInput) -> Footer:
    """Inherited by workers that are forked afterwards."""
    return footer_again(source, read_footer)
