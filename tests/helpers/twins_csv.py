"""The slow, obvious twin of the CSV kernels: one byte at a time, one state after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from etl_batch.kernels.csv_problems import Problem
from tests.helpers.twins import is_utf8

#: problems behind which the end of a row is a guess
QUOTE_PROBLEMS = frozenset({Problem.BARE_QUOTE, Problem.TEXT_AFTER_QUOTE, Problem.UNCLOSED_QUOTE})

_START, _PLAIN, _QUOTED, _CLOSED = "a cell begins", "in a plain cell", "inside quotes", "behind a closing quote"


@dataclass
class Row:
    """One row of a CSV."""

    start: int
    stop: int = 0
    cells: list[bytes | None] = field(default_factory=list)  #: without their quotes; None is null
    problems: list[tuple[int, Problem]] = field(default_factory=list)  #: where, what; but for the number of cells

    @property
    def quotes_broken(self) -> bool:
        return any(problem in QUOTE_PROBLEMS for _, problem in self.problems)

    def is_sound(self, data: bytes, columns: int) -> bool:
        return not self.problems and len(self.cells) == columns and is_utf8(data[self.start : self.stop])


def rows(data: bytes, delimiter: str = ",") -> Iterator[Row]:
    """The rows of data without a header, broken or not; what a broken quote swallows is swallowed."""
    at = 0
    while at < len(data):
        row = _row(data, at, ord(delimiter))
        yield row
        at = row.stop


def sound_rows(data: bytes, columns: int, delimiter: str = ",") -> int | None:
    """How many rows there are; None where one is broken."""
    found = list(rows(data, delimiter))
    return len(found) if all(row.is_sound(data, columns) for row in found) else None


def _row(data: bytes, at: int, delimiter: int) -> Row:  # noqa: C901, PLR0912 - a state machine in one piece
    row = Row(at)
    state, cell, had_quotes, opened = _START, bytearray(), False, 0
    while at < len(data):
        byte = data[at]
        if state == _QUOTED:
            if byte == ord('"'):
                state = _CLOSED
            else:
                if byte == 0:
                    row.problems.append((at, Problem.NUL_BYTE))
                cell.append(byte)
        elif state == _CLOSED and byte == ord('"'):
            cell.append(byte)
            state = _QUOTED
        elif byte in (delimiter, ord("\n")):
            row.cells.append(bytes(cell) if cell or had_quotes else None)
            cell, had_quotes, state = bytearray(), False, _START
            if byte == ord("\n"):
                row.stop = at + 1
                return row
        elif byte == ord('"') and state == _START:
            state, had_quotes, opened = _QUOTED, True, at
        elif data[at : at + 2] != b"\r\n":
            if state == _CLOSED:
                row.problems.append((at, Problem.TEXT_AFTER_QUOTE))
            if byte in b'"\r\0':
                what = {34: Problem.BARE_QUOTE, 13: Problem.LONE_RETURN, 0: Problem.NUL_BYTE}[byte]
                row.problems.append((at, what))
            cell.append(byte)
            state = _PLAIN
        at += 1
    if state == _QUOTED:
        row.problems.append((opened, Problem.UNCLOSED_QUOTE))
    row.cells.append(bytes(cell) if cell or had_quotes else None)
    row.stop = at
    return row
