"""Arrow files (Arrow IPC, Feather 2): planned by their footer; record batches are read together, whole or in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from etl_batch.formats.arrow.grouped_input import FOOTERS_KEPT, GroupedInput, footer_again, measured
from etl_batch.formats.arrow.ipc_footer import IpcFooter, read_ipc_footer, refuse_wrong_magic
from etl_batch.formats.unchanged import opened_unchanged
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.roots import Place
from etl_batch.values import Span

if TYPE_CHECKING:
    from etl_batch.formats.arrow.batch import ArrowBatch
    from etl_batch.formats.arrow.ipc_reader import IpcReader

_NONE = -1  #: no descriptor


@dataclass(frozen=True, slots=True)
class ArrowInput(GroupedInput):
    """One Arrow file of a job, as it was when the job was planned."""

    @property
    def format(self) -> str:
        """See `Source.format`."""
        return "arrow"

    def footer(self) -> IpcFooter:
        """See `GroupedInput.footer`."""
        return _footer(self)

    @contextmanager
    def read(self, span: Span) -> Iterator[ArrowBatch]:
        """See `Source.read`.

        Raises:
            InputChanged: the file is not what it was when the job was planned.
            FormatCorrupt: an offset, a number or a compressed buffer is not what was written.
            OutOfMemory: the rows do not fit.
        """
        from etl_batch.formats.arrow.batch import arrow_batch

        footer = self.footer()
        with opened_unchanged(self) as descriptor:
            reader = _reader(self)
            reader.descriptor = descriptor
            table = reader.read(span.first_row, span.rows)

        def byte_of(row: int) -> int:
            (batch,) = footer.groups_of(row, 1)
            return batch.offset

        yield arrow_batch(table, span, byte_of)


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
    identity, footer = measured(where, refuse_wrong_magic, read_ipc_footer)
    return ArrowInput(ordinal, where, identity, footer.schema, footer.rows, footer.uncompressed_bytes)


@lru_cache(maxsize=FOOTERS_KEPT)
def _footer(source: ArrowInput) -> IpcFooter:
    return footer_again(source, read_ipc_footer)


@lru_cache(maxsize=1)
def _reader(source: ArrowInput) -> IpcReader:
    """The file that this process is reading: mapped, and its dictionaries read. It keeps no descriptor."""
    from etl_batch.formats.arrow.ipc_reader import IpcReader

    return IpcReader(_NONE, source.footer(), source.place.path)
