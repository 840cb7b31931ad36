"""PICTURE: what a string of COBOL's symbols says of an item (Language Reference, "PICTURE clause")."""

from __future__ import annotations

import re
from enum import Enum, auto

from etl_batch.light_dataclass import dataclass

MOST_DIGITS = 38
_MOST_SYMBOLS = 200  #: COBOL has 50
_MOST_BYTES = 1 << 27  #: COBOL's own limit
_PART = re.compile(r"(CR|DB|[A-Z0-9*+\-/,.$])(?:\((\d{1,9})\))?")
_EDITING = set("Z*+-B0/,.$E") | {"CR", "DB"}
_NO_BYTE = set("SVP")


class Category(Enum):
    """What an item holds."""

    NUMBER = auto()
    TEXT = auto()
    EDITED = auto()  #: a number or a text as it is printed
    NATIONAL = auto()  #: UTF-16
    DBCS = auto()  #: two bytes a character


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What a picture says."""

    category: Category
    size: int  #: characters; of a number without a sign of its own
    digits: int = 0  #: that a number has
    scale: int = 0  #: digits behind the point; below 0: zeros before it that are not stored
    signed: bool = False


def read_picture(text: str) -> Picture:
    """Read a picture.

    Raises:
        ValueError: with what is wrong with it, in words.
    """
    if len(text) > _MOST_SYMBOLS:
        raise ValueError(f"it has {len(text):,} characters; {_MOST_SYMBOLS} is the most")
    parts = _parts(text.upper())
    symbols = {symbol for symbol, _ in parts}
    size = sum(count * len(symbol) for symbol, count in parts if symbol not in _NO_BYTE)
    if not 0 < size <= _MOST_BYTES:
        raise ValueError("it has no character" if size == 0 else "it is larger than COBOL allows")
    if symbols <= {"9", "S", "V", "P"}:
        return _number(parts)
    if symbols <= {"X", "A", "9"}:
        return Picture(category=Category.TEXT, size=size)
    if symbols == {"N"}:
        return Picture(category=Category.NATIONAL, size=size)
    if symbols == {"G"}:
        return Picture(category=Category.DBCS, size=size)
    if symbols <= _EDITING | {"9", "X", "A", "V", "P"}:
        return Picture(category=Category.EDITED, size=size)
    strange = sorted(symbols - _EDITING - {"9", "X", "A", "V", "P"})
    raise ValueError(f"{strange[0]!r} does not stand beside the other symbols")


def _parts(text: str) -> list[tuple[str, int]]:
    parts: list[tuple[str, int]] = []
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None:
            raise ValueError(f"{text[at:][:20]!r} is no symbol of a picture")
        count = int(found[2] or 1)
        if not count:
            raise ValueError(f"{found[0]!r} is repeated no time")
        parts.append((found[1], count))
        at = found.end()
    return parts


def _number(parts: list[tuple[str, int]]) -> Picture:
    marks = [symbol for symbol, count in parts for _ in range(min(count, 2)) if symbol in "SV"]
    if marks.count("S") > 1 or marks.count("V") > 1:
        raise ValueError("S and V stand in it once at most")
    if "S" in marks and parts[0][0] != "S":
        raise ValueError("S stands in front")
    before = before_zeros = behind = behind_zeros = 0
    is_behind = False
    # P in front of all digits means a point in front of it.
    shape = "".join(symbol for symbol, _ in parts if symbol != "S")
    if shape.startswith("P"):
        is_behind = True
    for symbol, count in parts:
        if symbol == "V":
            is_behind = True
        elif symbol == "9":
            before, behind = (before, behind + count) if is_behind else (before + count, behind)
        elif symbol == "P":
            zeros = (before_zeros, behind_zeros + count) if is_behind else (before_zeros + count, behind_zeros)
            before_zeros, behind_zeros = zeros
    if not re.fullmatch(r"9*P*V?|V?P*9*|9*V?9*|P+9+", re.sub(r"(.)\1+", r"\1", shape)):
        raise ValueError("P stands at one end, beside V")
    digits = before + behind
    if digits > MOST_DIGITS:
        raise ValueError(f"it has {digits} digits; {MOST_DIGITS} is the most")
    scale = behind + behind_zeros if is_behind and not before_zeros else -before_zeros
    return Picture(category=Category.NUMBER, size=digits, digits=digits, scale=scale, signed="S" in marks)
