"""What a contract asks of a value, in plain Python, one value at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any


def breaks(constraint: str, asked: Any, value: Any) -> bool:  # noqa: ANN401 - as JSON has it; as Arrow has it
    """Whether a value breaks a constraint; a null breaks none but `required`."""
    if value is None or constraint == "required":
        return constraint == "required" and asked is True and value is None
    if constraint in {"minLength", "maxLength"}:
        return bool(len(value) < asked if constraint == "minLength" else len(value) > asked)
    if constraint == "pattern":
        return re.fullmatch(asked, value) is None
    if constraint == "enum":
        return not any(_same(one, value) for one in asked)
    bound = as_value(asked, value)
    keeps = {"minimum": value >= bound, "maximum": value <= bound, "exclusiveMinimum": value > bound,
             "exclusiveMaximum": value < bound}  # fmt: skip
    return not keeps[constraint]


def as_value(asked: Any, like: Any) -> Any:  # noqa: ANN401
    """What a contract asks for, as a value of the same type."""
    if isinstance(like, bool | str):
        return asked
    if isinstance(like, datetime):
        found = datetime.fromisoformat(asked)
        found = found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
        return found if like.tzinfo is None else found.replace(tzinfo=UTC)
    if isinstance(like, date):
        return date.fromisoformat(asked)
    return float(asked) if isinstance(like, float) else Decimal(str(asked))


def _same(asked: Any, value: Any) -> bool:  # noqa: ANN401
    if isinstance(asked, bool) or isinstance(value, bool):
        return asked is value
    return bool(as_value(asked, value) == value)


def rows_that_break(constraint: str, asked: Any, values: Sequence[Any]) -> list[int]:  # noqa: ANN401
    """Their places."""
    return [place for place, value in enumerate(values) if breaks(constraint, asked, value)]
