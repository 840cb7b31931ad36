"""Layouts of lines of text: what a description or a layout does not say, told by the first and last bytes of a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace

from etl_batch.errors import Ambiguous
from etl_batch.formats.described.counted_tables import FirstRecords, refuse_lines, told_moving
from etl_batch.formats.unchanged import open_read
from etl_batch.layouts.column_table import is_column_table, read_column_table
from etl_batch.layouts.copybook.book import Book
from etl_batch.layouts.copybook.fields import BookLayout, layout_of_book
from etl_batch.layouts.copybook.held import HowStored
from etl_batch.layouts.first_lines import are_lines, told_lines
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.lines import Lines, lines_of
from etl_batch.layouts.stata_dictionary import read_stata_dictionary
from etl_batch.layouts.stata_words import is_stata_dictionary
from etl_batch.layouts.text_columns import Described, TextColumn
from etl_batch.light_dataclass import dataclass
from etl_batch.options.input_reading import BlankNumbers, InputReading
from etl_batch.options.record_framing import RecordFormat
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.text.encodings import encoding_named, is_ebcdic
from etl_batch.values import KIB

_HEAD_BYTES = 256 * KIB
_TAIL_BYTES = 4 * KIB
_MOST_LINES = 2_000
_UTF8, _ASCII = "utf-8", "ascii"
#: by the ending of the name, where the content does not say what it is
_BY_ENDING = {".dct": read_stata_dictionary, ".csv": read_column_table}
Read = Callable[[str, str], Described]


@dataclass(frozen=True, slots=True)
class Ends:
    """The first and the last bytes of a file."""

    head: bytes
    tail: bytes
    size: int  #: of the file
    called: str  #: the file, for messages

    @classmethod
    def of(cls, where: Place) -> Ends:
        """Read them."""
        descriptor = open_read(where)
        try:
            size = FileIdentity.of(descriptor).size
            with reading(str(where.path)):
                head = os.pread(descriptor, _HEAD_BYTES, 0)
                tail = os.pread(descriptor, _TAIL_BYTES, max(size - _TAIL_BYTES, 0))
        finally:
            os.close(descriptor)
        return cls(head, tail, size, str(where.path))


@dataclass(frozen=True, slots=True)
class ReadLines:
    """A layout of lines, and what a user should know of it."""

    layout: Layout
    notes: tuple[str, ...]
    toml: str


def reader_of(text: str, name: str) -> Read | None:
    """What reads a description of columns of text; None: it is none.

    Args:
        text: of the description.
        name: of its file, which decides only where the text does not.
    """
    if is_stata_dictionary(text):
        return read_stata_dictionary
    if is_column_table(text):
        return read_column_table
    return next((read for ending, read in _BY_ENDING.items() if name.lower().endswith(ending)), None)


def read_description(read: Read, text: str, called: str, where: Place | None, config: InputReading) -> ReadLines:
    """The layout that a description comes to.

    Args:
        read: what reads it.
        text: of it.
        called: its path, for messages.
        where: a file of its lines, by which what it does not say is told; None: there is none.
        config: what somebody said.

    Raises:
        LayoutInvalid: it is wrong, or describes what is not read yet.
        Ambiguous: nothing tells how the file is to be read.
    """
    found = read(text, called)
    ends = None if where is None else Ends.of(where)
    encoding, note = _encoding(ends, config)
    if ends is not None:
        found = found.settled({one.name: _has_points(one, found, ends, encoding) for one in found.columns})
    else:
        found = found.settled({})
    layout = found.layout(encoding)
    notes = [*found.notes, *note]
    printed = layout
    if ends is not None and layout.lines is not None:
        layout, told = completed(layout, layout.lines, ends)
        printed = layout
        notes += told
    return ReadLines(layout, tuple(notes), found.toml(printed, notes[len(found.notes) :]))


def lines_of_book(book: Book, where: Place | None, config: InputReading) -> tuple[BookLayout, list[str]] | None:
    """The layout of a copybook over lines of text, and notes; None: the records are none.

    Args:
        book: which describes them.
        where: a file of them; None: there is none.
        config: what somebody said.

    Raises:
        CopybookInvalid: they are said to be, but the book has what no characters are.
        Ambiguous: nothing tells in which encoding they are.
    """
    is_said = config.record_format is RecordFormat.TEXT
    stored = next((column.entry for _, column in book.columns if not column.is_characters), None)
    if not is_said and (where is None or stored is not None or config.record_format is not RecordFormat.AUTO):
        return None
    ends = None if where is None else Ends.of(where)
    if not is_said and (ends is None or not are_lines(ends.head, ends.size, book.record_size)):
        return None
    if stored is not None:
        raise stored.wrong(book.where, "is no text: lines hold characters alone", "leave out --record-format text")
    encoding, note = _encoding(ends, config)
    found = layout_of_book(book, HowStored(encoding, is_blank_null=config.blank is BlankNumbers.NULL))
    layout, told = replace(found.layout, lines=Lines()), tuple[str, ...]()
    if layout.counted:
        raw = [] if ends is None else _first_lines(ends, encoding)
        first = None if ends is None else FirstRecords(ends.called, raw, raw)
        layout = replace(layout, moves=told_moving(config.depending_on, layout, book.where, first)[0])
        refuse_lines(layout, "lines of text" if ends is None else ends.called)
    if ends is not None:
        layout, told = completed(layout, Lines(), ends)
    how = "as --record-format says" if is_said else f"{where.path if where else ''}: its records are lines of text"
    return replace(found, layout=layout), [how, *note, *book.notes, *told]


def completed(layout: Layout, lines: Lines, ends: Ends) -> tuple[Layout, tuple[str, ...]]:
    """A layout of lines as a file has them, and notes."""
    told = told_lines(layout, lines, ends.head, ends.tail, ends.size)
    return told.layout, tuple(f"{ends.called}: {note}" for note in told.notes)


def _encoding(ends: Ends | None, config: InputReading) -> tuple[str, list[str]]:
    """The encoding of the lines, and how it is known.

    Raises:
        Ambiguous: its bytes do not tell.
    """
    given = encoding_named(config.encoding) if config.encoding is not None else None
    if given is not None:
        return given, [f"the characters are {given}, as --encoding says"]
    if ends is None or _is_utf8(ends):
        return _UTF8, []
    from etl_batch.sniffing.encoding import find_encoding
    from etl_batch.sniffing.sample import Sample
    from etl_batch.sniffing.structure import in_words

    found = find_encoding(Sample(ends.head, b"", b"", ends.size))
    if found is None:
        return _UTF8, []
    if found.question is not None:
        why, mend = in_words(found.question)
        raise Ambiguous(f"{ends.called}: {found.finding.evidence}; {why.partition('; ')[2]}", mend=mend)
    return str(found.finding.value), [
        f"{ends.called}: the characters are {found.finding.value}: {found.finding.evidence}"
    ]


def _is_utf8(ends: Ends) -> bool:
    try:
        ends.head.decode()
    except UnicodeDecodeError as error:
        return len(ends.head) < ends.size and error.reason == "unexpected end of data"
    return b"\0" not in ends.head


def _has_points(column: TextColumn, found: Described, ends: Ends, encoding: str) -> bool:
    """Whether numbers of a column have a point or an exponent, as far as the first lines show."""
    if not column.is_whole_or_float:
        return False
    return any(sign in cell for cell in _cells(column, found, ends, encoding) if cell != "." for sign in ".eE")


def _first_lines(ends: Ends, encoding: str) -> list[bytes]:
    end = next((end for end in (0x15, 0x25) if is_ebcdic(encoding) and end in ends.head), 0x0A)
    found = lines_of(ends.head, 0, ends.size, Lines(end=end), _MOST_LINES)
    return [ends.head[one.start : one.start + one.length] for one in found]


def _cells(column: TextColumn, found: Described, ends: Ends, encoding: str) -> Iterator[str]:
    if found.record_size is not None:
        starts = range(0, len(ends.head) - found.record_size + 1, found.record_size)[:_MOST_LINES]
        raw = [ends.head[at : at + found.record_size] for at in starts]
    else:
        raw = _first_lines(ends, encoding)
    for line in raw[column.line - 1 :: found.lines]:
        cell = (
            line[column.start : column.end]
            if found.in_bytes
            else line.decode(encoding, "replace")[column.start : column.end]
        )
        yield (cell.decode(encoding, "replace") if isinstance(cell, bytes) else cell).strip()
