"""Which notations of numbers all cells of a column keep to: what mark, what between the thousands. Pure.

By elimination: a notation remains as long as no cell breaks it. Misplaced thousands (`1,2,3`) are numbers in none.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from etl_batch.light_dataclass import dataclass

_I64 = range(-(2**63), 2**63)
_SURE_DIGITS = 18  #: of a number that 64 bits hold, whatever they are
_MOST_DIGITS = 38  #: of a decimal
_BLANKS = " \u00a0\u202f"
_WHOLE = r"(?:0|[1-9][0-9]*)"


@dataclass(frozen=True, slots=True)
class Notation:
    """How numbers are written."""

    decimal: str
    thousands: str = ""

    def plain(self, cell: str) -> str:
        """A number as `float` and `Decimal` read it."""
        if self.thousands:
            for sign in _BLANKS if self.thousands == " " else self.thousands:
                cell = cell.replace(sign, "")
        return cell if self.decimal == "." else cell.replace(self.decimal, ".")


def _pattern(notation: Notation) -> re.Pattern[str]:
    between = f"[{_BLANKS}]" if notation.thousands == " " else re.escape(notation.thousands)
    whole = rf"(?:{_WHOLE}|[1-9][0-9]{{0,2}}(?:{between}[0-9]{{3}})+)" if notation.thousands else _WHOLE
    return re.compile(rf"-?{whole}(?:{re.escape(notation.decimal)}[0-9]+)?")


POINT, COMMA = Notation("."), Notation(",")
_GROUPED = tuple(Notation(mark, between) for mark in ".," for between in (".", ",", " ", "'") if mark != between)
_PATTERNS = {notation: _pattern(notation) for notation in (POINT, COMMA, *_GROUPED)}
_RIVALS = {POINT: Notation(",", "."), COMMA: Notation(".", ",")}
_STARTS = re.compile(r"-?[0-9]")


@dataclass(frozen=True, slots=True)
class Numbers:
    """What all cells of a column are, as numbers."""

    notation: Notation
    type: str  #: i64, f64, decimal(p,s)
    rival: Notation | None = None  #: another one that all cells keep to, and in which they are other numbers
    shows_mark: bool = False  #: there is a decimal mark
    shows_thousands: bool = False


def numbers_of(cells: Collection[str]) -> Numbers | None:
    """What cells are, none of which is empty; None: they are no numbers, or none there is a type for."""
    if not cells or not all(map(_STARTS.match, cells)):
        return None
    notation = next((notation for notation in _PATTERNS if _keep_to(notation, cells)), None)
    if notation is None:
        return None
    kind = _type_of([notation.plain(cell) for cell in cells])
    if kind is None:
        return None
    return Numbers(
        notation=notation,
        type=kind,
        rival=_rival(notation, cells),
        shows_mark=any(notation.decimal in cell for cell in cells),
        shows_thousands=bool(notation.thousands) and any(len(notation.plain(cell)) < len(cell) for cell in cells),
    )


def _keep_to(notation: Notation, cells: Collection[str]) -> bool:
    return all(map(_PATTERNS[notation].fullmatch, cells))


def _rival(notation: Notation, cells: Collection[str]) -> Notation | None:
    """Where marks always have three digits behind them they may stand between thousands."""
    rival = _RIVALS.get(notation)
    if rival is None or not any(notation.decimal in cell for cell in cells) or not _keep_to(rival, cells):
        return None
    return rival


def _type_of(cells: list[str]) -> str | None:
    """The type that keeps each digit."""
    if not any("." in cell for cell in cells):
        is_whole = "-0" not in cells and (
            max(map(len, cells)) <= _SURE_DIGITS or all(int(cell) in _I64 for cell in cells)
        )
        return "i64" if is_whole else _decimal(cells)
    return "f64" if all(map(_is_canonical, cells)) else _decimal(cells)


def _is_canonical(cell: str) -> bool:
    """Whether a double writes it as it is; a whole number among fractions is one, too."""
    number = float(cell)
    return repr(number) == cell or ("." not in cell and repr(number) == f"{cell}.0")


def _decimal(cells: list[str]) -> str | None:
    parts = [cell.lstrip("-").partition(".") for cell in cells]
    scale = max(len(behind) for _, _, behind in parts)
    digits = max(len(before.lstrip("0")) for before, _, _ in parts) + scale
    return f"decimal({max(digits, 1)},{scale})" if digits <= _MOST_DIGITS else None
