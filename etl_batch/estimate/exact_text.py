"""Exact totals as text with all digits, and as the number that JSON has for it.

A text without a point or an exponent is the total of whole numbers, however many digits it has; decimals keep their
scale; floats are in the shortest form that reads back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, localcontext

_WHOLE = re.compile(r"-?[0-9]+")
_DIGITS = 2_000  #: more than any sum of decimals has


def whole_text(whole: int, scale: int) -> str:
    """A whole number of units of 10^-scale: `whole_text(1000, 2)` is `10.00`."""
    if scale <= 0:
        return str(whole * 10**-scale)
    digits = str(abs(whole)).rjust(scale + 1, "0")
    return f"{'-' if whole < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"


def number_of(text: str) -> int | float:
    """The number of a text: whole numbers stay whole, others are rounded once."""
    return int(text) if _WHOLE.fullmatch(text) else float(text)


def sum_text(texts: Iterable[str]) -> str:
    """The sum of some texts, none of it rounded."""
    with localcontext() as context:
        context.prec = _DIGITS
        return format(sum((Decimal(text) for text in texts), Decimal(0)), "f")
