"""The slow, obvious twin of the kernel that writes rows of any dialect in the plain one."""

from __future__ import annotations

import re

from etl_batch.formats.csv.shape import Shape
from etl_batch.kernels.plain_copy import BROKEN, DONE, UNFINISHED

_ENDS = re.compile(rb"\r\n|\n|\Z")


def plain_rows(text: bytes, shape: Shape, *, final: bool, most: int) -> tuple[int, bytes, int]:
    """How far a text could be copied, the copy, and how it went; no row is begun behind so many bytes of the copy."""
    at, out = 0, b""
    while at < len(text) and len(out) < most:
        if shape.comment and text.startswith(shape.comment.encode(), at):
            end = text.find(b"\n", at)
            if end < 0 and not final:
                return at, out, UNFINISHED
            at = end + 1 or len(text)
            continue
        row, behind, status = _row(text, at, shape)
        if status == UNFINISHED and final:
            status = BROKEN
        if status == DONE and behind == len(text) and not row.endswith(b"\n") and not final:
            status = UNFINISHED
        if status != DONE:
            return at, out, status
        at, out = behind, out + row
    return at, out, DONE


def _row(text: bytes, at: int, shape: Shape) -> tuple[bytes, int, int]:
    row, mark = b"", shape.delimiter.encode()
    while True:
        read = _quoted_cell if shape.quote and text.startswith(shape.quote.encode(), at) else _bare_cell
        cell, at = read(text, at, shape)
        if at < 0:
            return row, at, UNFINISHED
        row += cell
        if mark and text.startswith(mark, at):
            row, at = row + shape.plain_delimiter.encode(), at + len(mark)
            continue
        end = _ENDS.match(text, at)
        if end is None:
            return row, at, UNFINISHED if text[at:] == b"\r" else BROKEN
        return row + end[0], end.end(), DONE


def _quoted_cell(text: bytes, at: int, shape: Shape) -> tuple[bytes, int]:
    """The cell in double quotes, and where it ends; -1: it does not."""
    quote, content, at = shape.quote.encode(), b"", at + 1
    while at < len(text):
        if taken := _escaped(text, at, shape):
            content, at = content + taken, at + 1 + len(taken)
        elif text.startswith(quote + quote, at):
            content, at = content + quote, at + 2
        elif text.startswith(quote, at):
            return _in_quotes(content), at + 1
        else:
            content, at = content + text[at : at + 1], at + 1
    return b"", -1


def _bare_cell(text: bytes, at: int, shape: Shape) -> tuple[bytes, int]:
    """The cell as it is, or in quotes, if it would mean something else without; and where it ends."""
    ends = tuple(sign.encode() for sign in (shape.delimiter, shape.quote, "\r", "\n") if sign)
    content, is_escaped = b"", False
    while at < len(text) and not text.startswith(ends, at):
        taken = _escaped(text, at, shape)
        is_escaped |= bool(taken)
        content, at = content + (taken or text[at : at + 1]), at + 1 + len(taken)
    means = is_escaped or b'"' in content or shape.plain_delimiter.encode() in content
    return _in_quotes(content) if means else content, at


def _escaped(text: bytes, at: int, shape: Shape) -> bytes:
    """What an escape takes the meaning of; nothing: none stands there."""
    if not shape.escape or not text.startswith(shape.escape.encode(), at):
        return b""
    meant = (shape.escape, shape.quote, shape.comment, shape.delimiter[:1], "\r", "\n")
    return next((sign.encode() for sign in meant if sign and text.startswith(sign.encode(), at + 1)), b"")


def _in_quotes(content: bytes) -> bytes:
    return b'"' + content.replace(b'"', b'""') + b'"'
