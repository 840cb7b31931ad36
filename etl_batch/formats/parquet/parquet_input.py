"""Parquet files: planned by their footer; row groups are decoded together, whole, or in pieces where they are huge."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from etl_batch.errors import EmptyInput, FormatCorrupt
from etl_batch.formats.arrow.plan import MOST_PIECES, runs, shares
from etl_batch.formats.parquet.footer import Footer, read_footer, refuse_wrong_magic
from etl_batch.formats.parquet.pieces import PieceReader
from etl_batch.formats.parquet.reader import Losses, first_page, int96_losses, read_row_groups
from etl_batch.formats.unchanged import needed, open_again, refuse_changed
from etl_batch.machine.handed_files import NeededFile
from etl_batch.storage.paths import FileIdentity, open_input
from etl_batch.storage.roots import Place
from etl_batch.values import Rejected, Span

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.arrow.batch import ArrowBatch
    from etl_batch.formats.arrow.table_store import TableStore

_FOOTERS_KEPT = 8


@dataclass(frozen=True, slots=True)
class ParquetInput:
    """One Parquet file of a job, as it was when the job was planned. It travels without its footer."""

    ordinal: int
    place: Place
    identity: FileIdentity
    schema: pa.Schema  #: normalised, see `parquet_schema`
    rows: int
    uncompressed_bytes: int  #: of all pages, as the footer has it; whoever wrote the file may have lied

    @property
    def format(self) -> str:
        """See `Source.format`."""
        return "parquet"

    @property
    def names(self) -> list[str]:
        """See `Source.names`."""
        names: list[str] = self.schema.names
        return names

    @property
    def numbers(self) -> frozenset[str]:
        """See `Source.numbers`."""
        from etl_batch.formats.arrow.schema import summable

        return summable(self.schema)

    @property
    def files(self) -> tuple[NeededFile, ...]:
        """See `Source.files`."""
        return (needed(self.place),)

    def row_store(self) -> TableStore:
        """See `Source.row_store`."""
        from etl_batch.formats.arrow.table_store import TableStore

        return TableStore(self.schema)

    def plan(self, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
        """Its rows, in order: small row groups joined, huge ones cut; see `Source.plan` and `parquet_plan`.

        Their bytes are shares of the file's, by what each has uncompressed: where exactly the pages lie, only their
        reading tells safely. Spans become one part of a Parquet folder until they have `chunk_bytes`.

        Raises:
            InputChanged: the file is not what it was.
        """
        footer = _footer(self)
        most = min(MOST_PIECES, self.identity.size // max(len(footer.groups), 1))
        found = runs(footer.groups, footer.row_bytes, chunk_bytes, most)
        bounds = shares(self.identity.size, [run.weight for run in found])
        spans: list[Span] = []
        part, part_start = first_part, 0
        for run, start, stop in zip(found, bounds, bounds[1:], strict=False):
            if start - part_start >= chunk_bytes:
                part, part_start = part + 1, start
            ordinal = first_ordinal + len(spans)
            spans.append(Span(ordinal, self.ordinal, start, stop, run.first_row, run.rows, part))
        return spans

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

        footer = _footer(self)
        groups = footer.groups_of(span.first_row, span.rows)
        descriptor = open_again(self.place)
        try:
            refuse_changed(self, descriptor)
            try:
                if span.rows < sum(group.rows for group in groups):
                    table, lost = self._read_piece(descriptor, span)
                else:
                    numbers = [group.number for group in groups]
                    table = read_row_groups(descriptor, footer, numbers, self.place.path)
                    lost = int96_losses(descriptor, footer, numbers, self.place.path, table)
            finally:
                refuse_changed(self, descriptor)  # that would explain whatever went wrong, and a mix of old and new
        finally:
            os.close(descriptor)

        def byte_of(row: int) -> int:
            (group,) = footer.groups_of(row, 1)
            return first_page(footer, group.number)

        yield arrow_batch(table, span, byte_of, {name: (its, REASON) for name, its in lost.items()})

    def _read_piece(self, descriptor: int, span: Span) -> tuple[pa.Table, Losses]:
        """Some rows of one row group: whoever read those before goes on, instead of beginning anew."""
        footer = _footer(self)
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

    def leftover(self) -> Rejected | None:
        """None: every row is in a row group."""
        return None


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
    descriptor = open_input(where)
    try:
        identity = FileIdentity.of(descriptor)
        if identity.size == 0:
            raise EmptyInput(f"{where.path} has 0 bytes")
        refuse_wrong_magic(descriptor, identity.size, where.path)
        footer = read_footer(descriptor, where.path)
    finally:
        os.close(descriptor)
    return ParquetInput(ordinal, where, identity, footer.schema, footer.rows, footer.uncompressed_bytes)


@lru_cache(maxsize=_FOOTERS_KEPT)
def _footer(source: ParquetInput) -> Footer:
    """The footer of a file, read once a process (and inherited by workers that are forked afterwards)."""
    descriptor = open_again(source.place)
    try:
        refuse_changed(source, descriptor)
        footer = read_footer(descriptor, source.place.path)
        refuse_changed(source, descriptor)
    finally:
        os.close(descriptor)
    if footer.rows != source.rows:
        raise FormatCorrupt(f"{source.place.path}: {footer.rows} rows, {source.rows} when the job was planned")
    return footer
