"""The items of a copybook as fields of a layout, each of the type that holds its values.

What no type of ours holds is an error that names it: never a value that is not there.
"""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.layouts.copybook import NOT_READ, Book, Column
from etl_batch.layouts.copybook_entries import Sign, Usage
from etl_batch.layouts.copybook_picture import Category, Picture
from etl_batch.layouts.layout import Field, Layout
from etl_batch.layouts.toml_text import layout_text
from etl_batch.light_dataclass import dataclass
from etl_batch.text.encodings import is_ebcdic

_MOST_PACKED_BYTES = 19
_BINARY = {Usage.BINARY, Usage.NATIVE}
_NOT_HELD = {
    Usage.FLOAT: "a float (COMP-1), which is hexadecimal on z/OS and IEEE elsewhere",
    Usage.DOUBLE: "a float (COMP-2), which is hexadecimal on z/OS and IEEE elsewhere",
    Usage.UNSIGNED_PACKED: "packed without a sign (COMP-6)",
    Usage.BYTES: "a number of bytes (COMP-X)",
    Usage.INDEX: "an INDEX",
    Usage.POINTER: "a POINTER",
    Usage.NATIONAL: "text of two bytes a character (NATIONAL)",
    Usage.DBCS: "text of two bytes a character (DISPLAY-1)",
}


@dataclass(frozen=True, slots=True)
class BookLayout:
    """The layout that a book comes to, and what is to be said of it."""

    layout: Layout
    remarks: dict[str, tuple[str, ...]]  #: of each field: what it is in the book, and what was chosen

    def toml(self, head: Sequence[str] = ()) -> str:
        """The layout as our TOML: what it is made of, and each choice, as comments.

        Args:
            head: comments in front of all of it.
        """
        remarks = dict(self.remarks)
        end = 0
        for field in self.layout.fields:
            if field.offset > end:
                remarks[field.name] = (_gap(end, field.offset), *remarks[field.name])
            end = max(end, field.offset + field.length)
        last = [_gap(end, self.layout.record_size)] if end < self.layout.record_size else []
        return layout_text(self.layout, [*head, *last], remarks)


def _gap(start: int, end: int) -> str:
    return f"byte {start} is not read" if end == start + 1 else f"bytes {start} to {end - 1} are not read"


def layout_of_book(book: Book, encoding: str) -> BookLayout:
    """The layout of records whose characters are in this encoding.

    Raises:
        CopybookInvalid: a type of ours does not hold what an item is.
    """
    fields = tuple(_field(column, name, encoding, book.where) for name, column in book.columns)
    remarks = {name: tuple(_remarks(column, name)) for name, column in book.columns}
    return BookLayout(Layout(record_size=book.record_size, fields=fields), remarks)


def _field(column: Column, name: str, encoding: str, where: str) -> Field:
    entry, picture = column.entry, column.entry.picture
    usage = entry.usage or Usage.DISPLAY
    held = _NOT_HELD.get(usage)
    if held is None and picture is not None:
        held = _not_held(column, usage, picture, encoding)
    if held is not None or picture is None:
        raise entry.wrong(where, f"is {held}: that is not read yet", NOT_READ)
    kind, scale = _type(column, usage, picture)
    return Field(
        name=name, type=kind, offset=column.offset, length=column.size, scale=scale, big_endian=True, encoding=encoding
    )


def _not_held(column: Column, usage: Usage, picture: Picture, encoding: str) -> str | None:
    """What an item is that no type of ours holds."""
    pictured = f"(PICTURE {column.entry.pictured})"
    if picture.category is not Category.NUMBER:
        wide = picture.category in {Category.NATIONAL, Category.DBCS}
        return f"text of two bytes a character {pictured}" if wide else None
    if "P" in column.entry.pictured:
        return f"a number with zeros that are not stored {pictured}"
    if usage in _BINARY:
        return _binary_not_held(usage, picture, encoding, pictured)
    if usage is Usage.PACKED:
        return f"of more digits than are read {pictured}" if column.size > _MOST_PACKED_BYTES else None
    return _sign_not_held(picture, column.entry.sign or Sign())


def _sign_not_held(picture: Picture, sign: Sign) -> str | None:
    if not picture.signed or not (sign.leading or sign.separate):
        return None
    return f"a number with SIGN {'LEADING' if sign.leading else 'TRAILING'}{' SEPARATE' if sign.separate else ''}"


def _binary_not_held(usage: Usage, picture: Picture, encoding: str, pictured: str) -> str | None:
    if picture.scale and not picture.signed:
        return f"a binary number without a sign and with a point {pictured}"
    if usage is Usage.NATIVE and not is_ebcdic(encoding):
        return "COMP-5 beside ASCII, in the byte order of a machine that the book does not name"
    return None


def _type(column: Column, usage: Usage, picture: Picture) -> tuple[str, int]:
    """The type that holds an item, and its scale."""
    if picture.category is not Category.NUMBER:
        return "str", 0
    if usage is Usage.PACKED:
        return "packed", picture.scale
    if usage in _BINARY:
        if picture.scale:
            return "decimal", picture.scale
        return f"{'i' if picture.signed else 'u'}{8 * column.size}", 0
    # It holds blanks where it is zero, which is no null.
    return ("str", 0) if column.entry.blank_when_zero else ("zoned", picture.scale)


def _remarks(column: Column, name: str) -> list[str]:
    entry, picture = column.entry, column.entry.picture
    usage = entry.usage or Usage.DISPLAY
    described = [f"PIC {entry.pictured}"] if entry.pictured else []
    described += [usage.value] if usage is not Usage.DISPLAY else []
    remarks = [f"line {entry.line}: {entry.called} {' '.join(described)}"]
    if picture is not None and picture.category is Category.EDITED:
        remarks.append("edited as it is printed: read as text")
    elif entry.blank_when_zero:
        remarks.append("BLANK WHEN ZERO: read as text, as it holds blanks where it is zero")
    if usage is Usage.NATIVE:
        remarks.append("COMP-5 is in the byte order of its machine: taken for that of z/OS, big-endian")
    plain = column.path[-1] + column.suffix
    if name != plain:
        remarks.append(f"{plain} is there more than once: named by its groups, too")
    remarks += [f"88 {meaning}" for meaning in entry.meanings]
    return remarks
