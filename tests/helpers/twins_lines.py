"""Lines of text as slow, obvious Python has them: where they lie, and what stands in their columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CHARACTER = re.compile(rb"[\x00-\xff][\x80-\xbf]*", re.DOTALL)


def lines_of(content: bytes, end: bytes) -> tuple[list[tuple[int, bytes]], int]:
    """The lines that end within the content: where each begins, and its bytes without its end; and where they end."""
    *whole, rest = content.split(end)
    found, at = [], 0
    for line in whole:
        found.append((at, line.removesuffix(b"\r")))
        at += len(line) + 1
    assert at + len(rest) == len(content)
    return found, at


def characters_of(line: bytes) -> list[bytes]:
    """The characters of UTF-8 as bytes; what continues none belongs to the one before it."""
    return _CHARACTER.findall(line)


def is_too_long(line: Sequence[object], columns: int, blank: object) -> bool:
    """Whether more than blanks stand behind the last column."""
    return any(one != blank for one in line[columns:])


def is_cut(line: Sequence[object], fields: Sequence[tuple[int, int]]) -> bool:
    """Whether the line ends within one of these fields, each a first column and how many there are."""
    return any(first < len(line) < first + columns for first, columns in fields)
