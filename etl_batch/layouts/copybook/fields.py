"""The items of a copybook as fields of a layout, each of the type that holds its values.

What no type of ours holds is an error that names it: never a value that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from etl_batch.layouts.copybook.book import NOT_READ, Book, BookField, Column
from etl_batch.layouts.copybook.entries import Usage
from etl_batch.layouts.copybook.held import FLOATS, OF_THE_MACHINE, HowStored, NotHeldError, held_as
from etl_batch.layouts.copybook.picture import Category
from etl_batch.layouts.copybook.told_readings import variants_of
from etl_batch.layouts.copybook.told_tables import tables_of
from etl_batch.layouts.layout import MAX_TEXT_BYTES, TABLE, Field, Layout, Table, changed_fields, first_fields
from etl_batch.layouts.nulls import with_blank_nulls
from etl_batch.layouts.occurrences import NUMBER_ENDING, refuse_unclear_rows
from etl_batch.layouts.toml_text import layout_text
from etl_batch.light_dataclass import dataclass
from etl_batch.options.occurring import Occurs

_REPEATED = re.compile(r"(.)\((\d+)\)")
_WITHOUT_ORDER = {"str", "packed", "zoned"}  #: types whose bytes have one order; they say that of the others


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
        CopybookInvalid: a type of ours does not hold what an item is; a condition of --variant names no item.
    """
    fields = tuple(_field_of(one, stored, book.where) for one in book.fields)
    numbers = [field.big_endian for field in first_fields(fields) if field.type not in _WITHOUT_ORDER]
    is_big = 2 * sum(numbers) >= len(numbers)
    fields = changed_fields(
        fields, lambda field: replace(field, big_endian=is_big) if field.type in _WITHOUT_ORDER else field
    )
    remarks = dict(_all_remarks(book.fields, stored))
    layout = Layout(
        record_size=book.record_size, fields=fields, variants=variants_of(book, fields),
        counted=tables_of(book, fields), moves=stored.moves and bool(book.tables),
    )  # fmt: skip
    layout = refuse_unclear_rows(layout, book.where)
    return BookLayout(with_blank_nulls(layout) if stored.is_blank_null else layout, remarks)


def _field_of(one: BookField, stored: HowStored, where: str) -> Field:
    if isinstance(one.item, Column):
        return _field(one.item, one.name, stored, where)
    item = one.item
    table = Table(
        times=item.entry.occurs, step=item.size, occurs=item.occurs, is_group=item.is_group,
        fields=tuple(_field_of(inner, stored, where) for inner in one.inner),
        number=one.name + NUMBER_ENDING if item.occurs is Occurs.ROWS else "",
    )  # fmt: skip
    return Field(
        name=one.name, type=TABLE, offset=item.offset, length=table.times * table.step, encoding=stored.encoding,
        table=table,
    )  # fmt: skip


def _all_remarks(
    fields: Sequence[BookField], stored: HowStored, inside: str = ""
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Of each field what is to be said of it, those in a table under its name and a point."""
    for one in fields:
        if isinstance(one.item, Column):
            yield inside + one.name, tuple(_remarks(one.item, one.name, stored))
            continue
        entry = one.item.entry
        occurs = f"line {entry.line}: {entry.called} OCCURS {entry.occurs}"
        of_values = dict(_all_remarks(one.inner, stored, f"{inside}{one.name}."))
        if one.item.is_group:
            yield inside + one.name, (occurs,)
            yield from of_values.items()
        else:
            yield inside + one.name, (*(remark for its in of_values.values() for remark in its), occurs)


def _field(column: Column, name: str, stored: HowStored, where: str) -> Field:
    try:
        held = held_as(column, stored)
    except NotHeldError as error:
        raise column.entry.wrong(where, f"is {error}: that is not read yet", NOT_READ) from None
    return Field(
        name=name, offset=column.offset, length=column.size, values=column.entry.values,
        **{"encoding": stored.encoding} | held,
    )  # fmt: skip


def _remarks(column: Column, name: str, stored: HowStored) -> list[str]:
    entry, picture = column.entry, column.entry.picture
    usage = entry.usage or Usage.DISPLAY
    described = [f"PIC {entry.pictured}"] if entry.pictured else []
    described += [usage.value] if usage is not Usage.DISPLAY else []
    remarks = [f"line {entry.line}: {entry.called} {' '.join(described)}"]
    if picture is not None and picture.category is Category.EDITED:
        remarks.append(f"edited as it is printed: read as text{_as_a_number(entry.pictured)}")
    elif entry.blank_when_zero:
        remarks.append("BLANK WHEN ZERO: blanks stand for zero")
    if usage in OF_THE_MACHINE:
        order = "big-endian, as on z/OS" if stored.is_native_big else "little-endian, as on PCs"
        remarks.append(f"{usage.value} is in the byte order of its machine: taken for {order}")
    if usage in FLOATS:
        remarks.append("a hexadecimal float of z/OS" if stored.has_ibm_floats else "an IEEE float")
    plain = column.path[-1] + column.suffix
    if name != plain:
        remarks.append(f"{plain} is there more than once: named by its groups, too")
    remarks += [f"88 {meaning}" for meaning in entry.meanings]
    return remarks


def _as_a_number(pictured: str) -> str:
    """How an edited picture can be read as a number, where its characters are those of one."""
    characters = _REPEATED.sub(lambda found: found[1] * min(int(found[2]), MAX_TEXT_BYTES), pictured)
    if not set(characters) & set("Z9") or set(characters) - set("Z9+-."):
        return ""
    scale = len(characters.partition(".")[2].strip("+-"))
    return f'; as a number: type = "decimal", scale = {scale}, text = true'
