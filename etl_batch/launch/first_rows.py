"""The first rows of a file, as text, without a job: binary records beside their bytes, CSV, Parquet."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from etl_batch.config import JobConfig
from etl_batch.errors import CsvHeaderWidth, EmptyInput, FormatMagic
from etl_batch.layouts import Layout
from etl_batch.paths import FileIdentity, Place, open_input
from etl_batch.permissions import Permission, permit
from etl_batch.preview import Cell, decode_cells
from etl_batch.sources.csv_head import Head, head_of
from etl_batch.sources.csv_header import Dialect, read_header
from etl_batch.sources.csv_header_width import in_words, width_of_rows
from etl_batch.values import KIB, MIB, Actor

MOST_ROWS = 50
MOST_COLUMNS = 500
MOST_CELL_CHARACTERS = 300  #: of a cell, and then it is cut
_CSV_HEAD_BYTES = 256 * KIB  #: looked at behind the header
_MOST_UNIT = 4  #: bytes of a character in any encoding for each that it has in UTF-8
_MOST_RECORD_BYTES = 4 * MIB  #: of all records shown
_HEX_LINE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRows:
    """Rows as text. None: null."""

    names: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    note: str = ""  #: what a reader should know: how many rows there are
    problem: str = ""  #: for which a job would be refused, as far as these rows show it


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecords:
    """The first bytes of a binary file, not yet decoded."""

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


def read_records(actor: Actor, where: Place, layout: Layout, rows: int) -> RawRecords:
    """The first whole records of a binary file, where the layout says that they begin.

    Raises:
        EmptyInput: there is not one whole record.
        Refused: the file may not be read, or is not there.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    descriptor = open_input(where)
    try:
        size = FileIdentity.of(descriptor).size
        body = max(size - layout.header_bytes - layout.trailer_bytes, 0)
        wanted = min(rows, MOST_ROWS, body // layout.record_size, max(_MOST_RECORD_BYTES // layout.record_size, 1))
        raw = os.pread(descriptor, wanted * layout.record_size, layout.header_bytes)
    finally:
        os.close(descriptor)
    whole = len(raw) // layout.record_size * layout.record_size
    if not whole:
        raise EmptyInput(
            f"{where.path} has {size:,} bytes, not one whole record of {layout.record_size}",
            mend="make record_size, header_bytes or trailer_bytes smaller",
        )
    return RawRecords(size=size, start=layout.header_bytes, raw=raw[:whole], record_size=layout.record_size)


def decoded(records: RawRecords, layout: Layout) -> tuple[tuple[Cell, ...], ...]:
    """The records through a layout of their size; bad values carry their problem."""
    return decode_cells(layout, records.raw)


def csv_rows(actor: Actor, where: Place, config: JobConfig, rows: int) -> FirstRows:
    """The first rows of a CSV, read as a job reads it; what stands in them is not checked yet.

    Raises:
        EmptyInput, CsvDelimiter, FormatMagic, BadRow, SchemaMismatch: its header is refused, as a job would.
        Refused: it may not be read.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    descriptor = open_input(where)
    try:
        size = FileIdentity.of(descriptor).size
        header = read_header(descriptor, size, Dialect(config.delimiter, config.encoding), str(where.path))
        ends = header.line_ends
        head = head_of(descriptor, size, config.encoding, _MOST_UNIT * header.data_start + _CSV_HEAD_BYTES, ends)
    finally:
        os.close(descriptor)
    text = _text(head, header.data_start, where, config.encoding)
    lines = _csv_lines(text, header.delimiter, rows, is_whole=head.whole)
    body = [[ends.decoded(cell.encode()).decode() for cell in row] for row in lines]
    names = header.names[:MOST_COLUMNS]
    wrong = width_of_rows(len(names), (len(row) for row in body if row))
    columns = max(len(names), wrong or 0)
    nameless = [f"(no name, cell {number})" for number in range(len(names) + 1, columns + 1)]
    return FirstRows(
        names=(*(cut(name) for name in names), *nameless),
        rows=tuple(_fitted(row, columns) for row in body),
        note="; ".join(header.notes),
        problem="" if wrong is None else f"{in_words(len(names), wrong)}; {CsvHeaderWidth.mend}",
    )


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


def _text(head: Head, start: int, where: Place, encoding: str) -> str:
    """The rows as text; a character that the end of the head cuts is left out."""
    content = head.content[start:]
    for short in range(1 if head.whole else 4):
        try:
            return content[: len(content) - short].decode()
        except UnicodeError:
            continue
    raise FormatMagic(f"{where.path} is no text in {encoding}", mend="give the encoding that it is written in")


def _csv_lines(text: str, delimiter: str, most: int, *, is_whole: bool) -> Iterator[list[str]]:
    """Rows, broken ones too, a blank line as one of no cells.

    The last one of a head that is not the whole file may be cut, and is left out.
    """
    mark = re.escape(delimiter)
    cell = re.compile(rf'(?:"((?:[^"]++|"")*+)"?)?([^{mark}\n]*)({mark}|\n|\Z)')
    row: list[str] = []
    rows = 0
    for found in cell.finditer(text):
        if rows == most or (not row and found.start() == len(text)):
            return
        quoted, rest, end = found.groups()
        row.append((quoted or "").replace('""', '"') + (rest if end == delimiter else rest.removesuffix("\r")))
        if end == delimiter:
            continue
        if not end and not is_whole:
            return
        yield [] if row == [""] else row[:MOST_COLUMNS]
        row, rows = [], rows + 1


def _fitted(row: list[str], width: int) -> tuple[str | None, ...]:
    cells: list[str | None] = [cut(cell) for cell in row[:width]]
    return tuple(cells + [None] * (width - len(cells)))
