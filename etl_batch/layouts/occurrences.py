"""Tables in records (OCCURS): their occurrences as columns, as rows, or kept together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.layout import Field, Layout, changed_fields
from etl_batch.options.occurring import Occurs, SaidOccurs, plain_name
from etl_batch.values import MIB

NUMBER_BYTES = 4  #: of the number of an occurrence, where it stands behind a row
NUMBER_ENDING = "_number"  #: of the name of its column
_MOST_ROWS_BYTES = 64 * MIB  #: of all rows of one record
_NAMED = 6  #: tables in a message
_MOST_SHOWN = 10_000  #: fields


def moved(field: Field, distance: int) -> Field:
    """The same field so many bytes further on."""
    table = field.table
    if table is not None:
        table = replace(table, fields=tuple(moved(one, distance) for one in table.fields))
    return replace(field, offset=field.offset + distance, table=table)


def with_columns(fields: Iterable[Field], numbers: tuple[int, ...] = ()) -> Iterator[Field]:
    """The fields with those of tables that become columns in all occurrences, the numbers of these behind their names.

    Args:
        fields: that are to have columns.
        numbers: of the occurrences of the tables that they lie in.
    """
    suffix = "".join(f"_{number}" for number in numbers)
    for field in fields:
        table = field.table
        if table is None:
            yield replace(field, name=field.name + suffix)
        elif table.occurs is Occurs.COLUMNS:
            for number in range(table.times):
                inner = (moved(one, number * table.step) for one in table.fields)
                yield from with_columns(inner, (*numbers, number + 1))
        else:
            inside = replace(table, fields=tuple(with_columns(table.fields)))
            yield replace(field, name=field.name + suffix, table=inside)


def columns_among(fields: Iterable[Field]) -> int:
    """How many fields that are one value `with_columns` makes, those of tables that stay such once."""
    found = 0
    for field in fields:
        table = field.table
        inside = 1 if table is None else columns_among(table.fields)
        found += inside * (table.times if table is not None and table.occurs is Occurs.COLUMNS else 1)
    return found


def every_field(fields: Iterable[Field]) -> Iterator[Field]:
    """The fields that are one value, those of tables in each of their occurrences, as `ITEM[2].CODE`."""
    for field in fields:
        table = field.table
        if table is None:
            yield field
            continue
        for number in range(table.times):
            here = f"{field.name}[{number + 1}]"
            for one in every_field(moved(inner, number * table.step) for inner in table.fields):
                yield replace(one, name=f"{here}.{one.name}" if table.is_group else here)


def table_of_rows(layout: Layout) -> Field | None:
    """The table whose occurrences become rows; None: each record is one."""
    return next((field for field in layout.fields if field.table and field.table.occurs is Occurs.ROWS), None)


def rows_each(layout: Layout) -> int:
    """Rows that each record becomes."""
    found = table_of_rows(layout)
    return 1 if found is None or found.table is None else found.table.times


def row_layout(layout: Layout) -> Layout:
    """The layout of the rows: what is before the table, one occurrence, what is behind it, the occurrence's number."""
    found = table_of_rows(layout)
    if found is None or found.table is None:
        return layout
    table, behind = found.table, found.offset + found.length
    end = max([behind, *(last_end(field) for field in layout.fields if field.offset >= behind)])
    size = end - found.length + table.step
    number = Field(name=table.number, type="i32", offset=size, length=NUMBER_BYTES)
    fields: list[Field] = []
    for field in layout.fields:
        if field is found:
            fields += [number, *table.fields]
        else:
            fields.append(moved(field, table.step - found.length) if field.offset >= behind else field)
    rows = replace(layout, record_size=size + NUMBER_BYTES, fields=tuple(fields))
    if not layout.may_miss_fields:
        return rows
    at = rows.record_size
    rest = changed_fields((one for one in fields if one is not number), lambda one: replace(one, length_at=at))
    place = fields.index(number)
    return replace(rows, fields=(*rest[:place], number, *rest[place:]))


def flattened(layout: Layout) -> Layout:
    """The layout of records as they lie there, to be shown: all occurrences of tables as columns, if not too many."""
    if all(field.table is None for field in layout.fields):
        return layout
    return replace(layout, fields=tuple(islice(every_field(layout.fields), _MOST_SHOWN)))


