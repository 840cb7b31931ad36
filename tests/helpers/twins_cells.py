"""What cells mean, slowly and obviously: the twins of `etl_batch.kernels.cell_reading`."""

from __future__ import annotations

import re

from etl_batch.formats.csv.cell_rules import CellRule, Notation
from etl_batch.kernels.cell_meaning import Meaning

_BLANKS = " \u00a0\u202f"


def meant(rule: CellRule, cell: str) -> str | None:
    """The text that a cell stands for, by the first notation of its column; None: it does not fit."""
    if not cell:
        return None
    if rule.trim:
        cell = cell.strip(_BLANKS + "\t")
    if cell in ("", *rule.nulls):
        return ""
    if rule.meaning is Meaning.TEXT:
        return cell
    if not rule.proposed and not re.search("[0-9]", cell):
        return cell
    return number(cell, rule.notations[0], strict=rule.proposed)


def number(cell: str, notation: Notation, *, strict: bool) -> str | None:
    """A number in a notation, in digits with a point."""
    mark, between = re.escape(notation.decimal), re.escape(notation.thousands)
    between = f"[{_BLANKS}]" if notation.thousands == " " else between
    plain = "(?:0|[1-9][0-9]*)" if strict else "[0-9]*"
    whole = rf"(?:[1-9][0-9]{{0,2}}(?:{between}[0-9]{{3}})+|{plain})" if notation.thousands else plain
    sign, fraction, exponent = ("-?", "[0-9]+", "") if strict else ("[-+]?", "[0-9]*", "(?:[eE][-+]?[0-9]+)?")
    found = re.fullmatch(rf"({sign})({whole})({mark}{fraction})?({exponent})", cell)
    if found is None or not re.search("[0-9]", found[2] + (found[3] or "")):
        return None
    behind = f".{found[3][1:]}" if found[3] else ""
    return f"{found[1]}{re.sub('[^0-9]', '', found[2])}{behind}{found[4]}"
