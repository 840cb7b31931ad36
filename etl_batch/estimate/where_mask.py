"""Which rows of an Arrow table fulfil a condition, by SQL's three-valued logic: what is unknown is not selected.

Integers, decimals, dates and timestamps are compared exactly; a constant is compared with a float as the nearest float
of the column's own width. NaN equals nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from etl_batch.errors import WhereInvalid
from etl_batch.estimate.arrow_values import booleans, is_there, one_array, scalar, truths
from etl_batch.estimate.where_conditions import (
    Column,
    Comparison,
    Condition,
    Every,
    IsNull,
    Literal,
    Not,
    OneOf,
    Some,
    Where,
    refuse,
)

if TYPE_CHECKING:
    import pyarrow as pa

_TICKS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_ARROW = {"=": "equal", "!=": "not_equal", "<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal"}
_LARGEST_DECIMAL = 10**38 - 1
_SHOWN_CHARACTERS = 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Truth = Any  # a pa.BooleanArray; null: unknown
Columns = dict[str, Any]  # pa.Array by name


def mask(where: Where, table: pa.Table) -> npt.NDArray[np.bool_]:
    """Which rows of a table fulfil the condition, shape (rows,).

    Raises:
        WhereInvalid: a column is not there, or is compared with what its type cannot be compared with.
    """
    refuse_unknown_columns(where, table.column_names)
    columns = {name: one_array(table.column(name)) for name in where.columns}
    return truths(_truth(where.condition, columns))


def refuse_unknown_columns(where: Where, names: list[str]) -> None:
    """Refuse a condition on a column that is not there.

    Raises:
        WhereInvalid: naming it, and those that are there.
    """
    unknown = [name for name in where.columns if name not in names]
    if unknown:
        listed = ", ".join(names)
        raise WhereInvalid(
            f"--where names column {unknown[0][:_SHOWN_CHARACTERS]!r}, which is not there",
            mend=f"the columns are {listed[:1000]}; texts stand in single quotes",
        )


def _truth(condition: Condition, columns: Columns) -> Truth:  # noqa: PLR0911 - one for each kind of node
    import pyarrow.compute as pc

    match condition:
        case Every():
            return reduce(pc.and_kleene, (_truth(part, columns) for part in condition.parts))
        case Some():
            return reduce(pc.or_kleene, (_truth(part, columns) for part in condition.parts))
        case Not():
            return pc.invert(_truth(condition.part, columns))
        case IsNull():
            return columns[condition.value.name].is_null()
        case OneOf():
            column = condition.value
            tests = (_compared("=", column, option, columns) for option in condition.options)  # type: ignore[arg-type]
            return reduce(pc.or_kleene, tests)
        case Comparison(sign, Column() as left, Column() as right):
            return _columns_compared(sign, left, right, columns)
        case Comparison(sign, Column() as left, Literal() as right):
            return _compared(sign, left, right, columns)
        case Comparison(sign, Literal() as left, Column() as right):
            return _compared(_FLIPPED[sign], right, left, columns)
    raise WhereInvalid(f"--where: {type(condition).__name__} is not understood")


def _compared(sign: str, column: Column, literal: Literal, columns: Columns) -> Truth:  # noqa: PLR0911 - one a type
    """A column beside a constant."""
    import pyarrow as pa
    import pyarrow.compute as pc

    values, value, is_a = columns[column.name], literal.value, pa.types
    kind = values.type
    if is_a.is_string(kind) and isinstance(value, str):
        return pc.call_function(_ARROW[sign], [values, scalar(value, kind)])
    if is_a.is_boolean(kind) and isinstance(value, bool):
        return _whole_numbers(sign, values.cast(pa.int8()), Fraction(value))
    if isinstance(value, Fraction):
        if is_a.is_integer(kind):
            return _whole_numbers(sign, values, value)
        if is_a.is_floating(kind):
            return pc.call_function(_ARROW[sign], [values, scalar(_nearest_float(value), kind)])
        if is_a.is_decimal(kind):
            return _decimals(sign, values, value)
    if isinstance(value, str) and is_a.is_date32(kind):
        return _whole_numbers(sign, values.cast(pa.int32()), Fraction(_seconds(literal, utc=False), 86_400))
    if isinstance(value, str) and is_a.is_timestamp(kind):
        seconds = _seconds(literal, utc=kind.tz is not None)
        return _whole_numbers(sign, values.cast(pa.int64()), seconds * _TICKS[kind.unit])
    raise _cannot(literal.position, column.name, kind, _KINDS[type(value)])


_KINDS: dict[type, str] = {str: "a text", bool: "a boolean", Fraction: "a number"}


def _whole_numbers(sign: str, values: Any, literal: Fraction) -> Truth:  # noqa: ANN401 - an array of integers
    """Integers beside an exact number, which need not be one, nor fit into their type."""
    import pyarrow as pa
    import pyarrow.compute as pc

    floor = literal.numerator // literal.denominator
    whole = floor == literal
    width = values.type.bit_width
    low, high = (-(2 ** (width - 1)), 2 ** (width - 1) - 1)
    if pa.types.is_unsigned_integer(values.type):
        low, high = 0, 2**width - 1
    if sign in {"=", "!="} and not (whole and low <= floor <= high):
        return _constant(values, truth=sign == "!=")
    if not whole:  # x < 2.5 is x <= 2, and x >= 2.5 is x > 2
        sign = {"<": "<=", ">=": ">"}.get(sign, sign)
    if floor < low or floor > high:
        return _constant(values, truth=(floor < low) == (sign in {">", ">="}))
    return pc.call_function(_ARROW[sign], [values, scalar(floor, values.type)])


def _decimals(sign: str, values: Any, literal: Fraction) -> Truth:  # noqa: ANN401 - an array of decimals
    import pyarrow as pa
    import pyarrow.compute as pc

    scale = values.type.scale
    scaled = literal * 10**scale
    floor = scaled.numerator // scaled.denominator
    whole = floor == scaled
    if sign in {"=", "!="} and not whole:
        return _constant(values, truth=sign == "!=")
    if not whole:
        sign = {"<": "<=", ">=": ">"}.get(sign, sign)
    if abs(floor) > _LARGEST_DECIMAL:
        truth = sign == "!=" or (floor < 0 and sign in {">", ">="}) or (floor > 0 and sign in {"<", "<="})
        return _constant(values, truth=truth)
    wide = pa.decimal128(38, scale)
    return pc.call_function(_ARROW[sign], [values.cast(wide), scalar(floor, wide)])


def _constant(values: Any, *, truth: bool) -> Truth:  # noqa: ANN401 - any array
    """The same truth for every value that is there."""
    return booleans(np.full(len(values), truth), is_there(values))


def _nearest_float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _seconds(literal: Literal, *, utc: bool) -> Fraction:
    """Seconds since 1970 of a date or a time in ISO 8601; without a zone, it is of the column's."""
    text = str(literal.value)
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None and not utc:
            raise refuse(literal.position, f"{text!r} names a time zone, which the column has not")
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        return Fraction((found - _EPOCH) // timedelta(microseconds=1), 10**6)
    except (ValueError, OverflowError):
        shown = text[:_SHOWN_CHARACTERS]
        today = date(2017, 1, 31).isoformat()
        raise refuse(literal.position, f"{shown!r} is no date or time; write '{today}' or '{today}T11:53:26'") from None


def _columns_compared(sign: str, left: Column, right: Column, columns: Columns) -> Truth:
    """A column beside another."""
    import pyarrow as pa
    import pyarrow.compute as pc

    first, second = columns[left.name], columns[right.name]
    is_a, kinds = pa.types, (first.type, second.type)

    def both(*tests: Callable[[pa.DataType], bool]) -> bool:
        return all(any(test(kind) for test in tests) for kind in kinds)

    common: pa.DataType | None = None
    if both(is_a.is_integer):
        common = (
            pa.decimal128(20, 0) if is_a.is_unsigned_integer(kinds[0]) != is_a.is_unsigned_integer(kinds[1]) else None
        )
    elif both(is_a.is_integer, is_a.is_decimal):
        pass
    elif both(is_a.is_integer, is_a.is_decimal, is_a.is_floating):
        common = pa.float64()
    elif not (both(is_a.is_string) or both(is_a.is_boolean) or both(is_a.is_date32) or _times(*kinds)):
        raise _cannot(left.position, left.name, kinds[0], f"{right.name!r} ({kinds[1]})")
    if common is not None:
        first, second = first.cast(common, safe=False), second.cast(common, safe=False)
    try:
        return pc.call_function(_ARROW[sign], [first, second])
    except pa.ArrowException:
        raise _cannot(left.position, left.name, kinds[0], f"{right.name!r} ({kinds[1]})") from None


def _times(first: pa.DataType, second: pa.DataType) -> bool:
    import pyarrow as pa

    is_a = pa.types
    return is_a.is_timestamp(first) and is_a.is_timestamp(second) and bool(first.tz == second.tz)


def _cannot(position: int, column: str, kind: Any, other: str) -> WhereInvalid:  # noqa: ANN401 - a pa.DataType
    hint = "; a text stands in single quotes" if str(kind) == "string" else ""
    return refuse(position, f"column {column[:_SHOWN_CHARACTERS]!r} ({kind}) cannot be compared with {other}{hint}")
