"""Names and texts of strangers, as a page may show them: what hides is spelt out, what is endless is cut."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

#: control, format (bidirectional, zero-width), unassigned, private, surrogate, line and paragraph separators
_HIDING = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
#: marks that pile up on the character before them
_MARKS = frozenset({"Mn", "Me"})
_MOST_MARKS = 2  #: in a row; scripts that need more are rare
_WIDE = frozenset("WF")
_CUT = "…"


def shown(text: str, columns: int = 60) -> str:
    """A text in one line: what hides as `[U+202E]`, cut in the middle where it is wider than `columns`."""
    if len(text) > 2 * columns:  # of an endless text only the ends are looked at
        text = f"{text[:columns]}\ufffc{text[-columns:]}"
    units = list(_units(text))
    if sum(map(_width, units)) <= columns:
        return "".join(units)
    room = columns - len(_CUT)
    head = _fitting(units, room - room // 2)
    tail = _fitting(reversed(units), room // 2)
    return "".join(head) + _CUT + "".join(reversed(tail))


def as_sentence(text: str) -> str:
    """A text that begins as a sentence does; a name of a file or a flag at its beginning stays as it is."""
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    return text[:1].upper() + text[1:] if first.rstrip(",;:").isalpha() else text


def is_shown_whole(text: str, columns: int) -> bool:
    """Whether what is shown can be copied and still is the text."""
    return shown(text, columns) == text


def _units(text: str) -> Iterable[str]:
    """Characters, or what stands for them; a unit is never cut."""
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        if category in _HIDING or marks > _MOST_MARKS:
            yield f"[U+{ord(character):04X}]"
        else:
            yield character


def _fitting(units: Iterable[str], columns: int) -> list[str]:
    taken: list[str] = []
    for unit in units:
        columns -= _width(unit)
        if columns < 0:
            break
        taken.append(unit)
    return taken


def columns_of(text: str) -> int:
    """Columns of a terminal that a text takes, as it is shown."""
    return sum(map(_width, _units(text)))


def _width(unit: str) -> int:
    """Columns of a terminal that it takes; East Asian characters take two (UAX 11)."""
    return sum(2 if unicodedata.east_asian_width(character) in _WIDE else 1 for character in unit)
