"""The cells of rows that are sound: of their columns' types, and what they look like."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from etl_batch.formats.csv.column_types import SKIPPED
from etl_batch.formats.csv.columns import Cells
from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.pieces import BadRows
from etl_batch.kernels.cell_readings import Class, Reading
from etl_batch.kernels.csv_problems import BAD_ROW_FIELDS, DETAIL, PROBLEM, ROW, START, STOP, WHERE, Problem
from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """Rows side by side in memory."""

    at: int  #: address of the first one
    stop: int  #: address behind the last one
    first_row: int  #: its number
    rows: int

    def cells(self, file: CsvFile) -> Cells:
        """Their cells, if all are sound."""
        return Cells.of(self.at, self.stop, file.delimiter, (self.rows, file.columns))


def check_cells(file: CsvFile, base: int, all_rows: Run, bad: BadRows, classes: npt.NDArray[np.uint8]) -> BadRows:
    """Look at the cells of some rows.

    Args:
        file: what they belong to.
        base: address of the file's first byte.
        all_rows: where they are.
        bad: those that are broken; row numbers count from the first one here.
        classes: shape (columns,): what the cells of the good rows look like is or-ed into it.

    Returns:
        The bad rows, with those added that have a cell not of its column's type; in order.
    """
    if any(file.declared):
        wrong = [row for run in _sound(base, all_rows, bad) for row in _wrong_types(file, base, run)]
        if wrong:
            bad = np.concatenate([bad, np.array(wrong, dtype=np.int64).reshape(-1, BAD_ROW_FIELDS)])
            bad = bad[np.argsort(bad[:, ROW], kind="stable")]
    if file.classify or file.measured:
        leave_unwanted(file, classes)
        for run in _sound(base, all_rows, bad):
            run.cells(file).classify(classes)
    return bad


def leave_unwanted(file: CsvFile, classes: npt.NDArray[np.uint8]) -> None:
    """Give the columns that nobody asks about a class at which their cells are not looked at; shape (columns,)."""
    if not file.classify:
        unwanted = [column for column in range(file.columns) if column not in file.measured]
        classes[unwanted] = Class.TEXT


def _sound(base: int, all_rows: Run, bad: BadRows) -> Iterator[Run]:
    """The runs of rows between bad ones."""
    at, row = all_rows.at, all_rows.first_row
    for broken in bad:
        if int(broken[ROW]) > row:
            yield Run(at, base + int(broken[START]), row, int(broken[ROW]) - row)
        at, row = base + int(broken[STOP]), int(broken[ROW]) + 1
    if row < all_rows.rows:
        yield Run(at, all_rows.stop, row, all_rows.rows - row)


def _wrong_types(file: CsvFile, base: int, run: Run) -> Iterator[tuple[int, ...]]:
    """The rows of a run with a cell that is not of its column's type."""
    types = [kind if kind and kind.reading is not Reading.TEXT else SKIPPED for kind in file.declared]
    found = run.cells(file).read(types)
    wrong = found.bad
    if wrong is None:
        return
    for row in map(int, np.flatnonzero(wrong >= 0)):
        start = run.at + int(found.row_starts[row])
        stop = min(run.at + int(found.row_starts[row + 1]), run.stop)
        line: dict[int, int] = {ROW: run.first_row + row, START: start - base, STOP: stop - base, PROBLEM: Problem.TYPE}
        line |= {WHERE: start - base, DETAIL: int(wrong[row])}
        yield tuple(line[place] for place in range(BAD_ROW_FIELDS))
