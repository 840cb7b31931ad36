"""Which rows break a rule: by Arrow's compiled loops, a span at a time. Pure.

Bounds are exact. A whole number or a decimal is compared with the bound rounded to its own digits in the direction in
which nothing changes; a float with the float that the bound is read as, as its cells are. NaN keeps no bound.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from etl_batch.contracts.contract import Bound, Kind, Rule
from etl_batch.contracts.patterns import whole
from etl_batch.values import TICKS_PER_SECOND

Mask = npt.NDArray[np.bool_]

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - moments are numbers of ticks here
_EXACT = Context(prec=1000)
#: of a bound: how a value keeps it, and whether the least value that keeps it is looked for, or the most
_KEEPS: dict[Kind, tuple[Callable[..., Any], bool]] = {
    Kind.MINIMUM: (pc.greater_equal, True),
    Kind.MAXIMUM: (pc.less_equal, False),
    Kind.ABOVE: (pc.greater, False),
    Kind.BELOW: (pc.less, True),
}


def breaches(rule: Rule, column: pa.Array) -> Mask:
    """Which rows break a rule; a null breaks no rule but `required`.

    Args:
        rule: of rows.
        column: the values.
    """
    there = column.is_valid()
    if rule.kind is Kind.REQUIRED:
        return _mask(pc.invert(there))
    return _mask(pc.and_(there, pc.invert(_kept(rule, column))))


def nulls_in(column: pa.Array) -> int:
    """How many values there are not."""
    return int(column.null_count)


def text_of(value: Any, most: int) -> str:  # noqa: ANN401 - any value of Arrow
    """A value in a message."""
    found = "null" if value is None else str(value)
    return found if len(found) <= most else f"{found[:most]}..."


def _kept(rule: Rule, column: pa.Array) -> pa.Array:
    if rule.kind in _KEEPS:
        return _within(rule, column)
    if rule.kind in {Kind.SHORTEST, Kind.LONGEST}:
        lengths = pc.utf8_length(column)
        keeps = pc.greater_equal if rule.kind is Kind.SHORTEST else pc.less_equal
        return keeps(lengths, pa.scalar(rule.value, pa.int64()))
    if rule.kind is Kind.PATTERN:
        return pc.match_substring_regex(column, pattern=whole(str(rule.value)))
    return pc.is_in(column, value_set=_listed(rule, column.type))


def _within(rule: Rule, column: pa.Array) -> pa.Array:
    keeps, is_least = _KEEPS[rule.kind]
    kind, bound = column.type, rule.value
    if isinstance(bound, tuple):
        raise TypeError("a bound is one value")
    if pa.types.is_floating(kind):
        return keeps(column, pa.scalar(float(bound)).cast(kind))
    scale = _scale(kind)
    ticks = _ticks(bound, kind) if isinstance(bound, str) else Decimal(bound)
    limit = int((ticks.scaleb(scale, _EXACT)).to_integral_value(ROUND_CEILING if is_least else ROUND_FLOOR, _EXACT))
    least, most = _range(kind)
    if not least <= limit <= most:  # every value keeps it, or none does
        keeps_it = (limit < least) == (rule.kind in {Kind.MINIMUM, Kind.ABOVE})
        return pa.array(np.full(len(column), keeps_it))
    whole_numbers = column if pa.types.is_integer(kind) or pa.types.is_decimal(kind) else column.cast(_stored(kind))
    return keeps(whole_numbers, _scalar(limit, whole_numbers.type))


def _listed(rule: Rule, kind: pa.DataType) -> pa.Array:
    """The values of an enum that the type can have."""
    values = rule.value if isinstance(rule.value, tuple) else (rule.value,)
    found = [one for value in values if (one := _same(value, kind)) is not None]
    return pa.array(found, kind) if found else pa.array([], kind)


def _same(value: Bound, kind: pa.DataType) -> Any:  # noqa: ANN401 - a value that Arrow takes
    if pa.types.is_boolean(kind) or pa.types.is_string(kind):
        return value
    if pa.types.is_floating(kind):
        return pa.scalar(float(value)).cast(kind).as_py()
    ticks = (_ticks(value, kind) if isinstance(value, str) else Decimal(value)).scaleb(_scale(kind), _EXACT)
    least, most = _range(kind)
    if ticks != ticks.to_integral_value() or not least <= ticks <= most:
        return None
    return _scalar(int(ticks), kind if pa.types.is_decimal(kind) else _stored(kind)).cast(kind).as_py()


def _scalar(limit: int, kind: pa.DataType) -> pa.Scalar:
    if pa.types.is_decimal(kind):
        return pa.scalar(Decimal(limit).scaleb(-kind.scale, _EXACT), kind)
    return pa.scalar(limit, kind)


def _stored(kind: pa.DataType) -> pa.DataType:
    """The whole numbers that dates and moments are stored as."""
    if pa.types.is_date32(kind):
        return pa.int32()
    return kind if pa.types.is_integer(kind) else pa.int64()


def _scale(kind: pa.DataType) -> int:
    return int(kind.scale) if pa.types.is_decimal(kind) else 0


def _range(kind: pa.DataType) -> tuple[int, int]:
    """The least and the most of a type's whole numbers."""
    if pa.types.is_decimal(kind):
        most = 10**kind.precision - 1
        return -most, most
    held = np.iinfo(_stored(kind).to_pandas_dtype())
    return int(held.min), int(held.max)


def _ticks(text: str, kind: pa.DataType) -> Decimal:
    """A date or a moment, in the whole numbers that its column is stored as."""
    if pa.types.is_date32(kind):
        return Decimal((date.fromisoformat(text[:10]) - _EPOCH.date()).days)
    since = datetime.fromisoformat(text) - _EPOCH
    seconds = Decimal(since.days * 86_400 + since.seconds) + Decimal(since.microseconds).scaleb(-6)
    return seconds * TICKS_PER_SECOND[kind.unit]


def _mask(found: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), dtype=np.bool_)
