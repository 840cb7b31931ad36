"""Tables in records, as a layout in TOML says them: a `[[field]]` that has `times`, and perhaps fields in it.

[[field]]
name = "ITEM"
times = 5
occurs = "rows"
[[field.field]]
name = "CODE"
type = "str"
length = 4
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.layout import MAX_RECORD_BYTES, TABLE, Field, Table
from etl_batch.layouts.occurrences import NUMBER_ENDING, columns_among, settled_occurs, with_columns
from etl_batch.layouts.toml_values import name_in, refuse_unknown, shown, whole
from etl_batch.layouts.variants import Variant
from etl_batch.layouts.variants_toml import overlapping
from etl_batch.light_dataclass import dataclass
from etl_batch.options.occurring import Occurs, SaidOccurs

MOST_COLUMNS = 10_000
_OF_TABLES = {"times", "occurs", "number"}
_OF_GROUPS = {"name", "offset", "length", "field", *_OF_TABLES}
#: reads an entry that is one value: the entry, its number, the byte behind the field before it
ReadField = Callable[[Mapping[str, Any], int, int], Field]


def occurs_in(table: Mapping[str, Any], here: str) -> Occurs | None:
    """What the key `occurs` says; None: it is not there.

    Raises:
        LayoutInvalid: it says nothing that a table may become.
    """
    word = table.get("occurs")
    if word is not None and word not in tuple(Occurs):  # a tuple: the value may be anything, also unhashable
        raise LayoutInvalid(f"{here} has occurs {shown(word)}; give columns, rows or list")
    return None if word is None else Occurs(word)


def names_of_tables(document: Mapping[str, Any]) -> Iterator[str]:
    """Of all tables among the fields of a document, of its types of records, and in tables."""
    for key in ("field", "record"):
        entries = document.get(key)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                if key == "field" and is_table(entry):
                    yield str(entry.get("name"))
                yield from names_of_tables(entry)


def is_table(entry: Mapping[str, Any]) -> bool:
    """Whether an entry is of a table."""
    return "field" in entry or bool(_OF_TABLES & entry.keys())


@dataclass(frozen=True, slots=True)
class TablesToml:
    """Reads the entries of fields, those of tables among them."""

    where: str
    said: SaidOccurs  #: by flags
    usual: Occurs | None  #: what the layout says of all tables
    read: ReadField

    def fields(self, entries: Sequence[Mapping[str, Any]]) -> tuple[Field, ...]:
        """The fields of a record, those of tables that become columns in all their occurrences.

        Raises:
            LayoutInvalid: naming the field and the key that is wrong.
        """
        return self._with_columns(self._fields(entries, 0, None))

    def _with_columns(self, fields: Sequence[Field]) -> tuple[Field, ...]:
        if (count := columns_among(fields)) > MOST_COLUMNS:
            raise LayoutInvalid(
                f"{self.where} has {count:,} columns with all occurrences of its tables; {MOST_COLUMNS:,} are the most",
                mend="make a large table rows or a list: --occurs list",
            )
        return tuple(with_columns(fields))

    def _fields(self, entries: Sequence[Mapping[str, Any]], start: int, outer: Occurs | None) -> list[Field]:
        """The fields of some entries that begin at a byte, in a table that becomes that, or in none."""
        found: list[Field] = []
        behind = start
        for number, entry in enumerate(entries, start=1):
            is_one = not is_table(entry)
            found.append(self.read(entry, number, behind) if is_one else self._table(entry, number, behind, outer))
            behind = found[-1].offset + found[-1].length
        return found

    def _table(self, entry: Mapping[str, Any], number: int, behind: int, outer: Occurs | None) -> Field:
        """A table, whatever it becomes."""
        is_group = "field" in entry
        name = name_in(entry, number, self.where)
        here = f"{self.where}: field {name!r}"
        times = whole(entry, "times", here, low=1, high=MAX_RECORD_BYTES)
        usual = None if outer is not None and self.usual is Occurs.ROWS else self.usual
        occurs = settled_occurs(name, self.said, occurs_in(entry, here) or usual, outer, self.where)
        if is_group:
            fields, start, step = self._group(entry, here, behind, occurs)
        else:
            own = {key: value for key, value in entry.items() if key not in _OF_TABLES}
            fields = (self.read(own, number, behind),)
            start, step = fields[0].offset, fields[0].length
        table = Table(times=times, step=step, occurs=occurs, fields=fields, is_group=is_group)
        if occurs is Occurs.ROWS:
            table = replace(table, number=_number_name(entry, name, here))
        elif "number" in entry and occurs_in(entry, here) is not Occurs.ROWS:
            raise LayoutInvalid(f"{here} has a number, which only a table of rows has")
        return Field(name=name, type=TABLE, offset=start, length=times * step, encoding=fields[0].encoding, table=table)

    def _group(
        self, entry: Mapping[str, Any], here: str, behind: int, occurs: Occurs
    ) -> tuple[tuple[Field, ...], int, int]:
        """The fields of an occurrence, where the first one begins, and how long it is."""
        refuse_unknown(entry, _OF_GROUPS, here)
        inner = entry["field"]
        if not isinstance(inner, list) or not inner or not all(isinstance(one, dict) for one in inner):
            raise LayoutInvalid(f"{here}: field is no list of tables; write [[field.field]] before each")
        start = whole(entry, "offset", here, default=behind)
        fields = tuple(self._fields(inner, start, occurs))
        end = max(field.offset + field.length for field in fields)
        step = whole(entry, "length", here, default=end - start, low=1, high=MAX_RECORD_BYTES)
        columns = refuse_same_names(self._with_columns(fields), here)
        refuse_outside(columns, start, start + step, here, "occurrence")
        refuse_overlap(columns, here)
        return fields, start, step


def _number_name(entry: Mapping[str, Any], name: str, here: str) -> str:
    number = entry.get("number", name + NUMBER_ENDING)
    if not isinstance(number, str) or not number.strip() or not number.isprintable():
        raise LayoutInvalid(f"{here} has number {shown(number)}; give the name of the column that counts its rows")
    return number


def refuse_same_names(fields: Sequence[Field], here: str) -> Sequence[Field]:
    """The fields themselves, if each has a name of its own.

    Raises:
        LayoutInvalid: naming the first that has not.
    """
    seen: set[str] = set()
    for field in fields:
        if field.name in seen:
            raise LayoutInvalid(f"{here}: field {field.name!r} is there twice")
        seen.add(field.name)
    return fields


def refuse_outside(fields: Sequence[Field], start: int, end: int, here: str, within: str = "record") -> None:
    """Refuse fields that are not between two bytes.

    Raises:
        LayoutInvalid: naming the first.
    """
    for field in fields:
        if field.offset < start:
            raise LayoutInvalid(
                f"{here}: field {field.name!r} begins at byte {field.offset}, before the first {within} at {start}"
            )
        if field.offset + field.length > end:
            raise LayoutInvalid(
                f"{here}: field {field.name!r} ends at byte {field.offset + field.length}, "
                f"past the {within}'s end at {end}"
            )


def refuse_overlap(fields: Sequence[Field], here: str, variants: Sequence[Variant] = ()) -> None:
    """Refuse fields that read the same bytes, but for those that variants have.

    Raises:
        LayoutInvalid: naming the first.
    """
    if (found := overlapping(fields, variants)) is not None:
        before, after = found
        raise LayoutInvalid(
            f"{here}: field {after.name!r} at byte {after.offset} overlaps field {before.name!r}, "
            f"which ends at {before.offset + before.length}"
        )
