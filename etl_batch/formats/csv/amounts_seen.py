"""Whether cells that are no numbers are amounts: with a percent sign, a currency, brackets, or a sign before or behind.

Nobody is told unasked what they mean; but that a type reads them, and which, is worth a word. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_NUMBER = r"(?:[0-9]{1,3}(?:[.,'\u2019 \u00a0\u202f][0-9]{3})+|[0-9]+)(?:[.,][0-9]+)?"
_CURRENCY = (
    r"(?:[A-Z]{0,2}[$\u00a3\u00a5\u20a0-\u20bf]|(?:EUR|USD|GBP|CHF|JPY|CNY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|HUF|INR|BRL))"
)
_BLANK = r"[ \u00a0\u202f]?"
_PERCENT = re.compile(rf"[-+]?{_BLANK}{_NUMBER}{_BLANK}%")
_MONEY = re.compile(
    rf"[-+]?{_BLANK}(?:{_CURRENCY}{_BLANK})?[-+]?{_NUMBER}{_BLANK}(?:{_CURRENCY})?[-+]?"
    rf"|\((?:{_CURRENCY}{_BLANK})?{_NUMBER}{_BLANK}(?:{_CURRENCY})?\)"
)
_TELLING = re.compile(
    r"[$\u00a3\u00a5\u20a0-\u20bf(A-Z]|[-+]\Z|\A(?:\+|-[ \u00a0\u202f]).*[.,][0-9]{1,2}\Z"
)  #: a plus alone may be of a telephone number
_COMMA = re.compile(r",[0-9]{1,2}(?![0-9])")
_POINTED_COMMA = re.compile(r",[0-9]{3}\.")


def amount_flags(name: str, cells: Collection[str]) -> tuple[str, str] | None:
    """What the cells of a column are, in words, and the flags that read them; None: they are no amounts.

    Args:
        name: of the column.
        cells: none of which is empty; they are no numbers.
    """
    if not cells:
        return None
    if all(map(_PERCENT.fullmatch, cells)):
        what, kind = "percentages", "percent"
    elif all(map(_MONEY.fullmatch, cells)) and any(map(_TELLING.search, cells)):
        what, kind = "amounts with a currency, a sign or brackets", "money"
    else:
        return None
    has_comma = any(map(_COMMA.search, cells)) and not any(map(_POINTED_COMMA.search, cells))
    return what, f"--types {name}={kind}" + (" --decimal ," if has_comma else "")
