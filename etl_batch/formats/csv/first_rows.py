"""The first rows of a CSV as text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace

from etl_batch.errors import CsvHeaderWidth, FormatMagic
from etl_batch.formats.csv.head import Head, head_of
from etl_batch.formats.csv.header import Dialect, Header, read_header
from etl_batch.formats.csv.header_width import in_words, width_of_rows
from etl_batch.formats.how_read import HowRead
from etl_batch.formats.unchanged import open_read
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.text.first_rows import MOST_COLUMNS, FirstRows, cut
from etl_batch.values import KIB

_CSV_HEAD_BYTES = 256 * KIB  #: looked at behind the header
_MOST_UNIT = 4  #: bytes of a character in any encoding for each that it has in UTF-8


def csv_rows(where: Place, how: HowRead, rows: int) -> FirstRows:
    """The first rows of a CSV, read as a job reads it; what stands in them is not checked yet.

    Raises:
        EmptyInput, CsvDelimiter, FormatMagic, BadRow, SchemaMismatch: its header is refused, as a job would.
        Refused: it may not be read.
    """
    descriptor = open_read(where)
    try:
        size = FileIdentity.of(descriptor).size
        header = read_header(descriptor, size, Dialect.of(how), str(where.path))
        ends = header.line_ends
        head = head_of(descriptor, size, header.encoding, _MOST_UNIT * header.data_start + _CSV_HEAD_BYTES, ends)
    finally:
        os.close(descriptor)
    if not header.shape.is_plain:
        head = Head(_plain(head, header), whole=False, line_ends=ends)
        header = replace(header, data_start=0)
    text = _text(head, header.data_start, where, header.encoding)
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


def _text(head: Head, start: int, where: Place, encoding: str) -> str:
    """The rows as text; a character that the end of the head cuts is left out."""
    content = head.content[start:]
    for short in range(1 if head.whole else 4):
        try:
            return content[: len(content) - short].decode()
        except UnicodeError:
            continue
    raise FormatMagic(f"{where.path} is no text in {encoding}", mend="give the encoding that it is written in")


def _plain(head: Head, header: Header) -> bytes:
    """The rows of a head in the plain dialect; a broken one as one cell."""
    from etl_batch.formats.csv.plain_rows import PlainRows

    runs = PlainRows(header.shape, len(header.names)).runs(head.content, header.data_start, final=head.whole)
    return b"".join(
        run.content
        if run.broken is None
        else b'"%b"\n' % head.content[run.start : run.stop].strip().replace(b'"', b'""')
        for run in runs
    )


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
