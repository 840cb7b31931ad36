"""How far a column of this run is from what it was in the last one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from etl_batch.contracts.json_place import At
from etl_batch.text.numbers import is_number

_NULLS, _OF_NUMBERS = "nulls", ("mean", "min", "max")
_TYPES = {"integer", "number", "any"}  #: of which numbers may be compared
_EXACT = Context(prec=60)
_CALLED = {_NULLS: "share of nulls", "mean": "mean", "min": "least", "max": "greatest"}
_DIGITS = 4  #: that a message shows

Limits = tuple[tuple[str, Decimal], ...]
NO_RUN = "no earlier run of this output to compare with"


def drift_limits(at: At, kind: str) -> Limits:
    """What of a column may go how far: one number for all, or one for each.

    Args:
        at: in the contract.
        kind: the type of the column, in the words of Table Schema.

    Raises:
        Wrong: it is none, or the column has no such thing.
    """
    known = (_NULLS, *_OF_NUMBERS) if kind in _TYPES else (_NULLS,)
    if not isinstance(at.value, dict):
        return tuple((what, _limit(at)) for what in known)
    if not at.value:
        raise at.wrong("it bounds nothing", f"give a number, or one for each of {', '.join(known)}")
    for what in at.value:
        if what not in known:
            raise at[what].wrong(f"{what[:60]!r} of a column of the type {kind} is not compared",
                                 f"give {', '.join(known)}")  # fmt: skip
    return tuple((what, _limit(at[what])) for what in known if what in at.value)


def _limit(at: At) -> Decimal:
    if not is_number(at.value) or not 0 <= at.value < float("inf"):
        raise at.wrong(f"{at.value!r} is no change", "give a number, 0 or more: 0.1 is a tenth")
    return Decimal(repr(at.value))


def drift(limits: Limits, name: str, before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> tuple[str, bool]:
    """What a column came to, and whether that is too far from what it was.

    The share of nulls may change by so much itself; all else by such a share of what it was.

    Args:
        limits: of the rule.
        name: of the column, in both profiles.
        before: the column profile of the last run, as metadata have it; None: there is none.
        now: of this one.
    """
    was, found = _column(before, name), _column(now, name)
    if before is None or was is None or found is None:
        return NO_RUN, False
    said, is_broken = [], False
    for what, limit in limits:
        one, other = _value(what, was, before["rows"]), _value(what, found, now["rows"])
        if one is None:
            continue
        said.append(f"{_CALLED[what]} {_shown(other)}, before {_shown(one)}")
        is_broken |= other is None or _is_beyond(what, limit, one, other)
    return "; ".join(said) or "nothing to compare with", is_broken


def _is_beyond(what: str, limit: Decimal, one: Decimal, other: Decimal) -> bool:
    change = abs(_EXACT.subtract(other, one))
    return change > (limit if what == _NULLS else _EXACT.multiply(limit, abs(one)))


def _value(what: str, column: Mapping[str, Any], rows: int) -> Decimal | None:
    if what == _NULLS:
        return _EXACT.divide(Decimal(column["nulls"]), Decimal(rows)) if rows else None
    value = column.get(what)
    if column.get("mean") is None or not (is_number(value) or isinstance(value, str)):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _column(profile: Mapping[str, Any] | None, name: str) -> Mapping[str, Any] | None:
    columns: Sequence[Mapping[str, Any]] = () if profile is None else profile["columns"]
    return next((one for one in columns if one["name"] == name), None)


def _shown(value: Decimal | None) -> str:
    return "not known" if value is None else f"{float(value):.{_DIGITS}g}"
