"""Tables of a copybook whose occurrences an item counts, as those of a layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.condition_fields import found_name
from etl_batch.layouts.copybook.book import Book
from etl_batch.layouts.copybook.tables import Table
from etl_batch.layouts.counted import Counted
from etl_batch.layouts.counted_toml import refuse_no_count
from etl_batch.layouts.layout import Field

_MEND = "where each record has room for all of it, give OCCURS that number alone in a copy of the book"


def tables_of(book: Book, fields: Sequence[Field]) -> tuple[Counted, ...]:
    """The tables of a layout.

    Args:
        book: what it is made of.
        fields: of the layout.

    Raises:
        CopybookInvalid: what counts the occurrences is no item of the record, or no whole number before them.
    """
    by_name = {field.name: field for field in fields}
    found = []
    for table in book.tables:
        entry = table.entry
        name = _counting(table, by_name)
        if name is None:
            raise entry.wrong(
                book.where, f"occurs DEPENDING ON {entry.depending_on}, which is no item of the record", _MEND
            )
        field = by_name[name]
        try:
            refuse_no_count(field, name)
        except LayoutInvalid:
            raise entry.wrong(
                book.where, f"occurs DEPENDING ON {entry.depending_on}, which is no whole number ({field.type})", _MEND
            ) from None
        if field.offset + field.length > table.offset:
            raise entry.wrong(
                book.where, f"occurs DEPENDING ON {entry.depending_on}, which stands behind it in the record", _MEND
            )
        found.append(
            Counted(by=name, least=entry.occurs_least, most=entry.occurs, offset=table.offset, size=table.size)
        )
    return tuple(found)


def _counting(table: Table, fields: Mapping[str, Field]) -> str | None:
    """The field that counts the occurrences, of those alike the one in the same occurrence of what the table is in."""
    suffix = table.suffix
    while True:
        try:
            return found_name(table.entry.depending_on + suffix, fields)
        except ValueError:
            if not suffix:
                return None
        suffix = suffix.rpartition("_")[0]
