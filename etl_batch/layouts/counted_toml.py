"""Tables whose occurrences a field counts, as a layout in TOML says them.

depending_on = "moving"      # what follows a table that is not full moves; "fixed": it stays where it is
[[counted]]
by = "COUNT"                 # the field that says how many occurrences there are
least = 0                    # (0)
most = 5
offset = 12                  # of the first, in a record that has all of them
size = 8                     # bytes of one
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.condition_fields import found_name
from etl_batch.layouts.counted import Counted, around
from etl_batch.layouts.layout import TEXT_NUMBERS, WHOLE, Field
from etl_batch.layouts.toml_values import refuse_unknown, shown, whole
from etl_batch.layouts.variants import Variant
from etl_batch.options.record_framing import DependingOn

COUNTED_KEYS = {"depending_on", "counted"}
MOST_TABLES = 10_000
_KEYS = {"by", "least", "most", "offset", "size"}
_WAYS = (str(DependingOn.FIXED), str(DependingOn.MOVING))


def counted_in(
    document: Mapping[str, Any], fields: Sequence[Field], record_size: int, where: str
) -> tuple[Counted, ...]:
    """What a document says of tables that a field counts.

    Args:
        document: the keys of the TOML document.
        fields: of the layout.
        record_size: of the longest record, in bytes.
        where: its path, for messages.

    Raises:
        LayoutInvalid: naming the table and what is wrong with it.
    """
    entries = document.get("counted", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise LayoutInvalid(f"{where}: counted is no list of tables; write [[counted]] before each")
    if len(entries) > MOST_TABLES:
        raise LayoutInvalid(f"{where} has {len(entries):,} tables that are counted; {MOST_TABLES:,} are the most")
    by_name = {field.name: field for field in fields}
    tables = [_counted(entry, by_name, f"{where}: counted {at}") for at, entry in enumerate(entries, start=1)]
    for number, table in enumerate(tables, start=1):
        if table.end > record_size:
            raise LayoutInvalid(
                f"{where}: counted {number} ends at byte {table.end}, past the record's end at {record_size}"
            )
    return tuple(tables)


def _counted(entry: Mapping[str, Any], fields: Mapping[str, Field], here: str) -> Counted:
    refuse_unknown(entry, _KEYS, here)
    by = entry.get("by")
    if not isinstance(by, str):
        raise LayoutInvalid(f"{here}: by is {shown(by)}; give the name of the field that counts its occurrences")
    try:
        name = found_name(by, fields)
    except ValueError as error:
        raise LayoutInvalid(f"{here}: {error}") from None
    refuse_no_count(fields[name], here)
    most = whole(entry, "most", here, low=1)
    return Counted(
        by=name, least=whole(entry, "least", here, default=0, high=most), most=most,
        offset=whole(entry, "offset", here), size=whole(entry, "size", here, low=1),
    )  # fmt: skip


def refuse_no_count(field: Field, here: str) -> None:
    """Refuse a field whose values count nothing.

    Raises:
        LayoutInvalid: it is no whole number.
    """
    if field.scale or field.type not in WHOLE | TEXT_NUMBERS or field.type == "f64":
        raise LayoutInvalid(f"{here}: {field.name} is no whole number ({field.type}), and counts nothing")


def moves_in(document: Mapping[str, Any], tables: Sequence[Counted], where: str) -> bool:
    """Whether what follows a table moves that is not full.

    Raises:
        LayoutInvalid: it is not said, or said of no table.
    """
    said = document.get("depending_on")
    if said is not None and (not isinstance(said, str) or said not in _WAYS):
        raise LayoutInvalid(f"{where}: depending_on is {shown(said)}; give {' or '.join(map(repr, _WAYS))}")
    if bool(tables) != (said is not None):
        raise LayoutInvalid(
            f"{where} says depending_on, and has no [[counted]]"
            if said is not None
            else f"{where} has [[counted]], and does not say whether what follows a table moves that is not full",
            mend='say depending_on = "moving", or "fixed" where records have room for all occurrences',
        )
    return said == str(DependingOn.MOVING)


def refuse_unclear(
    fields: Sequence[Field], tables: Sequence[Counted], variants: Sequence[Variant], where: str, *, moves: bool
) -> None:
    """Refuse tables that are not one within an occurrence of the other, and fields that are not within one.

    Raises:
        LayoutInvalid: naming them.
    """
    counting = {field.name: field for field in fields}
    for table in tables:
        field = counting[table.by]
        if moves and field.offset + field.length > table.offset:
            raise LayoutInvalid(f"{where}: {table.by} lies behind what it counts, and moves with it")
    ends: list[int] = []
    for before, after in pairwise(sorted(tables, key=lambda table: (table.offset, -table.end))):
        ends = [end for end in (*ends, before.end) if end > after.offset]
        is_within = before.end <= after.offset or _is_within(after.offset, after.end, before)
        if not is_within or (ends and after.end > min(ends)):
            raise LayoutInvalid(
                f"{where}: a table counted by {after.by} at byte {after.offset} overlaps one counted by {before.by}, "
                "and is not within one of its occurrences"
            )
    several = {name for one in variants for name in (*one.of, *one.use)}
    for place, its in around(tables, fields):
        for table in its:
            if not _is_within(place.offset, place.offset + place.length, table):
                raise LayoutInvalid(
                    f"{where}: field {place.name!r} at byte {place.offset} does not lie within one occurrence of the "
                    f"table counted by {table.by}"
                )
    for table in tables:
        over = [
            field
            for field in fields
            if field.name in several and field.offset < table.offset < field.offset + field.length
        ]
        if over:
            raise LayoutInvalid(
                f"{where}: field {over[0].name!r} reads bytes of a table counted by {table.by} otherwise, which is not "
                "read yet"
            )


def _is_within(start: int, stop: int, table: Counted) -> bool:
    """Whether these bytes are of one occurrence of a table."""
    first = (start - table.offset) // table.size
    return table.offset <= start and stop <= table.offset + (first + 1) * table.size and first < table.most
