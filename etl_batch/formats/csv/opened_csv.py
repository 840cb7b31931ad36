"""A CSV whose header was read, and what is read in its stead where it cannot be read as it is."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from etl_batch.config import JobConfig
from etl_batch.formats.csv.header import Header
from etl_batch.formats.csv.header_width import refuse_other_width
from etl_batch.formats.csv.transcoded import Transcoded
from etl_batch.formats.csv.transcoding import utf8_copy
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.text.encodings import is_utf8


@dataclass(frozen=True, slots=True)
class OpenedCsv:
    """A CSV whose header was read, and no more."""

    ordinal: int
    place: Place
    identity: FileIdentity
    header: Header
    copy: Transcoded | None = None  #: what is read in its stead, once it is made; see `with_copies`

    @property
    def names(self) -> tuple[str, ...]:
        """Of its columns."""
        return self.header.names

    @property
    def format(self) -> str:
        """See `Opened.format`."""
        return "csv"


def needs_copy(opened: OpenedCsv) -> bool:
    """Whether a CSV cannot be read as it is."""
    header = opened.header
    return not is_utf8(header.encoding) or not header.line_ends.as_usual or not header.shape.is_plain


def with_copies(opened: Sequence[OpenedCsv], config: JobConfig, copies: ExitStack) -> list[OpenedCsv]:
    """The inputs, of which those that cannot be read as they are have a copy that can.

    They are copied here, once the headers of all are known, for what is said of a column holds in every file: rules of
    columns come in before this, and are read again after it.

    Args:
        opened: the CSV inputs; they have the same columns.
        config: of the job.
        copies: holds the copies until it is closed.

    Raises:
        Refused: one has another number of cells in its rows than in its header, or there is no room for a copy.
    """
    return [_with_copy(one, config, copies) if needs_copy(one) else one for one in opened]


def _with_copy(opened: OpenedCsv, config: JobConfig, copies: ExitStack) -> OpenedCsv:
    header = opened.header
    if header.shape.is_plain:
        copy = copies.enter_context(utf8_copy(opened.place, config, header.encoding, header.line_ends))
    else:
        from etl_batch.formats.csv.dialect_copy import dialect_copy

        copy = copies.enter_context(dialect_copy(opened.place, config, header))
        header = replace(header, data_start=0)  # the rows are all that is in it
    refuse_other_width(copy.descriptor, header, header.delimiter, str(opened.place.path))
    return replace(opened, copy=copy, header=header)
