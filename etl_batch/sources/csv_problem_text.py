"""Broken rows of a CSV, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from etl_batch.kernels.csv_problems import DETAIL, PROBLEM, START, WHERE, Problem
from etl_batch.sources.csv_types import CellType

_AT_A_BYTE = {
    Problem.BARE_QUOTE: "a quote inside a cell that does not begin with one",
    Problem.TEXT_AFTER_QUOTE: "text after a closing quote",
    Problem.UNCLOSED_QUOTE: "a quote that is never closed",
    Problem.LONE_RETURN: "a carriage return without a line feed",
    Problem.NUL_BYTE: "a NUL byte",
}
#: content that is no text at all, rather than a row that is badly written
NO_TEXT = frozenset({Problem.NUL_BYTE, Problem.NOT_UTF8})


def reason(bad: npt.NDArray[np.int64], raw: bytes, names: Sequence[str], declared: Sequence[CellType | None]) -> str:
    """What is wrong with a row.

    Args:
        bad: the row's line in the table of bad rows.
        raw: its bytes.
        names: of the columns.
        declared: what the cells of each column must be.
    """
    problem, detail = Problem(int(bad[PROBLEM])), int(bad[DETAIL])
    if problem is Problem.CELLS:
        if not raw.strip(b"\r\n"):
            return f"the line is blank, {len(names)} cells expected"
        return f"{detail} {'cell' if detail == 1 else 'cells'}, {len(names)} expected"
    if problem is Problem.TYPE:
        kind = declared[detail]
        return f"column {names[detail]!r}: the cell is no {kind.word if kind else 'text'}"
    if problem is Problem.NOT_UTF8:
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            return f"not UTF-8 at byte {int(bad[START]) + error.start}"
    return f"{_AT_A_BYTE.get(problem, 'broken')}, at byte {int(bad[WHERE])}"
