"""Whether some bytes are text, and whether the lines of a text are divided into cells: all that the format asks. Pure.

Which delimiter it is and where the header stands is found by whoever reads it.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from enum import IntEnum

from etl_batch.text.encodings import is_utf8

_DELIMITERS = ",;\t|~^\x1f"
_MOST_LINES = 200  #: that are looked at
_AGREE = 0.6  #: so large a share of the lines has the same number of cells: beside titles, notes and broken ones
_QUOTED = re.compile(r'"(?:[^"]|"")*+"')
#: what no text holds: controls but TAB, line ends, page breaks, the end that DOS wrote, and those that are delimiters
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x19\x1b\x7f]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Text(IntEnum):
    """How much of a table some bytes are."""

    NONE = 0  #: no text
    PLAIN = 1  #: text of one line
    LINES = 2  #: of more lines, which nothing divides
    CELLS = 3  #: of lines that one character divides into as many cells


def kind_of_text(head: bytes, encoding: str | None, delimiter: str | None, *, is_whole: bool) -> Text:
    """How much of a table the first bytes of a file are.

    Args:
        head: of the file.
        encoding: of its text; None: nobody said, and an 8-bit text is one whatever it is.
        delimiter: that somebody gave; None: nobody did.
        is_whole: there is no more.
    """
    text = _decoded(head, encoding)
    if not text or _NO_TEXT.search(text):
        return Text.NONE
    lines = _QUOTED.sub("", text).split("\n") if "\n" in text else _QUOTED.sub("", text).split("\r")
    if not is_whole and len(lines) > 1:
        lines.pop()  # it may be cut
    lines = [line for line in lines if line.strip(" \r")][:_MOST_LINES]
    if any(_divides(mark, lines) for mark in (*_DELIMITERS, *([delimiter] if delimiter else ()))):
        return Text.CELLS
    return Text.LINES if len(lines) > 1 else Text.PLAIN


def _decoded(head: bytes, encoding: str | None) -> str:
    """The bytes as text; what is no UTF-8, though nobody said what it is, as an 8-bit text."""
    if head.startswith(_UTF16):
        encoding = "utf-16"
    elif encoding is None or is_utf8(encoding):
        try:
            return codecs.getincrementaldecoder("utf-8-sig")().decode(head)
        except UnicodeDecodeError:
            return head.decode("latin-1")
    try:
        text = codecs.getincrementaldecoder(encoding)("replace").decode(head).removeprefix("\ufeff")
    except UnicodeError:  # such as UTF-16 without a byte order mark
        return ""
    return text.replace("\x85", "\n")  # the line end of EBCDIC


def _divides(mark: str, lines: list[str]) -> bool:
    counts = Counter(line.count(mark) for line in lines)
    del counts[0]
    (_, agree), *_ = counts.most_common(1) or [(0, 0)]
    return agree > 0 and agree >= _AGREE * len(lines)
