"""The source form of COBOL: which columns of a line are code, which lines are comments, what goes on in the next line.

In the fixed form columns 1 to 6 are numbers of lines, 7 says what a line is, 8 to 72 are code (IBM Enterprise COBOL for
z/OS, Language Reference, "Reference format"). In the free form all of a line is code.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import takewhile

from etl_batch.errors import CopybookInvalid
from etl_batch.layouts.copybook.entries import place_in_words
from etl_batch.layouts.file_names import is_copybook_name
from etl_batch.light_dataclass import dataclass

_INDICATOR = 6  #: index of column 7
_CODE = slice(7, 72)
_TAB_STOPS = 8
_COMMENTS = "*/Dd$"  #: in column 7; lines of debugging are not compiled
#: a level and a name that begin where numbers of lines, or what a line is, would stand
_FREE = re.compile(r" {0,6}(?:\d{1,2} +[A-Za-z:]|(?:COPY|EXEC) )", re.IGNORECASE)
#: and such that stand where the fixed form has them, behind something else than blanks
_FIXED = re.compile(r"(?! {6}).{6}[ ] *\d{1,2} +[A-Za-z:]")
_LEVEL = re.compile(r"(?:.{6}[ ])? *(?:0?[1-9]|[1-4]\d|77) +[A-Za-z0-9:][\w:-]*(?: |\.|$)")
_TOML = re.compile(r"\s*(?:record_size\s*=|\[\[?\s*field)")
#: it moves the paper or heads it, or tells a compiler of something else than data
_NO_CODE = re.compile(r"\s*(?:(?:EJECT|SKIP[123])\s*\.?\s*|TITLE\s+['\"].*|>>.*)", re.IGNORECASE)
_FORM = re.compile(r".{0,7}\s*(?:>>\s*|\$)(?:SET\s+)?SOURCE\W*(?:FORMAT)?\W*(?:IS\s+)?(FREE|FIXED)", re.IGNORECASE)
_LOOKED_AT = 2_000  #: lines that tell whether it is one


@dataclass(frozen=True, slots=True)
class Code:
    """The code of a book, in one piece, and where in the file it stands."""

    text: str
    starts: tuple[int, ...]  #: offsets in the text, from which on it is of the next place
    places: tuple[tuple[int, int], ...]  #: line and column of each, from 1
    books: tuple[str, ...] = ()  #: the book that each is of, where it takes in others

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the column of an offset."""
        number = self._piece(offset)
        line, column = self.places[number] if self.places else (1, 1)
        return line, column + offset - (self.starts[number] if self.starts else 0)

    def book(self, offset: int) -> str:
        """The book that an offset is of, where that is one which COPY took in; else empty."""
        return self.books[self._piece(offset)] if self.books else ""

    def _piece(self, offset: int) -> int:
        return max(bisect_right(self.starts, offset) - 1, 0)


def is_toml(text: str) -> bool:
    """Whether the text of a layout is TOML, by the keys that every layout has."""
    return any(map(_TOML.match, text.splitlines()[:_LOOKED_AT]))


def is_copybook(text: str, name: str) -> bool:
    """Whether the text of a layout is a copybook, and no TOML.

    Args:
        text: of the file.
        name: of the file; it decides only where the text does not.
    """
    if is_toml(text):
        return False
    lines = [line.expandtabs(_TAB_STOPS) for line in text.splitlines()[:_LOOKED_AT]]
    return any(map(_LEVEL.match, lines)) or is_copybook_name(name)


def code_of(text: str, where: str) -> Code:
    """The code of a book without numbers of lines, comments, and what only moves the paper.

    Raises:
        CopybookInvalid: a line goes on with what no line began.
    """
    lines = [line.expandtabs(_TAB_STOPS) for line in text.splitlines()]
    is_free = sum(map(_is_free, takewhile(lambda line: not _FORM.match(line), lines))) > 0
    joined = _Joined(where)
    for number, line in enumerate(lines, start=1):
        if form := _FORM.match(line):
            is_free = form[1].upper() == "FREE"
        elif is_free:
            joined.add_free(number, line)
        else:
            joined.add_fixed(number, line)
    return Code("".join(joined.pieces), tuple(joined.starts), tuple(joined.places))


def _is_free(line: str) -> int:
    """What a line says of the form: 1 of the free one, -1 of the fixed one."""
    return bool(_FREE.match(line)) - bool(_FIXED.match(line))


class _Joined:
    """Lines of code, as they are put together."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.pieces: list[str] = []
        self.starts: list[int] = []
        self.places: list[tuple[int, int]] = []
        self._length = 0
        self._open = ""  #: the quote of a literal that the last line of code has not closed

    def add_free(self, number: int, line: str) -> None:
        if line.lstrip().startswith("*") or _NO_CODE.fullmatch(line):
            return
        self._add(number, 1, _without_remark(line)[0])
        self._end_line()

    def add_fixed(self, number: int, line: str) -> None:
        indicator, code = line[_INDICATOR : _INDICATOR + 1], line[_CODE]
        if (indicator in _COMMENTS and indicator) or _NO_CODE.fullmatch(code):
            return
        if indicator == "-":
            self._go_on(number, code)
        elif indicator.strip():
            raise self._wrong(number, f"{indicator!r} is none of the signs that stand there (blank, *, /, -, D)")
        else:
            self._end_line()
            code, self._open = _without_remark(code)
            # A literal that goes on in the next line has the blanks up to column 72, too.
            self._add(number, _CODE.start + 1, f"{code:<65}" if self._open else code)

    def _go_on(self, number: int, code: str) -> None:
        begins = len(code) - len(code.lstrip())
        rest = code.lstrip()
        if not self.pieces or (self._open and not rest.startswith(self._open)):
            raise self._wrong(number, "it goes on with what no line before it began")
        if self._open:
            begins, rest = begins + 1, rest[1:]
            whole, self._open = _without_remark(self._open + rest)
            rest = whole[1:]
        else:
            self._strip_end()
            rest, self._open = _without_remark(rest)
        self._add(number, _CODE.start + 1 + begins, rest)

    def _wrong(self, number: int, what: str) -> CopybookInvalid:
        return CopybookInvalid(f"{place_in_words(self.where, number, _INDICATOR + 1)}: {what}")

    def _strip_end(self) -> None:
        while self.pieces and not self.pieces[-1].strip(" \n"):
            self._length -= len(self.pieces.pop())
            self.starts.pop()
            self.places.pop()
        if self.pieces:
            kept = self.pieces[-1].rstrip(" \n")
            self._length -= len(self.pieces[-1]) - len(kept)
            self.pieces[-1] = kept

    def _end_line(self) -> None:
        if self.places:
            line, column = self.places[-1]
            self._add(line, column + len(self.pieces[-1]), "\n")

    def _add(self, line: int, column: int, code: str) -> None:
        self.pieces.append(code)
        self.starts.append(self._length)
        self.places.append((line, column))
        self._length += len(code)


def _without_remark(code: str) -> tuple[str, str]:
    """A line of code without `*> ...`, and the quote of a literal that it leaves open."""
    quote = ""
    for at, sign in enumerate(code):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign == "*" and code.startswith("*>", at):
            return code[:at], ""
    return code, quote
