"""A CSV of a job: how it is opened and mapped, and what its rows must be."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import field
from typing import TYPE_CHECKING

from etl_batch.formats.csv.column_types import CellType
from etl_batch.formats.csv.line_ends import AS_USUAL, LineEnds
from etl_batch.formats.csv.transcoded import Transcoded, Transcoder
from etl_batch.formats.unchanged import needed, open_again
from etl_batch.formats.unpacked import read_identity
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place

if TYPE_CHECKING:
    from etl_batch.formats.mapped_file import MappedFile
    from etl_batch.kernels.columns import Array


@dataclass(frozen=True, slots=True)
class CsvFile:
    """What it takes to check and to read a CSV."""

    place: Place
    identity: FileIdentity
    delimiter: int  #: its code
    names: tuple[str, ...]  #: of its columns
    data_start: int  #: bytes; behind the header
    declared: tuple[CellType | None, ...]  #: what the cells of a column must be; None: any text
    classify: bool = False  #: say what the cells of the columns look like
    measured: tuple[int, ...] = ()  #: say it of these columns, in any case
    #: what is read in its stead, if it is not UTF-8; then places count in the copy
    copy: Transcoded | None = field(default=None, repr=False)

    #: of the columns that every row proves to be of a type, and that nobody declared; empty: none
    proven: tuple[CellType | None, ...] = field(default=(), repr=False)
    #: of one byte a character, in which it is read while a copy of it is made; then places count in it as it is
    decoded_from: str | None = field(default=None, repr=False)

    @property
    def columns(self) -> int:
        """How many cells a row has."""
        return len(self.names)

    @property
    def line_ends(self) -> LineEnds:
        """Of the file itself."""
        return self.copy.line_ends if self.copy else AS_USUAL

    @property
    def is_utf8(self) -> bool:
        """Whether what is read is known to be UTF-8; else it is to be seen whether it is."""
        return self.copy is not None and self.copy.is_utf8

    @property
    def size(self) -> int:
        """Bytes of what is read."""
        return (self.copy or self).identity.size

    @property
    def read_identity(self) -> FileIdentity:
        """Of what is read."""
        return self.copy.identity if self.copy else read_identity(self.place, self.identity)

    def open(self) -> int:
        """Open what is read; the caller closes the descriptor."""
        return self.copy.open() if self.copy else open_again(self.place)

    @property
    def files(self) -> tuple[NeededFile, ...]:
        """What a worker needs: where a copy is read, bad rows are looked for in the file itself."""
        original = needed(self.place)
        return (self.copy.needed, original, *self.copy.more_files) if self.copy else (original,)

    def some(self, at: int, length: int) -> bytes:
        """What stands at a place of what is read, in UTF-8."""
        descriptor = self.open()
        try:
            content = os.pread(descriptor, length, at)
        finally:
            os.close(descriptor)
        return content if self.decoded_from is None else Transcoder(self.decoded_from)(content)

    def mapped(self, start: int, stop: int) -> AbstractContextManager[MappedFile]:
        """What is read, from `start` to its end, mapped; `stop` says how far it will be read at once.

        Raises:
            InputChanged: it is not what it was when the job was planned.
        """
        from etl_batch.formats.mapped_file import mapped_file

        return mapped_file(self.open(), self.read_identity, (start, stop), str(self.place.path))

    def restored(self, rows: Array) -> Array:
        """Sound rows of what is read: within quotes as they stand in the file."""
        import numpy as np

        ends = self.line_ends
        return rows if ends.as_usual else np.frombuffer(ends.restored(rows.tobytes()), dtype=np.uint8)

    def row_as_it_stands(self, raw: bytes, start: int, stop: int) -> bytes:
        """A row of what is read, from one byte to another, in UTF-8 as it stands in the file."""
        stands = self.copy.row(start, stop) if self.copy else None
        return self.line_ends.decoded_row(raw if stands is None else stands)

    def original_places(self, places: Sequence[int]) -> Sequence[int]:
        """Where in the file itself some places lie of what is read; both ascending."""
        return list(self.copy.originals(self.place, places)) if self.copy else places


@dataclass(frozen=True, slots=True)
class TypedCsv:
    """A CSV, and how the cells of its columns are read."""

    file: CsvFile
    types: tuple[CellType, ...]  #: of the columns in the Parquet: the declared ones, and those inferred
    measures: tuple[tuple[str, CellType], ...] = ()  #: columns of numbers, and how these are read to be added up
    along: tuple[str, ...] = ()  #: columns that the sample wants, read while rows are written
