"""Several types of records in one layout of ours: `[[record]]`, each with its own fields behind those of all.

record_size = 80
[[field]]                    # what all records begin with
name = "TYPE"
type = "str"
length = 2
[[record]]
name = "ORDER"
when = "TYPE = '01'"
key = "ORDER_ID"             # what its children carry
[[record.field]]
name = "ORDER_ID"
...
[[record]]
name = "LINE"
when = "TYPE = '02'"
parent = "ORDER"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.condition_fields import found_name, settled
from etl_batch.layouts.condition_text import read_condition
from etl_batch.layouts.conditions import Comparison, Condition, End
from etl_batch.layouts.layout import Carried, Field, Layout, Reconciled, RecordType, with_framing
from etl_batch.layouts.occurrences import refuse_rows
from etl_batch.layouts.reconcile_toml import Others, reconciled
from etl_batch.layouts.record_types import ancestors, end_of, rows_among
from etl_batch.layouts.toml_values import names_in, refuse_unknown, shown, text_in
from etl_batch.light_dataclass import dataclass

MOST_TYPES = 100
_KEYS = {"name", "when", "parent", "key", "field", "variant", "counted", "reconcile", "columns", "record_size"}
_NAME = re.compile(r"[^\W_][\w.-]{0,99}")  #: that a folder may have on any system


@dataclass(frozen=True, slots=True)
class Said:
    """A type of records as somebody wrote it."""

    name: str
    when: str
    layout: Layout
    parent: str | None = None
    key: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    reconcile: Mapping[str, Any] | None = None


def layout_of_types(
    document: Mapping[str, Any], where: str, layout_of: Callable[[Mapping[str, Any], str], Layout]
) -> Layout:
    """A layout of several types of records.

    Args:
        document: with the key `record`.
        where: its path, for messages.
        layout_of: makes the layout of one type of what it would be alone.

    Raises:
        LayoutInvalid: naming the record and the key that is wrong.
    """
    entries = document["record"]
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise LayoutInvalid(f"{where}: record is no list of tables; write [[record]] before each")
    if isinstance(document.get("lines"), list):
        raise LayoutInvalid(f"{where}: records of several types are a line each, not several; say lines = true")
    common = {key: value for key, value in document.items() if key != "record"}
    said = [_said(entry, number, common, where, layout_of) for number, entry in enumerate(entries, start=1)]
    return with_types(said, where)


def _said(
    entry: Mapping[str, Any],
    number: int,
    common: Mapping[str, Any],
    where: str,
    layout_of: Callable[[Mapping[str, Any], str], Layout],
) -> Said:
    name = entry.get("name")
    here = f"{where}: record {shown(name) if isinstance(name, str) else number}"
    refuse_unknown(entry, _KEYS, here)
    if not isinstance(name, str):
        raise LayoutInvalid(f"{here} has no name")
    own, first = entry.get("field", []), common.get("field", [])
    if not isinstance(own, list) or not isinstance(first, list):
        raise LayoutInvalid(f"{here}: field is no list of tables; write [[record.field]] before each")
    more: dict[str, list[Any]] = {}
    for key in ("variant", "counted"):
        lists = [common.get(key, []), entry.get(key, [])]
        if not all(isinstance(one, list) for one in lists):
            raise LayoutInvalid(f"{here}: {key} is no list of tables; write [[record.{key}]] before each")
        more[key] = [*chain.from_iterable(lists)]
    if not more["counted"]:  # of other types it is said
        common = {key: value for key, value in common.items() if key != "depending_on"}
    if "record_size" in entry and "record_size" in common:
        raise LayoutInvalid(f"{here} has record_size, which stands above all records already; say it in one place")
    size = {"record_size": entry["record_size"]} if "record_size" in entry else {}
    reconcile = entry.get("reconcile")
    if reconcile is not None and not isinstance(reconcile, dict):
        raise LayoutInvalid(f'{here}: reconcile is {shown(reconcile)}; give one such as {{rows = "COUNT"}}')
    return Said(
        name=name,
        when=text_in(entry, "when", here) or "",
        layout=layout_of({**common, **size, "field": [*first, *own], **more}, here),
        parent=text_in(entry, "parent", here),
        key=names_in(entry, "key", here),
        columns=names_in(entry, "columns", here),
        reconcile=reconcile,
    )


def with_types(said: Sequence[Said], where: str) -> Layout:
    """A layout of several types of records, which are settled: names of fields and of other types are found.

    Args:
        said: the types, in the order in which they are asked; their layouts may differ in length.
        where: the path of what they are from, for messages.

    Raises:
        LayoutInvalid: naming the record and what is wrong.
    """
    if len(said) > MOST_TYPES:
        raise LayoutInvalid(f"{where} has {len(said):,} types of records; {MOST_TYPES} are the most")
    if any(one.layout.moves for one in said):
        raise LayoutInvalid(
            f"{where} has several types of records, and tables behind which all moves, which is not read together yet",
            mend="read the records of one type, with a layout of its own",
        )
    for one in said:
        refuse_rows(one.layout, f"{where}: record {one.name!r}")
    first = said[0].layout
    size = max(one.layout.record_size for one in said)
    said = [replace(one, layout=_bare(one.layout)) for one in said]
    folded: dict[str, str] = {}
    for one in said:
        if not _NAME.fullmatch(one.name) or one.name.endswith("."):
            raise LayoutInvalid(f"{where}: record {one.name!r} names a folder, of letters, digits, - _ . alone")
        if one.name.casefold() in folded:
            raise LayoutInvalid(f"{where}: record {one.name!r} is there twice")
        folded[one.name.casefold()] = one.name
    kinds = tuple(_settled(one, said, where) for one in said)
    if not rows_among(kinds):
        raise LayoutInvalid(f"{where} has no record that becomes a row")
    for end in End:
        if sum(kind.end is end for kind in kinds) > 1:
            raise LayoutInvalid(f"{where} has two records that are the {end.value} one")
    _refuse_circles(kinds, where)
    kinds = tuple(_with_carried(kind, kinds, where) for kind in kinds)
    common = _common([one.layout for one in said])
    whole = replace(
        first,
        record_size=size,
        fields=common or said[0].layout.fields,
        records=kinds,
        variants=() if common else first.variants,
        counted=() if common else first.counted,
    )
    return whole if whole.framing is None else with_framing(whole, whole.framing)


def _bare(layout: Layout) -> Layout:
    """The layout of records of a type by themselves: how these follow each other is said of all of them."""
    return replace(with_framing(layout, None), header_bytes=0, trailer_bytes=0, lines=None)


def _settled(one: Said, said: Sequence[Said], where: str) -> RecordType:
    here = f"{where}: record {one.name!r}"
    if not one.when.strip():
        raise LayoutInvalid(f'{here} has no condition; say what tells it: when = "TYPE = \'01\'", or "first"')
    try:
        when = read_condition(one.when)
        when = settled(when, _fields_for(when, one, said))
    except ValueError as error:
        raise LayoutInvalid(f"{here}, when = {one.when!r}: {error}") from None
    own = {field.name: field for field in one.layout.fields}
    try:
        key, columns = (tuple(found_name(name, own) for name in names) for names in (one.key, one.columns))
    except ValueError as error:
        raise LayoutInvalid(f"{here}: {error}") from None
    kind = RecordType(
        name=one.name, when=when, layout=one.layout, end=end_of(when), parent=_parent(one, said, here), key=key,
        columns=columns,
    )  # fmt: skip
    if columns and kind.end is None:
        raise LayoutInvalid(f"{here} has columns, which rows carry of a first or last record alone; key is for others")
    if one.reconcile is None:
        return kind
    if kind.end is None:
        raise LayoutInvalid(
            f'{here} has reconcile, which the first and the last record of a file alone take: when = "last"; totals of '
            "several batches in one file are not compared"
        )
    return replace(kind, reconciled=_reconciled(one, said, kind.end, here))


def _fields_for(when: Condition, one: Said, said: Sequence[Said]) -> dict[str, Field]:
    """Its own fields, and beside them those of others that it names."""
    own = {field.name: field for field in one.layout.fields}
    found = dict(own)
    for term in when.terms:
        if not isinstance(term, Comparison):
            continue
        try:
            found_name(term.name, own)
        except ValueError:
            for other in said:
                for field in other.layout.fields:
                    found.setdefault(field.name, field)
    return found


def _parent(one: Said, said: Sequence[Said], here: str) -> str | None:
    if one.parent is None:
        return None
    found = next((other for other in said if other.name.casefold() == one.parent.casefold()), None)
    if found is None or found is one:
        names = ", ".join(other.name for other in said if other is not one)
        raise LayoutInvalid(f"{here} has parent {one.parent!r}, which is no other record; there are {names}")
    return found.name


def _reconciled(one: Said, said: Sequence[Said], end: End, here: str) -> Reconciled:
    rows = {other.name: other.layout for other in said if _end_of(other) is None}
    first = next((other.layout for other in said if _end_of(other) is End.FIRST), None)
    others = Others(rows, first if end is End.LAST else None)
    return reconciled(one.reconcile or {}, {field.name: field for field in one.layout.fields}, others, here)


def _end_of(one: Said) -> End | None:
    return end_of(read_condition(one.when))


def _refuse_circles(kinds: tuple[RecordType, ...], where: str) -> None:
    parents = {kind.name: kind.parent for kind in kinds}
    for kind in kinds:
        at, seen = kind.parent, {kind.name}
        while at is not None:
            if at in seen:
                raise LayoutInvalid(f"{where}: record {kind.name!r} is its own parent, by way of {at!r}")
            seen.add(at)
            at = parents[at]


def _with_carried(kind: RecordType, kinds: tuple[RecordType, ...], where: str) -> RecordType:
    """What its rows carry: the keys of its parents, from the topmost on, and columns of the header."""
    if kind.end is not None:
        return kind
    wanted = [(one, one.key) for one in reversed(ancestors(kind, kinds))]
    wanted += [(one, one.columns) for one in kinds if one.end is not None]
    taken = {field.name for field in kind.layout.fields}
    carried = []
    for other, names in wanted:
        fields = {field.name: field for field in other.layout.fields}
        found = []
        for name in names:
            called = name if name not in taken else f"{other.name}_{name}"
            if called in taken:
                raise LayoutInvalid(
                    f"{where}: record {kind.name!r} carries {called!r} of {other.name!r}, and has it already"
                )
            if fields[name].table is not None:
                raise LayoutInvalid(
                    f"{where}: record {other.name!r} has the table {name}, which other records cannot carry",
                    mend=f"make it columns: --occurs {name}=columns",
                )
            if fields[name].when is not None:
                raise LayoutInvalid(
                    f"{where}: record {other.name!r} has the field {name!r} in some records alone, by a variant",
                    mend="name a field that all of its records have as key or columns",
                )
            taken.add(called)
            found.append((called, fields[name]))
        if found:
            carried.append(Carried(other.name, tuple(found)))
    return replace(kind, carried=tuple(carried))


def mapped(layout: Layout, change: Callable[[Layout], Layout], where: str = "") -> Layout:
    """A layout of several types of records, each of which is changed."""
    types = tuple(replace(one, layout=change(one.layout)) for one in layout.records)
    return replace(change(layout), records=tuple(_with_carried(one, types, where) for one in types))


def _common(layouts: Sequence[Layout]) -> tuple[Field, ...]:
    """What all records begin with, for whoever shows records of any type; else the first type alone is shown."""
    first = (field for field in layouts[0].fields if field.when is None)
    return tuple(field for field in first if all(field in layout.fields for layout in layouts))
