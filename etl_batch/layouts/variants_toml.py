"""Variants as a layout in TOML says them.

[[variant]]
of = "BODY"                  # a field, or a list of them: read where no condition holds
use = ["P", "Q"]             # those that read the same bytes otherwise
when = "KIND = 'X'"          # in which records; or both = true: all of them are read in every record
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.condition_fields import found_name, settled
from etl_batch.layouts.condition_text import read_condition
from etl_batch.layouts.conditions import Comparison, Condition
from etl_batch.layouts.layout import Field
from etl_batch.layouts.toml_values import names_in, refuse_unknown
from etl_batch.layouts.variants import Variant, overlap, readings, together, with_when

_KEYS = {"of", "use", "when", "both"}


def variants_in(document: Mapping[str, Any], fields: Sequence[Field], where: str) -> tuple[Variant, ...]:
    """What a document says of fields that are read in the place of others.

    Args:
        document: the keys of the TOML document.
        fields: of the layout.
        where: its path, for messages.

    Raises:
        LayoutInvalid: naming the variant and what is wrong with it.
    """
    entries = document.get("variant", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise LayoutInvalid(f"{where}: variant is no list of tables; write [[variant]] before each")
    by_name = {field.name: field for field in fields}
    found = tuple(_variant(entry, by_name, f"{where}: variant {at}") for at, entry in enumerate(entries, start=1))
    _refuse_twice(found, by_name, where)
    return found


def _variant(entry: Mapping[str, Any], fields: Mapping[str, Field], here: str) -> Variant:
    refuse_unknown(entry, _KEYS, here)
    of, use = (_fields_of(entry, key, fields, here) for key in ("of", "use"))
    if not use:
        raise LayoutInvalid(f"{here} has no use: name the fields that are read in the place of others")
    when, both = entry.get("when"), entry.get("both", False)
    if not isinstance(both, bool) or not isinstance(when, str | None):
        raise LayoutInvalid(f"{here}: when is a condition such as \"KIND = 'X'\", and both is true or false")
    if (when is None) != both:
        raise LayoutInvalid(
            f"{here} says {'both and when' if both else 'neither when nor both'}",
            mend="say in which records its fields are read: when = \"KIND = 'X'\", or both = true for all of them",
        )
    return Variant(of, use, None if when is None else condition_of(when, fields, here))


def _fields_of(entry: Mapping[str, Any], key: str, fields: Mapping[str, Field], here: str) -> tuple[str, ...]:
    try:
        return tuple(found_name(name, fields) for name in names_in(entry, key, here))
    except ValueError as error:
        raise LayoutInvalid(f"{here}: {error}") from None


def condition_of(text: str, fields: Mapping[str, Field], here: str) -> Condition:
    """A condition by which readings are told apart.

    Args:
        text: as somebody wrote it.
        fields: of the layout, by their names.
        here: whose condition it is, for messages.

    Raises:
        LayoutInvalid: it is none, or about more than the fields of a record.
    """
    try:
        condition = settled(read_condition(text), fields)
    except ValueError as error:
        raise LayoutInvalid(f"{here}, when = {text!r}: {error}") from None
    if not all(isinstance(term, Comparison) for term in condition.terms):
        raise LayoutInvalid(
            f"{here}, when = {text!r}: which reading holds is told by fields of the record alone",
            mend="compare a field with a value: when = \"KIND = 'X'\"",
        )
    return condition


def _refuse_twice(variants: Sequence[Variant], fields: Mapping[str, Field], where: str) -> None:
    """Refuse variants that say of a field twice when it is read, or make it depend on itself."""
    for those in together(variants, fields):
        names = Counter(chain(those[0].of, *(one.use for one in those)))
        here = f"{where}: variant of {', '.join(those[0].of or those[0].use)}"
        if twice := [name for name, times in names.items() if times > 1]:
            raise LayoutInvalid(
                f"{here}: {twice[0]} is there twice",
                mend="say all of when a field is read in one condition: \"KIND = 'X' or KIND = 'Y'\"",
            )
        if len({one.when is None for one in those}) > 1:
            raise LayoutInvalid(f"{here} has when, and another of it both: which of them holds cannot be said so")
    try:
        with_when(tuple(fields.values()), variants)
    except ValueError as error:
        raise LayoutInvalid(f"{where}: {error}") from None


def overlapping(fields: Sequence[Field], variants: Sequence[Variant]) -> tuple[Field, Field] | None:
    """The first two fields that have bytes in common, though no variant makes them readings of these; None: none."""
    member = readings(variants, {field.name: field for field in fields})
    open_ones: list[Field] = []
    for field in sorted(fields, key=lambda field: field.offset):
        open_ones = [one for one in open_ones if overlap(one, field)]
        its = member.get(field.name, {})
        for one in open_ones:
            other = member.get(one.name, {})
            if not any(number in other and other[number] != reading for number, reading in its.items()):
                return one, field
        open_ones.append(field)
    return None
