"""The first rows of a file, as text, without a job: what is shown of them. What reads them is `read_first_rows`."""

from __future__ import annotations

import os
from dataclasses import astuple, dataclass

from etl_batch.layouts.layout import Field
from etl_batch.permissions import Permission, permit
from etl_batch.storage.paths import FileIdentity, open_input
from etl_batch.storage.roots import Place
from etl_batch.values import Actor, OutputIdentity

MOST_ROWS = 50
MOST_COLUMNS = 500
MOST_CELL_CHARACTERS = 300  #: of a cell, and then it is cut
_HEX_LINE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRows:
    """Rows as text. None: null."""

    names: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    note: str = ""  #: what a reader should know: how many rows there are
    problem: str = ""  #: for which a job would be refused, as far as these rows show it


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One field of one record."""

    field: Field
    text: str | None  #: as the CSV will show it; None: null
    problem: str | None  #: why the value is bad; None: it is good


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecords:
    """The first bytes of a binary file."""

    size: int  #: bytes of the whole file
    start: int  #: bytes: where the first record begins
    raw: bytes  #: whole records
    record_size: int

    @property
    def count(self) -> int:
        """Whole records that were read."""
        return len(self.raw) // self.record_size

    def record(self, number: int) -> bytes:
        """The bytes of a record, from 0."""
        return self.raw[number * self.record_size : (number + 1) * self.record_size]

    def field(self, number: int, field: Field) -> bytes:
        """The bytes of a field of a record, from 0."""
        return self.record(number)[field.offset : field.offset + field.length]

    def position(self, number: int) -> int:
        """Where a record begins in the file, in bytes."""
        return self.start + number * self.record_size


def file_size(actor: Actor, where: Place) -> int:
    """Bytes of an input.

    Raises:
        Refused: it may not be read, or is not there.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    descriptor = open_input(where)
    try:
        return FileIdentity.of(descriptor).size
    finally:
        os.close(descriptor)


def state_of(actor: Actor, where: Place) -> tuple[int, ...]:
    """What changes when an input does, whatever times somebody sets; nothing of it is read.

    Raises:
        Refused: it may not be read, or is not there.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    descriptor = open_input(where)
    try:
        return astuple(OutputIdentity.of(os.fstat(descriptor)))
    finally:
        os.close(descriptor)


def hex_lines(raw: bytes, position: int) -> str:
    """Bytes as a hex view: position in the file, 16 bytes, the same as ASCII; one line each."""
    lines = []
    for start in range(0, len(raw), _HEX_LINE):
        piece = raw[start : start + _HEX_LINE]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in piece)
        lines.append(f"{position + start:>10}  {piece.hex(' '):<{3 * _HEX_LINE - 1}}  {shown}")
    return "\n".join(lines)


def cut(text: str) -> str:
    """A cell as a table of first rows shows it."""
    return text if len(text) <= MOST_CELL_CHARACTERS else f"{text[:MOST_CELL_CHARACTERS]}…"
