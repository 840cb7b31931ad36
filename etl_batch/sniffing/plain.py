"""Whether a CSV begins as most do, so that nothing has to be told of it; and names where there are none. Pure."""

from __future__ import annotations

import re

_BOM = b"\xef\xbb\xbf"
_LINES = 4  #: that are looked at
_OTHERS = (b";", b"\t", b"|", b"~", b"^", b"\x1f")
_WITHIN_TEXT = (b" ", b":")  #: that divide only where every line splits alike
_NAMES_DELIMITER = re.compile(rb'(?i:"?sep=)')
_COMMENTS = (b"#", b"%")
_LONE_CR = re.compile(rb"\r(?![\n\r]|\Z)")
_NUMBER = rb'"?\s*[-+(]?[.,]?[0-9]'


def is_plain(content: bytes, delimiter: str | None) -> bool:
    """Whether nothing has to be told: the first line holds names.

    No name begins as a number does, and some cell below does: a table of words alone may as well begin with data.
    A line that names the delimiter is as plain, and so is what is no text in lines.

    Args:
        content: the beginning of a file, in UTF-8.
        delimiter: that somebody gave; None: nobody did.
    """
    while content.startswith(_BOM):
        content = content[len(_BOM) :]
    if _LONE_CR.search(content) or _NAMES_DELIMITER.match(content):
        return True
    first, *others = content.split(b"\n", _LINES)[:_LINES]
    mark = (delimiter or ",").encode()
    has_number = re.compile(rb"(?:^|%b)%b" % (re.escape(mark), _NUMBER)).search
    if not first.strip() or has_number(first) or not any(map(has_number, others)):
        return False
    if mark in first:
        return _may_be_as_wide(first, others[0], mark)
    marks = (mark,) if delimiter is not None else (mark, *_OTHERS, *_WITHIN_TEXT)
    return not any(one in line for one in marks for line in (others if delimiter is not None else (first, *others)))


def _may_be_as_wide(first: bytes, second: bytes, mark: bytes) -> bool:
    """Whether two lines may have as many cells; within quotes nobody knows."""
    return b'"' in first or b'"' in second or not second.strip() or first.count(mark) == second.count(mark)


def may_be_of_other_signs(content: bytes, delimiter: str | None) -> bool:
    """Whether quotes, escapes or comments may be in a text that plain ones do not have: then the rows tell.

    Args:
        content: the beginning of a file, in UTF-8.
        delimiter: that somebody gave; None: nobody did.
    """
    if content.startswith(_COMMENTS) or any(b"\n" + sign in content for sign in _COMMENTS):
        return True
    if b'\\"' in content or b"\\'" in content:
        return True
    marks = (delimiter.encode(),) if delimiter else (b",", *_OTHERS)
    return b"'" in content and any(b"'" + mark in content and mark + b"'" in content for mark in marks)


def numbered(columns: int) -> tuple[str, ...]:
    """The names of columns that have none: `column_1` and so on."""
    return tuple(f"column_{number}" for number in range(1, columns + 1))
