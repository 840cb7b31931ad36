"""The terms of a look over typed columns: as masks for Arrow, and as SQL that says the same. Pure.

No text of a user becomes SQL but as a literal of the type of its column, which was parsed before.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from etl_batch.errors import QueryInvalid
from etl_batch.queries.row_look import Condition, Kind, Operator, RowLook, operators_of
from etl_batch.queries.table_spec import distinct_names
from etl_batch.queries.table_sql import quoted_name, text_literal
from etl_batch.text.numbers import is_whole_number

_WHOLE = re.compile(r"[+-]?[0-9]{1,40}")
_COMPARED: dict[Operator, tuple[str, Callable[..., Any]]] = {
    Operator.EQUAL: ("=", pc.equal),
    Operator.UNEQUAL: ("<>", pc.not_equal),
    Operator.LESS: ("<", pc.less),
    Operator.AT_MOST: ("<=", pc.less_equal),
    Operator.MORE: (">", pc.greater),
    Operator.AT_LEAST: (">=", pc.greater_equal),
}
#: DuckDB takes NaN for the greatest number of all; to us it is none
_NOT_OF_NAN = {Operator.MORE, Operator.AT_LEAST}


def kind_of(kind: pa.DataType) -> Kind:
    """What can be said of values of a type."""
    if pa.types.is_dictionary(kind):
        return kind_of(kind.value_type)
    return next((found for is_kind, found in _KINDS if is_kind(kind)), Kind.OTHER)


_KINDS: tuple[tuple[Callable[[pa.DataType], bool], Kind], ...] = (
    (pa.types.is_boolean, Kind.BOOL),
    (pa.types.is_integer, Kind.WHOLE),
    (pa.types.is_floating, Kind.FLOAT),
    (pa.types.is_decimal, Kind.DECIMAL),
    (pa.types.is_string, Kind.TEXT),
    (pa.types.is_large_string, Kind.TEXT),
    (pa.types.is_date32, Kind.DATE),
    (pa.types.is_timestamp, Kind.TIME),
)


def checked(look: RowLook, schema: pa.Schema) -> None:
    """See that a look can be had of these columns.

    Raises:
        QueryInvalid: it names a column that is not there, or compares what cannot be compared.
    """
    for condition in look.conditions:
        kind = kind_of(_field(schema, condition.column).type)
        if condition.operator not in operators_of(kind):
            raise QueryInvalid(
                f"the column {condition.column} cannot be compared like that", mend="choose another comparison"
            )
        if condition.operator.takes_value:
            value_of(condition, schema)
    for name in filter(None, (look.sort, look.counted)):
        if kind_of(_field(schema, name).type) is Kind.OTHER:
            raise QueryInvalid(f"the column {name} holds values that have no order", mend="choose another column")


def value_of(condition: Condition, schema: pa.Schema) -> Any:  # noqa: ANN401 - a Python value of the column's kind
    """The value of a condition as its column's kind has it.

    Raises:
        QueryInvalid: it is none.
    """
    kind = _field(schema, condition.column).type
    text = condition.value
    try:
        value = _PARSED[kind_of(kind)](text if kind_of(kind) is Kind.TEXT else text.strip(), kind)
        _scalar(value, kind)
    except (ValueError, InvalidOperation, pa.ArrowException, OverflowError):
        looks = _LOOKS_LIKE[kind_of(kind)]
        raise QueryInvalid(f"{text!r} is no value of the column {condition.column}", mend=looks) from None
    return value


def mask(batch: pa.RecordBatch, look: RowLook) -> pa.Array:
    """Which rows of a batch fulfil all conditions: shape (rows,), no nulls."""
    found = pa.repeat(pa.scalar(value=True), batch.num_rows)
    for condition in look.conditions:
        found = pc.and_kleene(found, _fulfilled(batch, condition))
    return pc.fill_null(found, fill_value=False)


def sql_of(look: RowLook, schema: pa.Schema) -> str:
    """The same question in SQL, without its page."""
    names = dict(zip(schema.names, map(quoted_name, distinct_names(schema.names)), strict=True))
    lines = ["SELECT *", "FROM data"]
    terms = [_term(condition, schema, names[condition.column]) for condition in look.conditions]
    if terms:
        lines.append("WHERE " + "\n  AND ".join(terms))
    if look.sort:
        column = names[look.sort]
        # As Arrow sorts: what is no number behind all numbers, an empty cell behind it.
        is_float = kind_of(_field(schema, look.sort).type) is Kind.FLOAT
        before = f"isnan({column}) NULLS LAST, " if is_float and look.descending else ""
        lines.append(f"ORDER BY {before}{column} {'DESC' if look.descending else 'ASC'} NULLS LAST")
    return "\n".join(lines)


def _fulfilled(batch: pa.RecordBatch, condition: Condition) -> pa.Array:
    column, kind = batch.column(condition.column), batch.schema.field(condition.column).type
    if condition.operator is Operator.EMPTY:
        return pc.is_null(column)
    if condition.operator is Operator.THERE:
        return pc.is_valid(column)
    value = value_of(condition, batch.schema)
    if condition.operator is Operator.CONTAINS:
        return pc.match_substring(column, value)
    if condition.operator is Operator.BEGINS:
        return pc.starts_with(column, value)
    return _COMPARED[condition.operator][1](column, _scalar(value, kind))


def _term(condition: Condition, schema: pa.Schema, name: str) -> str:
    if condition.operator is Operator.EMPTY:
        return f"{name} IS NULL"
    if condition.operator is Operator.THERE:
        return f"{name} IS NOT NULL"
    value, kind = value_of(condition, schema), _field(schema, condition.column).type
    literal = _literal(value, kind)
    if condition.operator is Operator.CONTAINS:
        return f"contains({name}, {literal})"
    if condition.operator is Operator.BEGINS:
        return f"starts_with({name}, {literal})"
    sign = _COMPARED[condition.operator][0]
    is_float = kind_of(kind) is Kind.FLOAT and condition.operator in _NOT_OF_NAN
    return f"{name} {sign} {literal}" + (f" AND NOT isnan({name})" if is_float else "")


def _literal(value: Any, kind: pa.DataType) -> str:  # noqa: ANN401
    match kind_of(kind):
        case Kind.TEXT:
            return text_literal(value)
        case Kind.BOOL:
            return str(value).lower()
        case Kind.DATE:
            return f"DATE '{value.isoformat()}'"
        case Kind.TIME:
            zone = "TIMESTAMPTZ" if kind.tz else "TIMESTAMP"
            return f"{zone} '{value.isoformat(sep=' ')}'"
        case Kind.FLOAT:
            return f"CAST('{value!r}' AS {'DOUBLE' if pa.types.is_float64(kind) else 'FLOAT'})"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _scalar(value: Any, kind: pa.DataType) -> pa.Scalar:  # noqa: ANN401
    if pa.types.is_timestamp(kind):
        return pa.scalar(value, pa.timestamp("us", kind.tz))  # compared in the finer unit of the two
    return pa.scalar(value, kind)


def _field(schema: pa.Schema, name: str) -> pa.Field:
    place = schema.get_field_index(name)
    if place < 0:
        raise QueryInvalid(f"there is no column {name!r}, or there are two", mend="choose a column of the list")
    return schema.field(place)


def _whole(text: str, _: pa.DataType) -> int:
    if _WHOLE.fullmatch(text) is None:
        raise ValueError(text)
    return int(text)


def _decimal(text: str, kind: pa.DataType) -> Decimal:
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    if not is_whole_number(exponent) or -exponent > kind.scale:
        raise ValueError(text)
    return value


def _float(text: str, _: pa.DataType) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _bool(text: str, _: pa.DataType) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError(text)
    return text.lower() == "true"


def _time(text: str, kind: pa.DataType) -> dt.datetime:
    value = dt.datetime.fromisoformat(text)
    if kind.tz:
        return value.replace(tzinfo=value.tzinfo or dt.UTC).astimezone(dt.UTC)
    if value.tzinfo is not None:
        raise ValueError(text)
    return value


_PARSED: dict[Kind, Callable[[str, pa.DataType], Any]] = {
    Kind.WHOLE: _whole,
    Kind.DECIMAL: _decimal,
    Kind.FLOAT: _float,
    Kind.TEXT: lambda text, _: text,
    Kind.BOOL: _bool,
    Kind.DATE: lambda text, _: dt.date.fromisoformat(text),
    Kind.TIME: _time,
}
_LOOKS_LIKE = {
    Kind.WHOLE: "write a whole number that the column can hold, such as 12",
    Kind.DECIMAL: "write a number with no more digits behind the point than the column has, such as 12.5",
    Kind.FLOAT: "write a number, such as 12.5",
    Kind.TEXT: "write a text",
    Kind.BOOL: "write true or false",
    Kind.DATE: "write a day, such as 2024-05-31",
    Kind.TIME: "write a time, such as 2024-05-31 14:30",
}
