"""CSV files with rows broken on purpose, and where they are broken."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

#: the ways to break a row; the row's cells and the delimiter in, the row's bytes out
Break = Callable[[list[bytes], bytes], bytes]


def _extra_cell(cells: list[bytes], delimiter: bytes) -> bytes:
    return delimiter.join([*cells, b"extra"])


def _missing_cell(cells: list[bytes], delimiter: bytes) -> bytes:
    return delimiter.join(cells[:-1])


def _bare_quote(cells: list[bytes], delimiter: bytes) -> bytes:
    return delimiter.join([b'6" pipe', *cells[1:]])


def _two_bare_quotes(cells: list[bytes], delimiter: bytes) -> bytes:
    return delimiter.join([*cells[:-1], b'a "b" c'])


def _text_after_a_quote(cells: list[bytes], delimiter: bytes) -> bytes:
    return delimiter.join([*cells[:-1], b'"a"b'])


def _unclosed_quote(cells: list[bytes], delimiter: bytes) -> bytes:
    return delimiter.join([*cells[:-1], b'"never closed'])


def _bad_utf8(cells: list[bytes], delimiter: bytes) -> bytes:
    return delimiter.join([b"\xc3", *cells[1:]])


def _nul(cells: list[bytes], delimiter: bytes) -> bytes:
    return delimiter.join([*cells[:-1], b"a\0b"])


def _lone_return(cells: list[bytes], delimiter: bytes) -> bytes:
    return delimiter.join([b"a\rb", *cells[1:]])


def _blank(_cells: list[bytes], _delimiter: bytes) -> bytes:
    return b""


WAYS: dict[str, Break] = {
    "an extra cell": _extra_cell,
    "a missing cell": _missing_cell,
    "a bare quote": _bare_quote,
    "two bare quotes": _two_bare_quotes,
    "text after a quote": _text_after_a_quote,
    "an unclosed quote": _unclosed_quote,
    "bad UTF-8": _bad_utf8,
    "NUL": _nul,
    "a lone CR": _lone_return,
    "a blank line": _blank,
}


@dataclass
class Dialect:
    """How a file is written."""

    columns: int
    delimiter: bytes
    end: bytes
    long_cells: bool  #: some cells hold line feeds


@dataclass
class BrokenCsv:
    """A file, and what is wrong with it."""

    dialect: Dialect
    content: bytes = b""
    good: list[bytes] = field(default_factory=list)  #: rows, with their ends
    bad: list[tuple[int, int, bytes, str]] = field(default_factory=list)  #: number from 1, byte, row, way

    @property
    def without_bad(self) -> bytes:
        """The file with only its good rows."""
        return self.header + b"".join(self.good)

    @property
    def header(self) -> bytes:
        names = [b"n%d" % number for number in range(self.dialect.columns)]
        return self.dialect.delimiter.join(names) + self.dialect.end


def any_dialect(chosen: random.Random) -> Dialect:
    return Dialect(
        columns=chosen.randrange(2, 7),
        delimiter=chosen.choice([b",", b",", b";", b"\t", b"|"]),
        end=chosen.choice([b"\n", b"\r\n"]),
        long_cells=chosen.random() < 0.4,
    )


def good_cells(dialect: Dialect, chosen: random.Random) -> list[bytes]:
    """A sound row; its first cell is never quoted, so that it can be broken."""
    cells = [b"%d" % chosen.randrange(10**6)]
    for _ in range(dialect.columns - 1):
        kinds: Sequence[bytes] = [b"", b'""', b"text", b"=1+1", b"%d" % chosen.randrange(10**9), "ä€".encode(), b"12.5"]
        quoted = [b'"a' + dialect.delimiter + b'b"', b'"say ""hi"""', b'"' + b"x" * chosen.randrange(80) + b'"']
        long = [b'"line one' + dialect.end + b'line two"'] if dialect.long_cells else []
        cells.append(chosen.choice([*kinds, *quoted, *long]))
    return cells


def make(dialect: Dialect, rows: int, broken: dict[int, str], chosen: random.Random) -> BrokenCsv:
    """A file of so many rows, those broken whose number (from 0) is given."""
    made = BrokenCsv(dialect)
    pieces = [made.header]
    at = len(pieces[0])
    for number in range(rows):
        cells = good_cells(dialect, chosen)
        if number in broken:
            row = WAYS[broken[number]](cells, dialect.delimiter) + dialect.end
            made.bad.append((number + 1, at, row, broken[number]))
        else:
            row = dialect.delimiter.join(cells) + dialect.end
            made.good.append(row)
        pieces.append(row)
        at += len(row)
    made.content = b"".join(pieces)
    return made
