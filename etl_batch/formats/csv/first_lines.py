"""What stands before the header line of a CSV: byte order marks, a line that names the delimiter, or nothing at all."""

from __future__ import annotations

import re

from etl_batch.errors import EmptyInput
from etl_batch.formats.csv.head import BOM, Head, TooShort
from etl_batch.light_dataclass import dataclass

#: as spreadsheets write it: one sign that is no letter and no digit
_NAMES_DELIMITER = re.compile(rb'(?i:("?)sep=([\t !#-/:-@\[-`{-~])\1)(?:\r\n|\n|\Z)')
_BLANK = b" \t\r\n"
_MEND_BLANK = "take away what is blank above the header line, or give --skip-lines"


@dataclass(frozen=True, slots=True)
class BeforeHeader:
    """What stands there."""

    stop: int  #: where the header line begins; bytes
    delimiter: str | None  #: that the line `sep=` names; None: there is no such line
    notes: tuple[str, ...] = ()


def before_header(head: Head, what: str) -> BeforeHeader:
    """Look for the header line.

    Args:
        head: of the file.
        what: the file, for messages.

    Raises:
        EmptyInput: there is none.
        TooShort: more must be seen.
    """
    content, at = head.content, 0
    while content.startswith(BOM, at):
        at += len(BOM)
    marks = at // len(BOM)
    notes = [f"it begins with {marks} byte order marks, and all are skipped"] if marks > 1 else []
    named = _NAMES_DELIMITER.match(content, at)
    if named is not None and (head.whole or named.end() < len(content)):
        at = named.end()
    else:
        named = None
    _refuse_blank(head, at, what, _found(marks, named))
    return BeforeHeader(at, named[2].decode() if named else None, tuple(notes))


def is_blank(head: Head) -> bool:
    """Whether there is nothing but blanks and marks in all of a file."""
    return head.whole and not head.content.strip(_BLANK + BOM)


def behind_lines(head: Head, skipped: int, what: str) -> BeforeHeader:
    """What stands behind so many lines.

    Raises:
        EmptyInput: there is nothing.
        TooShort: more must be seen.
    """
    at = 0
    while head.content.startswith(BOM, at):
        at += len(BOM)
    for _ in range(skipped):
        at = head.content.find(b"\n", at) + 1
        if not at:
            break
    if (skipped and not at) or not head.content[at:].strip(_BLANK):
        if not head.whole:
            raise TooShort
        raise EmptyInput(f"{what}: nothing but blanks is behind its first {skipped:,} lines", mend="skip fewer lines")
    return BeforeHeader(at, None)


def _found(marks: int, named: re.Match[bytes] | None) -> list[str]:
    """What stands there, in words."""
    found = ["a byte order mark" if marks == 1 else f"{marks} byte order marks"] if marks else []
    if named is not None:
        found.append(f"the line {named[0].decode().strip()!r}")
    return found


def _refuse_blank(head: Head, at: int, what: str, found: list[str]) -> None:
    rest = head.content[at:]
    line = rest[: rest.find(b"\n") + 1] or rest
    if line.strip(_BLANK):
        return
    if head.whole and not rest.strip(_BLANK):
        if rest:
            found.append("blanks and line ends" if rest.strip(b"\r\n") else f"{_line_ends(rest)}")
        raise EmptyInput(f"{what} holds {' and '.join(found)}, and nothing else: not even a header line")
    if not line.endswith(b"\n"):
        raise TooShort
    behind = f" behind {' and '.join(found)}" if found else ""
    raise EmptyInput(
        f"{what}: the first line{behind} is blank, where the names of the columns should be", mend=_MEND_BLANK
    )


def _line_ends(rest: bytes) -> str:
    count = max(rest.count(b"\n"), 1)
    return "a line end" if count == 1 else f"{count:,} line ends"
