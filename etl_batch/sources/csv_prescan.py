"""The validating pass over CSV inputs, before anything is written: every row checked, in parallel.

Where a piece begins inside quotes is decided by the parity of the quotes before it. That holds until the first
broken quote: from there on, the rest of the file is checked once more, piece after piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, Protocol

from etl_batch.errors import BadRow, EtlError, FormatMagic
from etl_batch.kernels.csv_problems import PROBLEM, ROW, START, STOP
from etl_batch.sources.csv_check import Checked, Piece, check, quotes_in
from etl_batch.sources.csv_file import CsvFile
from etl_batch.sources.csv_problem_text import NO_TEXT, reason


class Mapper(Protocol):
    """Runs a function on many items, in processes; results come in the order of the items."""

    def __call__(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        """Run it."""


@dataclass(frozen=True, slots=True)
class Prescan:
    """How CSV inputs are checked."""

    run: Mapper
    piece_bytes: int
    quarantine: bool  #: list every bad row, instead of stopping at the first
    checked: Callable[[int, int], None]  #: told the bytes and the rows of each piece

    def __call__(self, files: Sequence[CsvFile]) -> list[list[Checked]]:
        """The pieces of every file, in order, those without rows left out.

        Raises:
            BadRow, FormatMagic: of the first broken row, unless bad rows are to be listed.
        """
        plans = [_pieces(file, self.piece_bytes) for file in files]
        counted = [piece for plan in plans if len(plan) > 1 for piece in plan]
        quotes = self.run(quotes_in, counted)
        plans = [_with_parity(plan, quotes) if len(plan) > 1 else plan for plan in plans]
        results = self.run(check, [piece for plan in plans for piece in plan])
        found: list[list[Checked]] = []
        repairs: list[int] = []
        for number, plan in enumerate(plans):
            found.append([])
            for piece in plan:
                one: Checked = next(results)
                if len(one.bad) and not self.quarantine:
                    raise bad_row(piece.file, found[-1], one)
                if number not in repairs:
                    found[-1].append(one)
                    self.checked(piece.stop - piece.start, one.rows)
                    if one.broken_quotes:
                        repairs.append(number)
        for number in repairs:
            self._go_on(files[number], found[number])
        return [[piece for piece in pieces if piece.rows] for pieces in found]

    def _go_on(self, file: CsvFile, found: list[Checked]) -> None:
        """Check the rest of a file behind its first broken quote, each piece from where the one before ended."""
        end = file.size
        while (start := found[-1].stop) < end:
            piece = Piece(file, start, min(start + self.piece_bytes, end), at_row=True)
            found += self.run(check, [piece])
            self.checked(found[-1].stop - start, found[-1].rows)


def _pieces(file: CsvFile, piece_bytes: int) -> list[Piece]:
    size = file.size
    starts = range(file.data_start, size, piece_bytes)
    return [Piece(file, at, min(at + piece_bytes, size), at_row=at == file.data_start) for at in starts]


def _with_parity(plan: list[Piece], quotes: Iterator[int]) -> list[Piece]:
    before = accumulate([next(quotes) for _ in plan], initial=0)
    return [replace(piece, inside=count % 2 == 1) for piece, count in zip(plan, before, strict=False)]


def bad_row(file: CsvFile, before: Sequence[Checked], piece: Checked) -> EtlError:
    """The error for the first bad row of a piece."""
    bad = piece.bad[0]
    with open(file.open(), "rb") as content:  # noqa: PTH123 - a descriptor
        content.seek(int(bad[START]))
        raw = content.read(int(bad[STOP] - bad[START]))
    row = sum(one.rows for one in before) + int(bad[ROW]) + 1
    (byte,) = file.original_places([int(bad[START])])
    message = f"{file.place.path}, row {row} (at byte {byte}): {reason(file, bad, raw)}"
    if bad[PROBLEM] in NO_TEXT:
        return FormatMagic(message, mend=_NO_TEXT_MEND)
    return BadRow(message)


_NO_TEXT_MEND = (
    "check what the file really holds, give its --encoding if it is not UTF-8, "
    "or set such rows aside with --on-bad-row quarantine"
)
