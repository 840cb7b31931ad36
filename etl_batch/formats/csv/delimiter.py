"""Whether a CSV that seems to have one column is divided by another delimiter than the comma."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etl_batch.errors import CsvDelimiter
from etl_batch.formats.csv.head import Head
from etl_batch.text.shown_text import shown

COMMA = ","
_OTHERS = (";", "\t", "|")
_LINE = re.compile(rb"[^\r\n]*")


def cell_pattern(delimiter: str) -> re.Pattern[bytes]:
    """A sound cell: its text if it stands in quotes (doubled ones within), else its text, and what ends it."""
    mark = re.escape(delimiter.encode())
    return re.compile(rb'(?:"((?:[^"]++|"")*+)"|([^"\r\n' + mark + rb"]*))(" + mark + rb"|\r\n|\n|\Z)")


def may_go_on(content: bytes, at: int, delimiter: str) -> bool:
    """Whether more bytes could make a sound cell of what is none at the end of the content."""
    quoted = content[at : at + 1] == b'"'
    plain = rb'[^"\r\n' + re.escape(delimiter.encode()) + rb"]*"
    found = re.compile(rb'"(?:[^"]++|"")*+"' if quoted else plain).match(content, at)
    return found is None or found.end() + 1 >= len(content)


def other_delimiter(head: Head, at: int, what: str) -> str | None:
    """Look whether the comma, which nobody gave, is the delimiter.

    Args:
        head: of the file.
        at: where the header line begins.
        what: the file, for messages.

    Returns:
        A note, where another delimiter would divide the header, but not all rows alike; None: all is well.

    Raises:
        CsvDelimiter: another one divides the header and each row that is seen into as many cells.
    """
    line = _LINE.match(head.content, at)
    if line is None or not any(mark.encode() in line[0] for mark in _OTHERS):
        return None
    as_one = next(_widths(head, at, COMMA), 0)
    if as_one > 1:
        return None
    name = shown(line[0].decode("utf-8", "replace"), 60)
    found = sorted(
        ((list(_widths(head, at, mark)), mark) for mark in _OTHERS), key=lambda candidate: -next(iter(candidate[0]), 0)
    )
    for (width, *rows), mark in ((widths, mark) for widths, mark in found if widths):
        if width > 1 and all(row == width for row in rows):
            seen = f"as has each of the {len(rows):,} rows looked at" if len(rows) > 1 else "as has its row"
            raise CsvDelimiter(
                f"{what}: with {_word(mark)} between cells the header line {name!r} has {width}"
                f"{f', {seen}' if rows else ''}; with ',', which is read unless another is given, it is one",
                mend=f"give --delimiter {_word(mark)}; where one column is meant, --delimiter ','",
            )
    widths, mark = found[0]
    if as_one == 1 and widths and widths[0] > 1:
        return (
            f"its header {name!r} is one column, though {_word(mark)} would make {widths[0]} of it: "
            f"--delimiter {_word(mark)} does, --delimiter ',' says that one is meant"
        )
    return None


def _word(delimiter: str) -> str:
    """As it is given on the command line."""
    return "tab" if delimiter == "\t" else repr(delimiter)


def _widths(head: Head, at: int, delimiter: str) -> Iterator[int]:
    """How many cells the lines have that are seen whole; 0: it is broken, and nothing behind it is looked at."""
    content, mark, pattern = head.content, delimiter.encode(), cell_pattern(delimiter)
    while at < len(content):
        start, cells, end = at, 0, mark
        while end == mark:
            found = pattern.match(content, at)
            if found is None:
                if head.whole or not may_go_on(content, at, delimiter):
                    yield 0
                return
            cells, at, end = cells + 1, found.end(), found[3]
        if not end and not head.whole:
            return
        if content[start:at].strip(b"\r\n"):
            yield cells
