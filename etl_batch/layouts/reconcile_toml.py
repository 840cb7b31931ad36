"""What a first or last record says of the others, as a layout in TOML says it: read, and written.

reconcile = {rows = "COUNT", sum = ["AMOUNT", "TOTAL"], hash = ["ACCOUNT", "HASH"], header = ["DATE", "DATE"]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.condition_fields import found_name
from etl_batch.layouts.layout import Field, Layout, Reconciled
from etl_batch.layouts.toml_values import refuse_unknown, shown
from etl_batch.light_dataclass import dataclass
from etl_batch.text.encodings import has_one_byte_each, is_utf8

_ADDED = {"i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "decimal", "packed", "zoned"}
_KEYS = {"rows", "records", "sum", "hash", "header"}
_MEND = (
    'give the fields: {rows = "COUNT", sum = ["AMOUNT", "TOTAL"]}, of which COUNT and TOTAL are its own; of several '
    "sums a list of such pairs"
)
Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Others:
    """The records that one at an end of a file speaks of."""

    rows: Mapping[str, Layout]  #: by their types: those that become rows
    first: Layout | None  #: the first record of the file, where the last one speaks; None: there is none


def reconciled(given: Mapping[str, Any], own: Fields, others: Others, here: str) -> Reconciled:
    """What is compared.

    Args:
        given: the table of the document.
        own: the fields of the record that says it.
        others: of which it says it.
        here: which record that is, for messages.

    Raises:
        LayoutInvalid: naming what is wrong.
    """
    refuse_unknown(given, _KEYS, f"{here}, reconcile")
    rows, records = given.get("rows"), given.get("records")
    of_types = () if isinstance(rows, str | None) else _pairs(rows, given, here)
    sums, hashes, header = (_pairs(given.get(key, []), given, here) for key in ("sum", "hash", "header"))
    if not isinstance(records, str | None):
        raise LayoutInvalid(f"{here}: reconcile is {shown(given)}", mend=_MEND)
    every = {field.name: field for layout in others.rows.values() for field in layout.fields}
    try:
        return Reconciled(
            rows=_number(rows, own) if isinstance(rows, str) else None,
            records=None if records is None else _number(records, own),
            of_types=tuple((_type(one, others), _number(said, own)) for one, said in of_types),
            sums=tuple((_number(one, every), _number(said, own)) for one, said in sums),
            hashes=tuple((_hashed(one, every), _of_digits(said, own)) for one, said in hashes),
            header=tuple(_alike(one, said, own, others) for one, said in header),
        )
    except ValueError as error:
        raise LayoutInvalid(f"{here}, reconcile: {error}") from None


def reconcile_items(said: Reconciled) -> Iterator[tuple[str, str | Sequence[tuple[str, str]]]]:
    """The keys of the table and their values, but for those that say nothing."""
    every: dict[str, str | Sequence[tuple[str, str]] | None] = {
        "rows": said.rows or said.of_types, "records": said.records, "sum": said.sums, "hash": said.hashes,
        "header": said.header,
    }  # fmt: skip
    for key, value in every.items():
        if value:
            yield key, value


def hash_digits(field: Field) -> int | None:
    """How many digits of a hash total a field holds; None: it has no width in digits."""
    if field.whole_digits is not None:
        return field.whole_digits
    if field.type in {"packed", "zoned"}:
        return field.digits
    return field.length if field.text else None


def _pairs(value: object, given: Mapping[str, Any], here: str) -> tuple[tuple[str, str], ...]:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(name, str) for name in value):
        value = [value]
    is_pairs = isinstance(value, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(name, str) for name in pair) for pair in value
    )
    if not is_pairs or not isinstance(value, list):
        raise LayoutInvalid(f"{here}: reconcile is {shown(given)}", mend=_MEND)
    return tuple((first, second) for first, second in value)


def _number(name: str, fields: Fields) -> str:
    found = found_name(name, fields)
    if fields[found].type not in _ADDED:
        raise ValueError(f"{found} is {fields[found].type}, and no whole number or decimal")
    return found


def _type(name: str, others: Others) -> str:
    found = next((one for one in others.rows if one.casefold() == name.casefold()), None)
    if found is None:
        raise ValueError(f"{name} is no type of records that become rows; there are {', '.join(others.rows)}")
    return found


def _hashed(name: str, fields: Fields) -> str:
    field = fields[found_name(name, fields)]
    is_text = field.type == "str" and (has_one_byte_each(field.encoding) or is_utf8(field.encoding))
    if field.type not in _ADDED and not is_text:
        raise ValueError(f"{field.name} is {field.type}, and neither a number nor a text of digits")
    return field.name


def _of_digits(name: str, own: Fields) -> str:
    found = _number(name, own)
    if hash_digits(own[found]) is None:
        raise ValueError(
            f"{found} is {own[found].type}, which has no width in digits to cut a hash total to: packed, zoned and "
            "numbers of characters have, and digits = N says it"
        )
    return found


def _alike(name: str, said: str, own: Fields, others: Others) -> tuple[str, str]:
    if others.first is None:
        raise ValueError('header compares the last record with the first: when = "last", and a record with "first"')
    theirs = {field.name: field for field in others.first.fields}
    found, its = found_name(name, theirs), found_name(said, own)
    kinds = {field.type if field.type not in _ADDED else "number" for field in (theirs[found], own[its])}
    if len(kinds) > 1:
        raise ValueError(f"{found} of the first record is {theirs[found].type}, and {its} {own[its].type}")
    return found, its
