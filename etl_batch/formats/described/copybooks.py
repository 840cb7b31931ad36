"""The layout that a copybook comes to: what the book does not say is told from the file, or by flags."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePosixPath

from etl_batch.errors import Ambiguous
from etl_batch.formats.described.counted_tables import first_of, side_by_side, told_moving
from etl_batch.formats.described.framing import (
    Head,
    completed,
    framed_head,
    said_framing,
    told_framing,
    told_in_words,
    with_short_records,
)
from etl_batch.formats.described.text_lines import lines_of_book
from etl_batch.formats.described.text_transfer import refuse_destroyed
from etl_batch.formats.unchanged import open_read
from etl_batch.layouts.copybook.book import Book, book_of
from etl_batch.layouts.copybook.bytes import (
    ASCII,
    EBCDIC,
    MOST_RECORDS,
    Told,
    refuse_doubtful_tables,
    refuse_other_files,
    told_encoding,
)
from etl_batch.layouts.copybook.copying import whole_code
from etl_batch.layouts.copybook.entries import Usage
from etl_batch.layouts.copybook.fields import BookLayout, layout_of_book
from etl_batch.layouts.copybook.held import HowStored
from etl_batch.layouts.copybook.numbers import has_floats, has_native, is_native_big, refuse_unsaid_floats
from etl_batch.layouts.copybook.source import Code
from etl_batch.layouts.file_names import COPYBOOK_ENDINGS
from etl_batch.layouts.framing import Framing
from etl_batch.layouts.layout import with_framing
from etl_batch.light_dataclass import dataclass
from etl_batch.options.input_reading import BlankNumbers, CompDigits, FloatFormat, InputReading
from etl_batch.options.occurring import SaidOccurs
from etl_batch.options.record_framing import FIXED
from etl_batch.storage.layout_file import layout_file_text
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.paths import FileIdentity, list_folder
from etl_batch.storage.roots import Place
from etl_batch.text.encodings import encoding_named, is_ebcdic
from etl_batch.text.typed_options import read_as
from etl_batch.values import MIB

_MOST_HEAD_BYTES = 4 * MIB


@dataclass(frozen=True, slots=True)
class ReadBook:
    """A book, its layout, and what a user should know of it."""

    book: Book
    found: BookLayout
    notes: tuple[str, ...]

    @property
    def toml(self) -> str:
        """The layout as our TOML, each choice with a comment."""
        return self.found.toml([f"made of {self.book.where}", *self.notes])


def read_copybook(
    text: str, called: str, where: Place | None, config: InputReading, beside: Place | None = None
) -> ReadBook:
    """The layout of a copybook.

    Args:
        text: of the book.
        called: its path, for messages.
        beside: the file it stands in, beside which others lie that it takes in; None: it was pasted.
        where: a file of its records, by which its encoding is told; None: there is none.
        config: what somebody said.

    Raises:
        CopybookInvalid: it is wrong, or describes what is not read yet; or the file is not as it says.
        Ambiguous: nothing tells how it is to be read.
    """
    code = whole_code(text, called, None if beside is None else _Beside(beside).book)
    book = _book(code, called, config.variant, "".join(config.record), config.occurs)
    if (lines := lines_of_book(book, where, config)) is not None:
        return ReadBook(book, lines[0], tuple(lines[1]))
    head, framing, file = b"", said_framing(None, config), None
    framed: list[str] = []
    if where is not None:
        raw, size = _head(where, book.record_size)
        file = Head(raw, size, str(where.path))
        if framing is None and (framing := told_framing(file, 0, book.record_size)) is not None:
            framed.append(f"{where.path}: {told_in_words(framing)}")
            framing = with_short_records(framing, config)
        framing = None if framing is None else completed(framing, where)
        head = raw if framing is None or framing.format in FIXED else framed_head(file, framing, book.record_size)
        if framing is None:
            _refuse_destroyed(book, head, size, str(where.path))
            refuse_other_files(book, head, size, str(where.path))
    if framing is not None and framing.format in FIXED:
        framing = None
    if book.tables and file is not None and framing is None:
        head = _placed_head(book, file, head, config)
    told = _told(book, where, head, config)
    notes = [
        *framed,
        told.note,
        *book.notes,
        *(f"{read_as(one).in_words}, as --variant says" for one in config.variant),
    ]
    is_big = is_ebcdic(told.encoding)
    if has_native(book) and not is_big and where is not None:
        is_big = is_native_big(book, head, str(where.path))
        notes.append(f"COMP-5 is {'big' if is_big else 'little'}-endian, as its values say")
    if has_floats(book) and config.floats is FloatFormat.AUTO:
        refuse_unsaid_floats(book, head)
    stored = HowStored(
        told.encoding,
        is_native_big=is_big,
        has_ibm_floats=config.floats is FloatFormat.IBM,
        are_floats_big=config.floats is not FloatFormat.IEEE_LITTLE,
        is_blank_null=config.blank is BlankNumbers.NULL,
        is_within_digits=config.comp_digits is CompDigits.STRICT,
    )
    moves, note = (False, None) if not book.tables else _moves(book, stored, file, framing, config)
    found = layout_of_book(book, replace(stored, moves=moves))
    layout = with_framing(found.layout, framing)
    return ReadBook(book, replace(found, layout=layout), tuple(one for one in (*notes, note) if one is not None))


def _moves(
    book: Book, stored: HowStored, file: Head | None, framing: Framing | None, config: InputReading
) -> tuple[bool, str | None]:
    """Whether what stands behind tables moves whose occurrences an item counts, and a note where that is told."""
    layout = layout_of_book(book, stored).layout
    first = None if file is None else first_of(file, framing, layout)
    moves, note = told_moving(config.depending_on, layout, book.where, first)
    if first is not None and config.encoding is None and is_ebcdic(stored.encoding):
        refuse_doubtful_tables(book, side_by_side(first, layout, moves=moves), first.called)
    return moves, note


def _placed_head(book: Book, file: Head, head: bytes, config: InputReading) -> bytes:
    """The first records of a file whose counts tell how long they are, each as it is where all tables are full."""
    given = encoding_named(config.encoding) if config.encoding is not None else None
    for encoding in (EBCDIC, ASCII) if given is None else (given,):
        layout = layout_of_book(book, HowStored(encoding)).layout
        first = first_of(file, None, layout)
        with contextlib.suppress(Ambiguous):
            if told_moving(config.depending_on, layout, book.where, first)[0] and first.moving:
                return side_by_side(first, layout, moves=True)
    return head


def _refuse_destroyed(book: Book, head: bytes, size: int, called: str) -> None:
    """Refuse records that a copy in text mode destroyed, before anything is told by their bytes."""
    if any(column.entry.usage is Usage.PACKED for _, column in book.columns):
        refuse_destroyed(head, size, layout_of_book(book, HowStored(EBCDIC)).layout, called)


@lru_cache(maxsize=8)
def _book(code: Code, called: str, variants: tuple[str, ...], record: str, occurs: tuple[str, ...]) -> Book:
    return book_of(code, called, tuple(map(read_as, variants)), record, SaidOccurs.parse(occurs))


class _Beside:
    """Books that lie in the folder of another, under their names in any case, with an ending or without."""

    def __init__(self, book: Place) -> None:
        self._folder = Place(book.root, PurePosixPath(book.relative.parent))

    def book(self, name: str) -> tuple[str, str] | None:
        """The path and the text of the book that has this name."""
        wanted = [(name + ending).lower() for ending in ("", *COPYBOOK_ENDINGS)]
        found = {one.lower(): one for one in reversed(list_folder(self._folder)) if one.lower() in wanted}
        one = next((found[each] for each in wanted if each in found), None)
        if one is None:
            return None
        place = self._folder.child(one)
        return str(place.path), layout_file_text(place)


def _told(book: Book, where: Place | None, head: bytes, config: InputReading) -> Told:
    given = encoding_named(config.encoding) if config.encoding is not None else None
    if where is not None and given is None:
        return told_encoding(book, head, str(where.path))
    if given is not None:
        return Told(given, f"the characters are {given}, as --encoding says")
    return Told(EBCDIC, f"the characters are taken for EBCDIC ({EBCDIC}): no file was named that could tell")


def _head(where: Place, record_size: int) -> tuple[bytes, int]:
    descriptor = open_read(where)
    try:
        size = FileIdentity.of(descriptor).size
        with reading(str(where.path)):
            return os.pread(descriptor, min(MOST_RECORDS * record_size, _MOST_HEAD_BYTES), 0), size
    finally:
        os.close(descriptor)
