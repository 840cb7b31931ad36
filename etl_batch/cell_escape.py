"""Text cells that no spreadsheet takes for a formula; reversible.

The rule extends OWASP's "CSV injection" list by what spreadsheets strip before they look (spaces, no-break
spaces, byte order marks, zero-width characters), by full-width signs, and by plain numbers, which are left alone.

A reader that splits at another separator than the comma does not see our quotes: what stands behind such a separator
within a cell begins a cell of its own there, so the rule holds there too, for whatever can be a formula. The compiled
twins are `kernels.formula_starts`.

In a file with another delimiter than the comma it holds behind that one too, and behind commas, at which others split:
the apostrophes that this adds come last, and go first. The compiled twin of that is `kernels.redialect`.
"""

from __future__ import annotations

import re
from itertools import pairwise

#: what a spreadsheet drops before it looks for a formula
INVISIBLE = " \u00a0\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"
FORMULA_STARTS = tuple("=+-@%|＝＋－＠")  # noqa: RUF001 - the full-width signs are meant
CONTROL_STARTS = ("\t", "\r", "\n", "\0")
#: at one of these within a cell some reader begins another cell
SEPARATORS = ";\t|\r\n"
#: a cell with one of these is quoted
QUOTED = frozenset(",;\t|\"'\r\n")
#: what a text needs to reach beyond itself, if it is a formula; a bullet of a note has none of them
REACHING = '(!|:["'
_BULLETS = ("- ", "+ ")
_BLANK = " "  # only this one may surround a number
_PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_BEHIND_SEPARATOR = re.compile(f"(?<=[{SEPARATORS}])")


def is_formula(value: str) -> bool:
    """Whether a spreadsheet may run the text, or a control character hides what it is."""
    if value.startswith(CONTROL_STARTS):
        return True
    return value.lstrip(INVISIBLE).startswith(FORMULA_STARTS) and not _is_number(value)


def more_separators(delimiter: str) -> str:
    """Behind which characters the rule holds beside `SEPARATORS`, in a file with such a delimiter."""
    return "" if delimiter == "," else "".join(sorted({",", delimiter} - {*SEPARATORS}))


def is_formula_inside(piece: str, separator: str, separators: str = SEPARATORS) -> bool:
    """Whether a piece of a cell may be run by a reader that begins a cell behind a separator.

    Args:
        piece: what stands behind the separator, with the next one at its end, where there is one.
        separator: before it.
        separators: all that there are.
    """
    if piece.startswith("\0"):
        return True
    # To a reader for whom the piece is a cell, quotes at its start are quotes, not text.
    visible = piece.lstrip(INVISIBLE + '"')
    if not visible.startswith(FORMULA_STARTS):
        return False
    if visible.startswith("|"):  # the next separator: for whoever splits at it, there is nothing before it
        return separator != "|"
    if visible.startswith(_BULLETS) and not any(character in piece for character in REACHING):
        return False
    return not _is_number(piece.rstrip(separators))


def escape_csv_injection(value: str, delimiter: str = ",") -> str:
    """Put an apostrophe before a text that a spreadsheet may run, and before each such piece within it.

    A text, or a piece, that already is apostrophes before such a trigger gets one more, so that
    `unescape_csv_injection(escape_csv_injection(value)) == value` for every text.

    Args:
        value: a text.
        delimiter: between the cells of its file.
    """
    return _escaped(_more_pieces(_escaped(_pieces(value)), more_separators(delimiter)))


def unescape_csv_injection(value: str, delimiter: str = ",") -> str:
    """Take back what `escape_csv_injection` added, for the same delimiter."""
    return _unescaped(_pieces(_unescaped(_more_pieces(value, more_separators(delimiter)))))


def _escaped(pieces: list[tuple[str, bool]]) -> str:
    return "".join(f"'{piece}" if is_run else piece for piece, is_run in pieces)


def _unescaped(pieces: list[tuple[str, bool]]) -> str:
    return "".join(piece.removeprefix("'") if is_run else piece for piece, is_run in pieces)


def _more_pieces(value: str, more: str) -> list[tuple[str, bool]]:
    """As `_pieces`, where only what stands behind one of `more` may be run."""
    if not more or not any(separator in value for separator in more):
        return [(value, False)]
    separators = SEPARATORS + more
    pieces = re.split(f"(?<=[{re.escape(separators)}])", value)
    found = [(pieces[0], False)]
    for before, piece in pairwise(pieces):
        is_run = before[-1] in more and is_formula_inside(piece.lstrip("'"), before[-1], separators)
        found.append((piece, is_run))
    return found


def _pieces(value: str) -> list[tuple[str, bool]]:
    """The text cut behind each separator, and whether each piece may be run, the apostrophes before it aside.

    Apostrophes neither cut a text nor have a say in whether what is behind them may be run. So it is the same before
    and after they are added, piece by piece.
    """
    pieces = _BEHIND_SEPARATOR.split(value)
    found = [(pieces[0], is_formula(value.lstrip("'")))]
    for before, piece in pairwise(pieces):
        found.append((piece, is_formula_inside(piece.lstrip("'"), before[-1])))
    return found


def csv_cell(value: str | None, *, escape: bool = True, delimiter: str = ",") -> str:
    """A text as a cell: null is empty, the empty text is two quotes, the rest escaped and quoted where needed."""
    if value is None:
        return ""
    safe = escape_csv_injection(value, delimiter) if escape else value
    if safe and QUOTED.isdisjoint(safe) and delimiter not in safe:
        return safe
    return '"' + safe.replace('"', '""') + '"'


def _is_number(text: str) -> bool:
    return _PLAIN_NUMBER.fullmatch(text.strip(_BLANK)) is not None
