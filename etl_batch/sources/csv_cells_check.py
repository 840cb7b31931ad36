"""The cells of rows that are sound: of their columns' types, and what they look like."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from etl_batch.kernels.cell_readings import Reading
from etl_batch.kernels.csv_problems import BAD_ROW_FIELDS, DETAIL, PROBLEM, ROW, START, STOP, WHERE, Problem
from etl_batch.sources.csv_check import BadRows
from etl_batch.sources.csv_columns import Cells
from etl_batch.sources.csv_file import CsvFile
from etl_batch.sources.csv_types import SKIPPED


def check_cells(
    file: CsvFile, base: int, where: tuple[int, int], bad: BadRows, classes: npt.NDArray[np.uint8]
) -> BadRows:
    """Look at the cells of some rows.

    Args:
        file: what they belong to.
        base: address of the file's first byte.
        where: addresses of the first row and behind the last one.
        bad: the rows that are broken; row numbers count from the first one here.
        classes: shape (columns,): what the cells of the good rows look like is or-ed into it.

    Returns:
        The bad rows, with those added that have a cell not of its column's type; in order.
    """
    if any(file.declared):
        wrong = [row for run in _runs(base, where, bad) for row in _wrong_types(file, base, *run)]
        if wrong:
            bad = np.concatenate([bad, np.array(wrong, dtype=np.int64).reshape(-1, BAD_ROW_FIELDS)])
            bad = bad[np.argsort(bad[:, ROW], kind="stable")]
    if file.classify:
        for at, end, _ in _runs(base, where, bad):
            Cells.of(at, end, file.delimiter, file.columns).classify(classes)
    return bad


def _runs(base: int, where: tuple[int, int], bad: BadRows) -> Iterator[tuple[int, int, int]]:
    """The runs of rows between bad ones: address, address behind, number of the first row."""
    at, row = where[0], 0
    for one in bad:
        if base + int(one[START]) > at:
            yield at, base + int(one[START]), row
        at, row = base + int(one[STOP]), int(one[ROW]) + 1
    if at < where[1]:
        yield at, where[1], row


def _wrong_types(file: CsvFile, base: int, at: int, end: int, first_row: int) -> Iterator[tuple[int, ...]]:
    """The rows of a run with a cell that is not of its column's type."""
    cells = Cells.of(at, end, file.delimiter, file.columns)
    types = [kind if kind and kind.reading is not Reading.TEXT else SKIPPED for kind in file.declared]
    wrong = cells.read(types).bad
    if wrong is None:
        return
    for row in map(int, np.flatnonzero(wrong >= 0)):
        start = at + (int(cells.ends[row * cells.columns - 1]) + 1 if row else 0)
        stop = min(at + int(cells.ends[(row + 1) * cells.columns - 1]) + 1, end)
        line: dict[int, int] = {ROW: first_row + row, START: start - base, STOP: stop - base, PROBLEM: Problem.TYPE}
        line |= {WHERE: start - base, DETAIL: int(wrong[row])}
        yield tuple(line[place] for place in range(BAD_ROW_FIELDS))
