"""Values that a contract compares with: exact, as the type of their column has them. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from etl_batch.contracts.contract import Bound

_MOST_DIGITS = 400  #: of a number, or of its exponent
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?")
_DEFAULT = {"default", "any"}


class BadBound(ValueError):
    """It is no value of the type."""


def bound_of(value: Any, kind: str, form: str) -> Bound:  # noqa: ANN401 - any JSON value
    """The value of a bound: of numbers a Decimal or an int, of dates and moments the ISO text, UTC where it has a zone.

    Args:
        value: as the JSON has it; a text stands for what a cell of that text would be.
        kind: the type of its column, in the words of Table Schema.
        form: its format.

    Raises:
        BadBound: it is none.
    """
    if kind == "boolean":
        return _truth(value)
    if kind in {"integer", "number"}:
        return _number(value, kind)
    if not isinstance(value, str):
        raise BadBound(f"{value!r} is no text")
    if kind == "date":
        return _day(value, form)
    return _moment(value, form) if kind == "datetime" else value


def _truth(value: Any) -> bool:  # noqa: ANN401
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise BadBound(f"{value!r} is neither true nor false")


def _number(value: Any, kind: str) -> Bound:  # noqa: ANN401
    text = repr(value) if type(value) in (int, float) else value
    if not isinstance(text, str) or len(text) > _MOST_DIGITS or not _NUMBER.fullmatch(text):
        raise BadBound(f"{value!r} is no number")
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise BadBound(f"{value!r} is no number") from None
    return int(found) if kind == "integer" and found == found.to_integral_value() else found


def _day(text: str, form: str) -> str:
    try:
        found = date.fromisoformat(text) if form in _DEFAULT else datetime.strptime(text, form).date()  # noqa: DTZ007
    except ValueError:
        raise BadBound(f"{text!r} is no date") from None
    return found.isoformat()


def _moment(text: str, form: str) -> str:
    try:
        found = datetime.fromisoformat(text) if form in _DEFAULT else datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        raise BadBound(f"{text!r} is no date with a time") from None
    return (found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)).isoformat()
