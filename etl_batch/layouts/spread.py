"""A layout of lines whose characters have several bytes, as records that have room for them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.layout import Field, Layout
from etl_batch.layouts.lines import BYTES, Columns
from etl_batch.layouts.occurrences import every_field
from etl_batch.text.encodings import is_utf8

MOST_BYTES_EACH = 4  #: of a character of UTF-8
#: of UTF-8: the least byte that begins a character of so many bytes
_BEGINS = {4: 0xF0, 3: 0xE0, 2: 0x80}


def widest_character(highest: int) -> int:
    """How many bytes a character of UTF-8 has at the most, by the highest byte of a text; 1: it is ASCII."""
    return next((width for width, least in _BEGINS.items() if highest >= least), 1)


def needs_room(layout: Layout) -> bool:
    """Whether lines of a layout have other places where a character has several bytes."""
    lines = layout.lines
    return lines is not None and lines.columns != BYTES and is_utf8(layout.fields[0].encoding)


def room_for(layout: Layout, lines: Iterable[bytes]) -> Layout:
    """The layout of the records that these lines are laid out as."""
    if not needs_room(layout):
        return layout
    return spread(layout, widest_character(max((max(line, default=0) for line in lines), default=0)))


def spread(layout: Layout, widest: int) -> Layout:
    """The layout of the records that such lines are laid out as; the same where all is ASCII.

    Args:
        layout: that needs room.
        widest: bytes of the widest character.

    Raises:
        LayoutInvalid: fields are read in some lines alone, and characters have several bytes.
    """
    if widest == 1 or layout.lines is None:
        return layout
    if layout.variants or layout.counted:
        raise LayoutInvalid(
            "columns of lines are read in some of them alone, by a variant or as a field counts them, and a letter of "
            "the lines has several bytes: that is not read yet",
            mend='count the columns in bytes (columns = "bytes"), or convert the lines to an encoding of one byte a '
            "letter, such as latin-1",
        )
    fields, size = _laid(layout.fields, widest, 0)
    columns = tuple(Columns(field.offset, field.length) for field in every_field(layout.fields))
    lines = replace(layout.lines, characters=columns, width=layout.record_size)
    return replace(layout, record_size=size, lines=lines, fields=fields)


def _laid(fields: Sequence[Field], widest: int, at: int) -> tuple[tuple[Field, ...], int]:
    """The fields side by side from a byte on, in the order in which they were given; and what is behind them."""
    laid: dict[str, Field] = {}
    for field in sorted(fields, key=lambda field: field.offset):
        table, length = field.table, field.length
        if table is not None:
            inner, end = _laid(table.fields, widest, at)
            table, length = replace(table, fields=inner, step=end - at), table.times * (end - at)
        elif field.type == "str":  # a number has no such character
            length *= widest
        laid[field.name] = replace(field, offset=at, length=length, table=table)
        at += length
    return tuple(laid[field.name] for field in fields), at
