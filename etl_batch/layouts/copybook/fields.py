"""The items of a copybook as fields of a layout, each of the type that holds its values.

What no type of ours holds is an error that names it: never a value that is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from etl_batch.layouts.copybook.book import NOT_READ, Book, Column
from etl_batch.layouts.copybook.entries import Sign, Usage
from etl_batch.layouts.copybook.picture import Category, Picture
from etl_batch.layouts.layout import LEADING, TRAILING, Field, Layout
from etl_batch.layouts.nulls import with_blank_nulls
from etl_batch.layouts.toml_text import layout_text
from etl_batch.light_dataclass import dataclass

_MOST_PACKED_BYTES = 19
FLOATS = {Usage.FLOAT: "f32", Usage.DOUBLE: "f64"}
_WITHOUT_ORDER = {"str", "packed", "zoned"}  #: types whose bytes have one order; they say that of the others
_BINARY = {Usage.BINARY, Usage.NATIVE}
_NOT_HELD = {
    Usage.UNSIGNED_PACKED: "packed without a sign (COMP-6)",
    Usage.BYTES: "a number of bytes (COMP-X)",
    Usage.INDEX: "an INDEX",
    Usage.POINTER: "a POINTER",
    Usage.NATIONAL: "text of two bytes a character (NATIONAL)",
    Usage.DBCS: "text of two bytes a character (DISPLAY-1)",
}


@dataclass(frozen=True, slots=True)
class HowStored:
    """What a book does not say of how its records are stored."""

    encoding: str
    is_native_big: bool = True  #: whether COMP-5 has its highest byte first, as on z/OS
    has_ibm_floats: bool = True  #: whether floats are hexadecimal, as on z/OS
    are_floats_big: bool = True
    is_blank_null: bool = False  #: whether a number that is all blanks is null


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


def layout_of_book(book: Book, stored: HowStored) -> BookLayout:
    """The layout of records that are stored in this way.

    Raises:
        CopybookInvalid: a type of ours does not hold what an item is.
    """
    fields = [_field(column, name, stored, book.where) for name, column in book.columns]
    numbers = [field.big_endian for field in fields if field.type not in _WITHOUT_ORDER]
    is_big = 2 * sum(numbers) >= len(numbers)
    fields = [replace(field, big_endian=is_big) if field.type in _WITHOUT_ORDER else field for field in fields]
    remarks = {name: tuple(_remarks(column, name, stored)) for name, column in book.columns}
    layout = Layout(record_size=book.record_size, fields=tuple(fields))
    return BookLayout(with_blank_nulls(layout) if stored.is_blank_null else layout, remarks)


def _field(column: Column, name: str, stored: HowStored, where: str) -> Field:
    entry, picture = column.entry, column.entry.picture
    usage = entry.usage or Usage.DISPLAY
    if usage in FLOATS:
        return Field(
            name=name, type=FLOATS[usage], offset=column.offset, length=column.size,
            big_endian=stored.are_floats_big, encoding=stored.encoding, ibm=stored.has_ibm_floats,
        )  # fmt: skip
    held = _NOT_HELD.get(usage)
    if held is None and picture is not None:
        held = _not_held(column, usage, picture)
    if held is not None or picture is None:
        raise entry.wrong(where, f"is {held}: that is not read yet", NOT_READ)
    kind, scale = _type(column, usage, picture)
    sign = _sign(picture, entry.sign or Sign()) if kind == "zoned" else TRAILING
    return Field(
        name=name, type=kind, offset=column.offset, length=column.size, scale=scale,
        big_endian=stored.is_native_big if usage is Usage.NATIVE else True, encoding=stored.encoding,
        sign=sign, signed=picture.signed or kind != "decimal",
    )  # fmt: skip


def _sign(picture: Picture, sign: Sign) -> str:
    if not picture.signed:
        return TRAILING
    return f"{LEADING if sign.leading else TRAILING}{' separate' if sign.separate else ''}"


def _not_held(column: Column, usage: Usage, picture: Picture) -> str | None:
    """What an item is that no type of ours holds."""
    pictured = f"(PICTURE {column.entry.pictured})"
    if picture.category is not Category.NUMBER:
        wide = picture.category in {Category.NATIONAL, Category.DBCS}
        return f"text of two bytes a character {pictured}" if wide else None
    if "P" in column.entry.pictured:
        return f"a number with zeros that are not stored {pictured}"
    if usage is Usage.PACKED:
        return f"of more digits than are read {pictured}" if column.size > _MOST_PACKED_BYTES else None
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


def _remarks(column: Column, name: str, stored: HowStored) -> list[str]:
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
        order = "big-endian, as on z/OS" if stored.is_native_big else "little-endian, as on PCs"
        remarks.append(f"COMP-5 is in the byte order of its machine: taken for {order}")
    if usage in FLOATS:
        remarks.append("a hexadecimal float of z/OS" if stored.has_ibm_floats else "an IEEE float")
    plain = column.path[-1] + column.suffix
    if name != plain:
        remarks.append(f"{plain} is there more than once: named by its groups, too")
    remarks += [f"88 {meaning}" for meaning in entry.meanings]
    return remarks