def last_end(field: Field) -> int:
    """The byte behind the last one of a field that is read."""
    if field.table is None:
        return field.offset + field.length
    return max(map(last_end, field.table.fields)) + (field.table.times - 1) * field.table.step


def room_of(layout: Layout) -> int:
    """Bytes that a record takes in memory, with all of its rows."""
    rows = row_layout(layout)
    return rows.stored_size * rows_each(layout)


def settled_occurs(name: str, said: SaidOccurs, stated: Occurs | None, outer: Occurs | None, where: str) -> Occurs:
    """What a table becomes.

    Args:
        name: of it.
        said: by flags.
        stated: by its layout; None: nothing.
        outer: what the table becomes that it lies in; None: in none.
        where: what it is in, for messages.

    Raises:
        LayoutInvalid: it lies in another one, and would become rows.
    """
    found = said.of(name, stated)
    if outer is None or found is not Occurs.ROWS:
        return found
    if outer is Occurs.ROWS and not said.names(name) and (stated is not Occurs.ROWS or said.every is not None):
        return Occurs.COLUMNS
    raise LayoutInvalid(
        f"{where}: the table {name} lies in another table, and cannot become rows",
        mend=f"make the outer one rows, and {name} columns or list: --occurs OUTER=rows --occurs {name}=list",
    )


def refuse_unclear_rows(layout: Layout, where: str) -> Layout:
    """The layout itself, if it is clear which rows its records become.

    Raises:
        LayoutInvalid: two tables would be rows; bytes of one are read in several ways, or a field counts occurrences in
            its records; the rows of a record are too many; or a name is there twice.
    """
    if layout.counted and (kept := next((one for one in layout.fields if one.table), None)) is not None:
        raise LayoutInvalid(
            f"{where}: a field counts the occurrences of tables in its records, so the table {kept.name} cannot become "
            "rows or a list",
            mend=f"make it columns: --occurs {kept.name}=columns",
        )
    of_variants = {name for one in layout.variants for name in (*one.of, *one.use)}
    if (kept := next((one for one in layout.fields if one.table and one.name in of_variants), None)) is not None:
        raise LayoutInvalid(
            f"{where}: the bytes of the table {kept.name} are read in several ways, so it cannot become rows or a list",
            mend=f"make it columns: --occurs {kept.name}=columns",
        )
    tables = [field for field in layout.fields if field.table is not None and field.table.occurs is Occurs.ROWS]
    if len(tables) > 1:
        names = [field.name for field in tables]
        raise LayoutInvalid(
            f"{where}: the tables {', '.join(names[:_NAMED])}{' ...' if len(names) > _NAMED else ''} would all become "
            "rows; one of a record can",
            mend=f"say which, and what the others become: --occurs {names[0]}=rows, and columns or list for the others",
        )
    if not tables:
        return layout
    if (room := room_of(layout)) > _MOST_ROWS_BYTES:
        raise LayoutInvalid(
            f"{where}: the rows of the table {tables[0].name} would take {room:,} bytes for each record; "
            f"{_MOST_ROWS_BYTES:,} is the most",
            mend=f"make it a list: --occurs {tables[0].name}=list",
        )
    seen: set[str] = set()
    for name in row_layout(layout).names:
        if name in seen:
            raise LayoutInvalid(f"{where}: field {name!r} is there twice, once in the table {tables[0].name}")
        seen.add(name)
    return layout


def refuse_rows(layout: Layout, here: str) -> None:
    """Refuse a table that becomes rows where that is not read: of one among several types of records.

    Raises:
        LayoutInvalid: naming it.
    """
    if (table := table_of_rows(layout)) is not None:
        raise LayoutInvalid(
            f"{here}: the table {table.name} cannot become rows where records are of several types",
            mend=f"make it columns or a list: --occurs {table.name}=list",
        )


def refuse_unmet(said: SaidOccurs, tables: Iterable[str], where: str) -> None:
    """Refuse what is said of a table that there is none of.

    Raises:
        LayoutInvalid: naming it.
    """
    known = dict.fromkeys(tables)
    if unmet := sorted(set(said.named) - set(map(plain_name, known))):
        some = ", ".join(known) or "none"
        raise LayoutInvalid(
            f"{where} has no table {unmet[0]}, as --occurs says; its tables are {some}", mend="name one of them"
        )
