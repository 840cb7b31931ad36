"""What a condition says of the fields of a layout: which they are, and whether they can have such values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from etl_batch.layouts.conditions import Comparison, Condition, Operator, Term, Value, value_text
from etl_batch.layouts.layout import Field

_EQUALS = {Operator.EQUAL, Operator.DIFFERENT}
#: types whose values are no numbers as people write them
_NO_NUMBERS = {"str", "bytes", "date", "timestamp"}


def settled(condition: Condition, fields: Mapping[str, Field]) -> Condition:
    """The same with the names of the fields as they are, and values as these hold them.

    Args:
        condition: as somebody wrote it; case does not matter in names, nor whether - or _ stands in them.
        fields: by their names.

    Raises:
        ValueError: there is no such field, or it cannot have such a value.
    """
    return Condition(tuple(tuple(_settled(term, fields) for term in terms) for terms in condition.any_of))


def _settled(term: Term, fields: Mapping[str, Field]) -> Term:
    if not isinstance(term, Comparison):
        return term
    field = fields[found_name(term.name, fields)]
    if field.table is not None:
        raise ValueError(f"{field.name} is a table, and no value that another is compared with")
    if term.operator not in _EQUALS and field.type in _NO_NUMBERS:
        raise ValueError(f"{field.name} is no number ({field.type}), and so neither less nor more than another value")
    values = tuple(_fitting(value, field, term.operator) for value in term.values)
    return replace(term, name=field.name, values=values)


def found_name(name: str, among: Mapping[str, object]) -> str:
    """A name as it is among some.

    Raises:
        ValueError: it is none of them, or might be several.
    """
    if name in among:
        return name
    alike = [one for one in among if _plain(one) == _plain(name)]
    if len(alike) > 1:
        raise ValueError(f"{name} may be any of {', '.join(alike)}")
    if not alike:
        raise ValueError(f"there is no field {name}")
    return alike[0]


def _plain(name: str) -> str:
    return name.upper().replace("-", "_")


def _fitting(value: Value, field: Field, operator: Operator) -> Value:
    if isinstance(value, bytes):
        if operator not in _EQUALS:
            raise ValueError(f"{field.name} is compared with the bytes {value_text(value)} by = or != alone")
        if len(value) != field.length:
            raise ValueError(f"{field.name} has {field.length} bytes, and {value_text(value)} has {len(value)}")
        return value
    if field.type == "str":
        return _text(value, field)
    if field.type in _NO_NUMBERS:
        raise ValueError(f"{field.name} ({field.type}) is compared with bytes alone, such as 0x{'00' * field.length}")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{field.name} is a number ({field.type}), and {value_text(value)} is none") from None
    if not number.is_finite():
        raise ValueError(f"{field.name} is a number ({field.type}), and {value_text(value)} is none")
    return number


def _text(value: str | Decimal, field: Field) -> str:
    if isinstance(value, Decimal):
        raise ValueError(f"{field.name} is a text: put {value_text(value)} in single quotes")
    text = value.rstrip(" ")
    try:
        raw = text.encode(field.encoding)
    except UnicodeError:
        raise ValueError(f"{field.name} is a text of {field.encoding}, which has no {value_text(value)}") from None
    if len(raw) > field.length:
        raise ValueError(f"{field.name} has {field.length} bytes, and {value_text(value)} takes {len(raw)}")
    return text
