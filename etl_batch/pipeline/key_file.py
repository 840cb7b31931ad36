"""The file that the keys of a job's rows go to, span by span, under a secret of its own."""

from __future__ import annotations

import os
import secrets
from dataclasses import field
from functools import partial
from typing import Protocol

from etl_batch.formats.output_columns import OutputColumns
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile, handed

SECRET_BYTES = 16


@dataclass(frozen=True, slots=True)
class KeyFile:
    """Where the keys of some rows lie. It travels to the workers."""

    file: NeededFile
    folder: str  #: that it lies in, for messages
    offset: int = 0  #: of the first of them

    def opened(self) -> int:
        """A descriptor, which the caller closes.

        Raises:
            EtlError: it cannot be opened.
        """
        descriptor = handed(self.file.key)
        return self.file.open() if descriptor is None else descriptor


@dataclass(frozen=True, slots=True)
class SpanKeys:
    """What a worker has to know of the keys of a table's rows."""

    columns: tuple[tuple[str, ...], ...]  #: of each key
    shapes: tuple[OutputColumns, ...]  #: of each source: the columns of all keys, and the numbers of its rows
    secret: bytes = field(repr=False)
    file: KeyFile


class KeyWriter(Protocol):
    """What takes the keys of spans, in their order."""

    @property
    def file(self) -> KeyFile:
        """Where they are."""

    @property
    def secret(self) -> bytes:
        """Under which they are hashed."""


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """Which keys the rows of a table have."""

    columns: tuple[tuple[str, ...], ...]  #: of each key
    shapes: tuple[OutputColumns, ...]  #: see `SpanKeys`

    def told(self, writer: KeyWriter) -> SpanKeys:
        """What workers get to know."""
        return SpanKeys(self.columns, self.shapes, writer.secret, writer.file)


@dataclass(slots=True)
class KeyScratch:
    """A file without a name, for a pass that leaves nothing; whoever made the descriptor closes it."""

    descriptor: int
    folder: str  #: see `KeyFile`
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(SECRET_BYTES), repr=False)
    size: int = 0

    @property
    def file(self) -> KeyFile:
        """Where they are."""
        return KeyFile(NeededFile(("keys", self.descriptor), partial(os.dup, self.descriptor)), self.folder)

    def grant(self, length: int) -> int:
        """Where the next keys go."""
        offset = self.size
        self.size += length
        return offset
