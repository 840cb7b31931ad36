"""Arrow files (Arrow IPC, Feather 2): planned by their footer; record batches are read together, whole or in pieces."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from etl_batch.errors import EmptyInput, FormatCorrupt
from etl_batch.formats.arrow.ipc_footer import IpcFooter, read_ipc_footer, refuse_wrong_magic
from etl_batch.formats.arrow.plan import MOST_PIECES, runs, shares
from etl_batch.formats.unchanged import needed, open_again, refuse_changed
from etl_batch.machine.handed_files import NeededFile
from etl_batch.storage.paths import FileIdentity, open_input
from etl_batch.storage.roots import Place
from etl_batch.values import Rejected, Span

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.arrow.batch import ArrowBatch
    from etl_batch.formats.arrow.ipc_reader import IpcReader
    from etl_batch.formats.arrow.table_store import TableStore

_FOOTERS_KEPT = 8
_NONE = -1  #: no descriptor


@dataclass(frozen=True, slots=True)
class ArrowInput:
    """One Arrow file of a job, as it was when the job was planned. It travels without its footer."""

    ordinal: int
    place: Place
    identity: FileIdentity
    schema: pa.Schema  #: normalised, see `schema.normalised`
    rows: int
    uncompressed_bytes: int  #: of all buffers, as they say; whoever wrote the file may have lied

    @property
    def format(self) -> str:
        """See `Source.format`."""
        return "arrow"

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
        """Its rows, in order: small record batches joined, huge ones cut; see `Source.plan` and `plan.runs`.

        Their bytes are shares of the file's, by what each has uncompressed. Spans become one part of a Parquet folder
        until they have `chunk_bytes`.

        Raises:
            InputChanged: the file is not what it was.
        """
        footer = _footer(self)
        most = min(MOST_PIECES, self.identity.size // max(len(footer.batches), 1))
        found = runs(footer.batches, footer.row_bytes, chunk_bytes, most)
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
            FormatCorrupt: an offset, a number or a compressed buffer is not what was written.
            OutOfMemory: the rows do not fit.
        """
        from etl_batch.formats.arrow.batch import arrow_batch

        footer = _footer(self)
        descriptor = open_again(self.place)
        try:
            refuse_changed(self, descriptor)
            try:
                reader = _reader(self)
                reader.descriptor = descriptor
                table = reader.read(span.first_row, span.rows)
            finally:
                refuse_changed(self, descriptor)  # that would explain whatever went wrong, and a mix of old and new
        finally:
            os.close(descriptor)

        def byte_of(row: int) -> int:
            (batch,) = footer.batches_of(row, 1)
            return batch.offset

        yield arrow_batch(table, span, byte_of)

    def leftover(self) -> Rejected | None:
        """None: every row is in a record batch."""
        return None


def open_arrow(ordinal: int, where: Place) -> ArrowInput:
    """Measure an Arrow file by its footer.

    Args:
        ordinal: which input of the job, from 0.
        where: where it lies.

    Raises:
        PathRefused, NotFound, NotRegular, HardLink, Unreadable: it cannot be opened.
        EmptyInput, FormatMagic: it is no Arrow file, a stream, Feather of version 1, or cut off.
        FormatCorrupt: its footer is damaged, or leads out of the file.
        FormatUnsupported: it has a column of a type that is not supported.
        SchemaMismatch: it has no columns, or two of one name.
    """
    descriptor = open_input(where)
    try:
        identity = FileIdentity.of(descriptor)
        if identity.size == 0:
            raise EmptyInput(f"{where.path} has 0 bytes")
        refuse_wrong_magic(descriptor, identity.size, where.path)
        footer = read_ipc_footer(descriptor, where.path)
    finally:
        os.close(descriptor)
    return ArrowInput(ordinal, where, identity, footer.schema, footer.rows, footer.uncompressed_bytes)


@lru_cache(maxsize=_FOOTERS_KEPT)
def _footer(source: ArrowInput) -> IpcFooter:
    """The footer of a file, read once a process."""
    descriptor = open_again(source.place)
    try:
        refuse_changed(source, descriptor)
        footer = read_ipc_footer(descriptor, source.place.path)
        refuse_changed(source, descriptor)
    finally:
        os.close(descriptor)
    if footer.rows != source.rows:
        raise FormatCorrupt(f"{source.place.path}: {footer.rows} rows, {source.rows} when the job was planned")
    return footer


@lru_cache(maxsize=1)
def _reader(source: ArrowInput) -> IpcReader:
    """The file that this process is reading: mapped, and its dictionaries read. It keeps no descriptor."""
    from etl_batch.formats.arrow.ipc_reader import IpcReader

    return IpcReader(_NONE, _footer(source), source.place.path)
