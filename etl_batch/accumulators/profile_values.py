"""A column of the profile as JSON has it: dates as CSV has them, decimals with all their digits. Pure."""

from __future__ import annotations

import math
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from etl_batch.estimate.exact_text import whole_text
from etl_batch.formats.facts import TEXT_WORD, Bound, ColumnFacts
from etl_batch.values import TICKS_PER_SECOND

_EPOCH = date(1970, 1, 1)
_LOWEST_BIT = 1 << 1074  #: of a float: so many units make 1
_FLOATS = {"f32", "f64"}
_WHOLE = {f"{sign}{bits}" for sign in "iu" for bits in (8, 16, 32, 64)}
_DAY_SECONDS = 86_400
#: what a profile of all values says beside
_OF_ALL_VALUES = ("distinct", "distinct_method", "quantiles", "histogram", "top", "examples")


def column_of(name: str, facts: ColumnFacts) -> dict[str, Any]:
    """What the profile says of a column."""
    kind = facts.type
    is_number = kind in _FLOATS or kind in _WHOLE or kind.startswith("decimal")
    is_text = kind in {TEXT_WORD, "bytes"}
    shown: dict[str, Any] = {"name": name, "type": kind, "nulls": facts.nulls}
    if is_text:
        first, last = (None if one is None else _text(kind, one) for one in (facts.first, facts.last))
        shown |= {"min": first, "max": last}
    else:
        shown |= {"min": value_of(kind, facts.least), "max": value_of(kind, facts.most)}
    total = _sum(kind, facts) if is_number and facts.values and not facts.odd else None
    shown |= {"sum": None, "mean": None} if total is None else {
        "sum": _shown_sum(kind, facts, total), "mean": _rounded(total / facts.values)
    }  # fmt: skip
    shown |= {"min_length": facts.shortest, "max_length": facts.longest} if is_text else {
        "min_length": None, "max_length": None
    }  # fmt: skip
    return shown | dict.fromkeys(_OF_ALL_VALUES)


def value_of(kind: str, value: Bound) -> Any:  # noqa: ANN401 - a number, a truth value or a text
    """A value of a type, as the profile shows it: None where there is none, or none that can be shown."""
    if value is None or kind in _FLOATS or kind in _WHOLE:
        return value
    if kind == "bool":
        return bool(value)
    if kind.startswith("decimal"):
        return whole_text(int(value), _scale(kind))
    if kind == "date":
        return _day(int(value))
    form, _, unit = kind.rstrip("]").partition("[")
    seconds, ticks = divmod(int(value), TICKS_PER_SECOND[unit])
    fraction = f".{ticks:0{len(str(TICKS_PER_SECOND[unit])) - 1}d}" if unit != "s" else ""
    if form == "time":
        return f"{_clock(seconds)}{fraction}"
    days, seconds = divmod(seconds, _DAY_SECONDS)
    return f"{_day(days)}T{_clock(seconds)}{fraction}{'Z' if form == 'timestamp' else ''}"


def shown_value(kind: str, value: Bound | bytes, *, rounded: bool = False) -> Any:  # noqa: ANN401 - as `value_of`
    """A value of a type, also a text, or one between two values of the type.

    Args:
        kind: the type.
        value: a number, or the beginning of a text.
        rounded: it may lie between two values of the type: of numbers, it is shown as a number.
    """
    if isinstance(value, bytes):
        return _text(kind, value)
    if isinstance(value, float) and not math.isfinite(value):
        return None if not math.isnan(value) else "NaN"
    if rounded and value is not None and kind.startswith("decimal"):
        return float(Fraction(value) / 10 ** _scale(kind))
    return value_of(kind, value)


def _day(days: int) -> str:
    return (_EPOCH + timedelta(days=days)).isoformat()


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _scale(kind: str) -> int:
    return int(kind.rstrip(")").rpartition(",")[2])


def _text(kind: str, value: bytes) -> str:
    """Its beginning, where it is long."""
    return value.hex() if kind == "bytes" else value.decode("utf-8", "ignore")


def _sum(kind: str, facts: ColumnFacts) -> Fraction:
    if kind in _FLOATS:
        return Fraction(facts.total, _LOWEST_BIT)
    return Fraction(facts.total, 10 ** _scale(kind)) if kind.startswith("decimal") else Fraction(facts.total)


def _shown_sum(kind: str, facts: ColumnFacts, total: Fraction) -> Any:  # noqa: ANN401 - a number, or a text
    if kind in _WHOLE:
        return facts.total
    return _rounded(total) if kind in _FLOATS else whole_text(facts.total, _scale(kind))


def _rounded(value: Fraction) -> float | None:
    """The nearest float; None: there is none."""
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None
