"""Which rows of a span may be in the sample: those of a small priority, and those of a large value."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import load
from etl_batch.kernels.measures import any_reaches, read_measure
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.stratum_codes import mix64

_STEP = U(0x9E3779B97F4A7C15)
_FEW_ROWS = U(256)  #: of which mostly none has a value that is above its threshold


@inlined
def priority(key: np.uint64, row_id: np.uint64) -> np.uint64:
    """A row's place in the lottery: uniform over all numbers of 64 bits, and different for the rows of one input."""
    return mix64(row_id * _STEP + key)


@kernel("void(uint64, uint64, uint64, uint32[::1], uint64[:, ::1])")
def least_priorities(key: np.uint64, first: np.uint64, ids: np.uint64, codes: np.ndarray, least: np.ndarray) -> None:
    """Find the two smallest priorities of each stratum.

    Args:
        key: as for `pick_rows`.
        first: as well.
        ids: as well.
        codes: shape (rows,): each row's stratum.
        least: shape (strata, 2): the smallest two so far, ascending; the largest number where there are none.
    """
    for index in range(len(codes)):
        row = U(index)
        row_id = load(ids + row * U(8), np.uint64) if ids != U(0) else first + row
        order = priority(key, row_id)
        stratum = U(codes[row])
        if order < least[stratum, U(1)]:
            least[stratum, U(1)] = max(order, least[stratum, U(0)])
            least[stratum, U(0)] = min(order, least[stratum, U(0)])


@inlined
def is_large(measures: np.ndarray, row: np.uint64, row_id: np.uint64, thresholds: np.ndarray, ties: np.ndarray) -> bool:
    """Whether a value of the row is above the threshold of its measure; see `pick_rows`."""
    for number in range(len(measures)):
        measure = U(number)
        size = abs(read_measure(measures[measure], row))
        if size >= thresholds[measure] and size < np.inf and (size > thresholds[measure] or row_id < ties[measure]):
            return True
    return False


@inlined
def list_row(
    count: np.uint64, found: tuple[np.uint64, np.uint64, np.uint64],
    measures: np.ndarray, picked: np.ndarray, values: np.ndarray,
) -> None:  # fmt: skip
    """Put a row, given by its place, its id and its priority, behind so many that are listed."""
    picked[count, U(0)], picked[count, U(1)], picked[count, U(2)] = found
    for number in range(len(measures)):
        values[count, U(number)] = read_measure(measures[U(number)], found[0])


@kernel(
    "uint64(uint64, uint64, uint64, uint32[::1], uint64[::1], uint64[:, ::1], float64[::1], uint64[::1], "
    "uint64[:, ::1], float64[:, ::1])"
)
def pick_rows(
    key: np.uint64, first: np.uint64, ids: np.uint64, codes: np.ndarray, limits: np.ndarray,
    measures: np.ndarray, thresholds: np.ndarray, ties: np.ndarray, picked: np.ndarray, values: np.ndarray,
) -> np.uint64:  # fmt: skip
    """List the rows whose priority is within the limit of their stratum, or whose value is above its threshold.

    Args:
        key: of the seed and the input.
        first: the id of the first row, where `ids` is 0; the others follow it.
        ids: address of the rows' ids, as uint64; 0: there is no list.
        codes: shape (rows,): each row's stratum.
        limits: shape (strata,): the largest priority that may still be drawn.
        measures: shape (measures, 5): lines of `columns.describe`.
        thresholds: shape (measures,): a row is listed whose value, its sign taken off, is larger and finite.
        ties: shape (measures,): or as large, and its id smaller than this one.
        picked: shape (rows, 3): set to the place, the id and the priority of each row found.
        values: shape (rows, measures): set to their values, null as 0.

    Returns:
        How many.
    """
    count, row, rows = U(0), U(0), U(len(codes))
    while row < rows:
        behind = min(row + _FEW_ROWS, rows)
        some_large = False
        for number in range(len(measures)):
            some_large |= any_reaches(measures[U(number)], row, behind - row, thresholds[U(number)])
        while row < behind:
            row_id = load(ids + row * U(8), np.uint64) if ids != U(0) else first + row
            order = priority(key, row_id)
            if order <= limits[U(codes[row])] or (some_large and is_large(measures, row, row_id, thresholds, ties)):
                list_row(count, (row, row_id, order), measures, picked, values)
                count += U(1)
            row += U(1)
    return count
