r"""Patterns of Table Schema (XML Schema) as RE2 reads them; what it would read otherwise is refused. Pure.

XML Schema has `\i`, `\c`, and `[A-Z-[C]]` for a class less another. RE2 refuses the first two, and takes the last for
something else without a word. Look-around and back-references are in no regular language; RE2 has none. Of letters and
digits `\w` and `\d` mean those of ASCII.
"""

from __future__ import annotations

import re

_MOST_CHARACTERS = 4096
_MOST_REPEATS = 1000  #: of one part, which RE2 takes
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ESCAPED = re.compile(r"\\(?:\\|.)", re.DOTALL)
_REPEATS = re.compile(r"\{([0-9]*),?([0-9]*)\}")
#: what no pattern may hold, classes of characters taken out; and why
_REFUSED = (
    (re.compile(r"\\[1-9]"), "refers back to what matched before"),
    (re.compile(r"\(\?<?[=!]"), "looks around, which RE2 does not"),
    (re.compile(r"\(\?P?[>#(|&]"), "is of no regular language"),
)
_NAMES = re.compile(r"\\[iIcC]")


def why_not(pattern: str) -> str | None:
    """What keeps a pattern from meaning in RE2 what it means in Table Schema; None: nothing."""
    if len(pattern) > _MOST_CHARACTERS:
        return f"it has more than {_MOST_CHARACTERS:,} characters"
    names = next((found[0] for found in _ESCAPED.finditer(pattern) if _NAMES.fullmatch(found[0])), None)
    if names is not None:
        return f"{names} is a class of XML, which RE2 has not"
    if any("[" in _ESCAPED.sub("", found[0][1:]) for found in _classes(pattern)):
        return "a '[' within a class, as of one less another ([A-Z-[C]]), would be read as something else"
    return _refused(_without_classes(pattern))


def whole(pattern: str) -> str:
    """The pattern that holds for a whole value, lines and all."""
    return rf"\A(?:{pattern})\z"


def _refused(rest: str) -> str | None:
    for looked_for, why in _REFUSED:
        if (found := looked_for.search(rest)) is not None:
            return f"{found[0]} {why}"
    counts = [int(digits) for found in _REPEATS.finditer(rest) for digits in found.groups() if digits]
    if max(counts, default=0) > _MOST_REPEATS:
        return f"it repeats a part more than {_MOST_REPEATS:,} times"
    return None


def _classes(pattern: str) -> list[re.Match[str]]:
    """The classes of characters in it; an escaped bracket begins none."""
    hidden = _ESCAPED.sub(lambda found: "\\x" if found[0] in {"\\[", "\\\\"} else found[0], pattern)
    return list(_CLASS.finditer(hidden))


def _without_classes(pattern: str) -> str:
    """It with one letter in place of each class, and of an escaped sign."""
    hidden = _ESCAPED.sub(lambda found: found[0] if found[0][1:].isdigit() else "x", pattern)
    return _CLASS.sub("x", hidden)
