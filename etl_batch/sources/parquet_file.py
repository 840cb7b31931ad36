"""Parquet files: planned by the row groups of their footer, each decoded by itself."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

from etl_batch.errors import EmptyInput, FormatCorrupt
from etl_batch.paths import FileIdentity, Place, open_input
from etl_batch.sources.parquet_reader import Footer, first_page, read_footer, read_row_group, refuse_wrong_magic
from etl_batch.sources.unchanged import refuse_changed
from etl_batch.values import Rejected, Span

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.sources.arrow_batch import ArrowBatch
    from etl_batch.sources.row_stores import TableStore

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
        import pyarrow as pa

        is_a = pa.types
        return frozenset(
            field.name
            for field in self.schema
            if is_a.is_integer(field.type)
            or is_a.is_floating(field.type)
            or (is_a.is_decimal128(field.type) and field.type.scale >= 0)
        )

    def row_store(self) -> TableStore:
        """See `Source.row_store`."""
        from etl_batch.sources.row_stores import TableStore

        return TableStore(self.schema)

    def plan(self, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
        """The row groups that have rows, in order; see `Source.plan`.

        Their bytes are shares of the file's, by what each has uncompressed: where exactly the pages lie, only their
        reading tells safely. Row groups become one part of a Parquet folder until they have `chunk_bytes`; a longer
        one stays whole, for it can only be decoded whole.

        Raises:
            InputChanged: the file is not what it was.
        """
        groups = [group for group in _footer(self).groups if group.rows]
        bounds = shares(self.identity.size, [group.uncompressed_bytes for group in groups])
        spans: list[Span] = []
        part, part_start = first_part, 0
        for group, start, stop in zip(groups, bounds, bounds[1:], strict=False):
            if start - part_start >= chunk_bytes:
                part, part_start = part + 1, start
            ordinal = first_ordinal + len(spans)
            spans.append(Span(ordinal, self.ordinal, start, stop, group.first_row, group.rows, part))
        return spans

    @contextmanager
    def read(self, span: Span) -> Iterator[ArrowBatch]:
        """See `Source.read`.

        Raises:
            InputChanged: the file is not what it was when the job was planned.
            FormatCorrupt: a page is not what was written.
            FormatUnsupported: a page is written in a way that Arrow cannot read.
            OutOfMemory: the row group does not fit.
        """
        from etl_batch.sources.arrow_batch import arrow_batch

        footer = _footer(self)
        number = bisect_right(footer.groups, span.first_row, key=attrgetter("first_row")) - 1
        descriptor = open_input(self.place)
        try:
            refuse_changed(self, descriptor)
            try:
                table = read_row_group(descriptor, footer, number, self.place.path)
            finally:
                refuse_changed(self, descriptor)  # that would explain whatever went wrong, and a mix of old and new
        finally:
            os.close(descriptor)
        yield arrow_batch(table, span, first_page(footer, number))

    def leftover(self) -> Rejected | None:
        """None: every row is in a row group."""
        return None


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


def shares(size: int, weights: Sequence[int]) -> list[int]:
    """Where the parts of a file meet that have such shares of its size, from 0 to the size, rising.

    Args:
        size: bytes of the file, no fewer than the parts.
        weights: of each part, none negative. Where one is too light for a byte of its own, all have equal shares.

    Returns:
        `len(weights) + 1` numbers; 0 alone where there are no parts.
    """
    ends = list(accumulate(weights, initial=0))
    bounds = [size * end // max(ends[-1], 1) for end in ends]
    if all(one < other for one, other in pairwise(bounds)):
        return bounds
    return [size * place // len(weights) for place in range(len(weights) + 1)]


@lru_cache(maxsize=_FOOTERS_KEPT)
def _footer(source: ParquetInput) -> Footer:
    """The footer of a file, read once a process (and inherited by workers that are forked afterwards)."""
    descriptor = open_input(source.place)
    try:
        refuse_changed(source, descriptor)
        footer = read_footer(descriptor, source.place.path)
        refuse_changed(source, descriptor)
    finally:
        os.close(descriptor)
    if footer.rows != source.rows:
        raise FormatCorrupt(f"{source.place.path}: {footer.rows} rows, {source.rows} when the job was planned")
    return footer
