"""Text cells that no spreadsheet takes for a formula; reversible.

The rule extends OWASP's "CSV injection" list by what spreadsheets strip before they look (spaces, no-break
spaces, byte order marks, zero-width characters), by full-width signs, and by plain numbers, which are left alone.
"""

from __future__ import annotations

import re

#: what a spreadsheet drops before it looks for a formula
INVISIBLE = " \u00a0\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"
FORMULA_STARTS = tuple("=+-@%|＝＋－＠")  # noqa: RUF001 - the full-width signs are meant
CONTROL_STARTS = ("\t", "\r", "\n", "\0")
#: a cell with one of these is quoted
QUOTED = frozenset(",;\t|\"'\r\n")
_PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)


def is_formula(value: str) -> bool:
    """Whether a spreadsheet may run the text, or a control character hides what it is."""
    if value.startswith(CONTROL_STARTS):
        return True
    return value.lstrip(INVISIBLE).startswith(FORMULA_STARTS) and _PLAIN_NUMBER.fullmatch(value) is None


def escape_csv_injection(value: str) -> str:
    """Put an apostrophe before a text that a spreadsheet may run.

    A text that already is apostrophes before such a trigger gets one more, so that
    `unescape_csv_injection(escape_csv_injection(value)) == value` for every text.
    """
    return "'" + value if is_formula(value.lstrip("'")) else value


def unescape_csv_injection(value: str) -> str:
    """Take back what `escape_csv_injection` added."""
    return value[1:] if value.startswith("'") and is_formula(value.lstrip("'")) else value


def csv_cell(value: str | None) -> str:
    """A text as a cell: null is empty, the empty text is two quotes, the rest escaped and quoted where needed."""
    if value is None:
        return ""
    safe = escape_csv_injection(value)
    if safe and QUOTED.isdisjoint(safe):
        return safe
    return '"' + safe.replace('"', '""') + '"'
