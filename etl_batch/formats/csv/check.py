"""One piece of a CSV, checked in a worker: its rows counted, the broken ones listed.

The parent names these functions without running them, so the kernels are loaded where they run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.pieces import BadRows, Checked, FirstLook, Piece
from etl_batch.formats.mapped_file import MappedFile
from etl_batch.kernels.csv_problems import BAD_ROW_FIELDS, CR_LF, FOUND_FIELDS, LF_ALONE, ROW
from etl_batch.light_dataclass import dataclass
from etl_batch.values import MIB

if TYPE_CHECKING:
    from etl_batch.formats.csv.taking import RowTaker

_STEP_BYTES = MIB  #: looked at carefully, where anything in it is broken
_ROOM = 1024  #: bad rows listed in one go

NONE_BAD = np.empty((0, BAD_ROW_FIELDS), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class SoundRows:
    """Rows side by side in which nothing is broken."""

    start: int  #: where the first one begins; bytes
    stop: int  #: where the last one ends
    rows: int
    line_ends: tuple[int, int]  #: lines that end with CR and LF, and with LF alone
    classes: npt.NDArray[np.uint8]  #: shape (columns,): bits of `Class` of the measures


def sound_rows(file: CsvFile, mapped: MappedFile, at: int, last: int) -> SoundRows | None:
    """Check the rows from an address on that begin no later than at another one; None: one of them is broken."""
    start, rows, pairs, alone = at, 0, 0, 0
    found = np.zeros(FOUND_FIELDS, dtype=np.uint64)
    classes = np.zeros(file.columns, dtype=np.uint8)
    sound = _SoundRows(file, classes)
    while at <= last and at < mapped.stop:
        end = sound.check(at, min(at + _STEP_BYTES, last), mapped.stop, found)
        if not end:
            return None
        rows, pairs, alone = rows + int(found[0]), pairs + int(found[CR_LF]), alone + int(found[LF_ALONE])
        at = end
    return SoundRows(start - mapped.base, at - mapped.base, rows, (pairs, alone), classes)


def look(piece: Piece) -> FirstLook:
    """Check a piece as long as there are no quotes in it, since it hardly begins inside some; else count them."""
    from etl_batch.kernels.csv_check import count_quotes

    with piece.file.mapped(piece.start, piece.stop) as mapped:
        quotes: list[int] = []

        def is_quoted() -> bool:
            if not quotes:
                quotes.append(int(count_quotes(mapped.base + piece.start, mapped.base + piece.stop)))
            return quotes[0] > 0

        checked = _check(piece, mapped, is_quoted)
        return FirstLook(bool(quotes) and quotes[0] % 2 == 1, checked)


def check(piece: Piece) -> Checked:
    """Check the rows that begin in a piece: from the first row's start within it to the first one's behind it."""
    with piece.file.mapped(piece.start, piece.stop) as mapped:
        checked = _check(piece, mapped, lambda: False)
    if checked is None:
        raise TypeError("a piece is checked wherever it begins")
    return checked


def _check(piece: Piece, mapped: MappedFile, gives_up: Callable[[], bool]) -> Checked | None:
    """Check a piece; where there are quotes, or a row is broken, it is first asked whether to give up."""
    from etl_batch.kernels.csv_check import count_quotes, next_row

    at = mapped.base + piece.start
    if not piece.at_row:
        start, at = at, int(next_row(at, mapped.stop, int(piece.inside)))
        if count_quotes(start, at) and gives_up():
            return None
    return _check_rows(piece, mapped, at, gives_up)


def _check_rows(piece: Piece, mapped: MappedFile, at: int, gives_up: Callable[[], bool]) -> Checked | None:
    file, last = piece.file, mapped.base + piece.stop
    start = at
    rows, broken_quotes, pairs, alone = 0, False, 0, 0
    bad: list[BadRows] = []
    classes = np.zeros(file.columns, dtype=np.uint8)
    found = np.zeros(FOUND_FIELDS, dtype=np.uint64)
    sound = _SoundRows(file, classes)
    # A row that begins at `last` itself is ours: the next piece begins behind the first line feed in it.
    while at <= last and at < mapped.stop:
        target = min(at + _STEP_BYTES, last)
        listed = NONE_BAD
        end = sound.check(at, target, mapped.stop, found)
        if (found[1] or not end) and gives_up():
            return None
        is_sound = bool(end)
        if not is_sound:
            end, found, listed = _bad_rows(file, mapped, at, target)
            broken_quotes |= bool(found[2])
        if any(file.declared) or (not is_sound and (file.classify or file.measured)):
            from etl_batch.formats.csv.cells_check import Run, check_cells

            listed = check_cells(file, mapped.base, Run(at, end, 0, int(found[0])), listed, classes)
        if len(listed):
            listed[:, ROW] += rows
            bad.append(listed)
        rows += int(found[0])
        pairs += int(found[CR_LF])
        alone += int(found[LF_ALONE])
        at = end
        if bad and piece.first_only:
            break
    every = np.concatenate(bad) if bad else NONE_BAD
    return Checked(start - mapped.base, at - mapped.base, rows, every, broken_quotes, (pairs, alone), classes)


class _SoundRows:
    """Checks rows, stretch after stretch; on the way it is seen what their cells look like, if anybody wants to know.

    Where columns have declared types, that is left to `check_cells`: a row may be bad by a cell of it.
    """

    def __init__(self, file: CsvFile, classes: npt.NDArray[np.uint8]) -> None:
        self._file = file
        self._taker: RowTaker | None = None
        self._seen = np.zeros(FOUND_FIELDS, dtype=np.uint64)  #: of the stretches before
        if (file.classify or file.measured) and not any(file.declared):
            from etl_batch.formats.csv.cells_check import leave_unwanted
            from etl_batch.formats.csv.taking import RowTaker

            leave_unwanted(file, classes)
            self._taker = RowTaker(file.delimiter, file.columns, file.is_utf8)
            self._taker.classify(classes)

    def check(self, at: int, last: int, stop: int, found: npt.NDArray[np.uint64]) -> int:
        """See `csv_check.check_rows`."""
        if self._taker is None:
            from etl_batch.kernels.csv_check import check_rows

            found[1] = 0
            return int(check_rows(at, last, stop, self._file.delimiter, self._file.columns, found))
        taken = self._taker.take(at, last, stop)
        seen = np.array([taken.rows, taken.quoted, 0, *taken.line_ends], dtype=np.uint64)
        found[:] = seen - self._seen
        self._seen = seen
        self._seen[1] = 0
        return 0 if taken.is_broken else taken.stop


def _bad_rows(file: CsvFile, mapped: MappedFile, at: int, last: int) -> tuple[int, npt.NDArray[np.uint64], BadRows]:
    """The broken rows of those that begin no later than `last`, and where the last row ends."""
    from etl_batch.kernels.csv_bad_rows import find_bad_rows

    listed: list[BadRows] = []
    found = np.zeros(FOUND_FIELDS, dtype=np.uint64)
    behind = min(last + 1, mapped.stop)
    while at < behind:
        room = np.empty((_ROOM, BAD_ROW_FIELDS), dtype=np.int64)
        found[1] = 0
        at = int(find_bad_rows(mapped.base, at, behind, mapped.stop, file.delimiter, file.columns, room, found))
        listed.append(room[: int(found[1])])
    return at, found, np.concatenate(listed)
