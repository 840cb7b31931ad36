"""Lines of text, as a layout in TOML says them: read, and written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.layout import MAX_RECORD_BYTES, Field, Layout, first_fields
from etl_batch.layouts.lines import BYTES, CHARACTERS, LinePart, Lines
from etl_batch.layouts.toml_values import shown
from etl_batch.options.record_framing import RecordFormat
from etl_batch.text.encodings import has_one_byte_each, is_utf8
from etl_batch.text.numbers import is_whole_number

MOST_LINES_EACH = 1_000  #: of a record
OF_CHARACTERS = {"str", "zoned"}  #: types that are characters anyway
_LEAVE_OUT = "leave the flag out, or take the layout that is meant"
LINES_KEYS = {"lines", "columns"}
#: what only stored records have, or what lines tell by themselves
_NOT_OF_LINES = (
    "record_format", "rdw", "short_records", "byte_order", "floats", "header_bytes", "trailer_bytes",
)  # fmt: skip


def lines_in(document: Mapping[str, Any], encoding: str, where: str) -> Lines | None:
    """What a document says of lines; None: its records are none.

    Args:
        document: the keys of the TOML document.
        encoding: of its characters.
        where: its path, for messages.

    Raises:
        LayoutInvalid: naming the key that is wrong.
    """
    said = document.get("lines", False)
    parts = _parts(said, where) if isinstance(said, list) else ()
    if not parts and not isinstance(said, bool):
        raise LayoutInvalid(
            f"{where}: lines is {shown(said)}; give true, false or the columns of each line of a record"
        )
    columns = document.get("columns", CHARACTERS)
    if columns not in (CHARACTERS, BYTES):
        raise LayoutInvalid(f"{where}: columns is {shown(columns)}; give {CHARACTERS!r} or {BYTES!r}")
    if said is False:
        if "columns" in document:
            raise LayoutInvalid(f"{where} has columns, which only lines of text have; say lines = true")
        return None
    for key in _NOT_OF_LINES:
        if key in document:
            raise LayoutInvalid(f"{where} has {key}, which lines of text do not have")
    if not has_one_byte_each(encoding) and not is_utf8(encoding):
        raise LayoutInvalid(f"{where}: lines of text are in UTF-8, or in an encoding of one byte each, not {encoding}")
    if parts and columns != BYTES and is_utf8(encoding):
        raise LayoutInvalid(f'{where}: columns of records of several lines are counted in bytes; say columns = "bytes"')
    return Lines(columns=columns, parts=parts)


def _parts(said: list[Any], where: str) -> tuple[LinePart, ...]:
    """The lines of a record, from the columns of each."""
    if not 2 <= len(said) <= MOST_LINES_EACH:
        raise LayoutInvalid(f"{where}: lines has the columns of {len(said):,} lines; give 2 to {MOST_LINES_EACH}")
    for one in said:
        if not is_whole_number(one) or not 0 <= one <= MAX_RECORD_BYTES:
            raise LayoutInvalid(f"{where}: lines has {shown(one)}; a line has 0 to {MAX_RECORD_BYTES:,} columns")
    return tuple(map(LinePart, said))


def size_of_parts(document: Mapping[str, Any], lines: Lines, where: str) -> int:
    """Bytes of a record of several lines.

    Raises:
        LayoutInvalid: record_size says otherwise.
    """
    size = sum(part.width for part in lines.parts)
    if document.get("record_size", size) != size:
        raise LayoutInvalid(f"{where}: record_size is {shown(document['record_size'])}, and its lines have {size}")
    return size


def refuse_mixed(fields: Iterable[Field], where: str) -> None:
    """Refuse fields of lines in more than one encoding: nothing would tell where a line ends, and what a column is.

    Raises:
        LayoutInvalid: naming the first of another one.
    """
    first: Field | None = None
    for field in fields:
        if first is not None and field.encoding != first.encoding:
            raise LayoutInvalid(
                f"{where}: field {field.name!r} is in {field.encoding}, and field {first.name!r} in {first.encoding}; "
                "lines of text have one encoding"
            )
        first = first or field


def said_lines(layout: Layout, form: RecordFormat) -> Layout:
    """A layout with what somebody said of its records: that they are lines of text, or are none.

    Args:
        layout: of either.
        form: how records follow each other, as it was said.

    Raises:
        LayoutInvalid: the layout says otherwise, or has what no characters are.
    """
    if layout.lines is not None and form not in {RecordFormat.AUTO, RecordFormat.TEXT}:
        raise LayoutInvalid(f"the layout is of lines of text, and --record-format says {form}", mend=_LEAVE_OUT)
    if layout.lines is not None or form is not RecordFormat.TEXT:
        return layout
    for field in first_fields(layout.fields):
        if not (field.text or field.type in OF_CHARACTERS):
            raise LayoutInvalid(f"field {field.name!r} is {field.type}, which no characters are", mend=_LEAVE_OUT)
    refuse_mixed(first_fields(layout.fields), "--record-format text")
    return replace(layout, framing=None, lines=Lines())


def lines_text(lines: Lines) -> Iterator[str]:
    """The keys of the document, but for those that are usual."""
    yield f"lines = {[part.width for part in lines.parts]}" if lines.parts else "lines = true"
    if lines.columns != CHARACTERS:
        yield f'columns = "{lines.columns}"'
