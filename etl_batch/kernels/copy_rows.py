"""Some of the rows of a text, copied side by side."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_text import copy_bytes
from etl_batch.kernels.compile import kernel
from etl_batch.kernels.csv_check import LF
from etl_batch.kernels.machine import store
from etl_batch.kernels.numbers_text import U


@kernel("void(uint64, uint64, uint32[::1], uint64[::1], uint64)")
def copy_rows(base: np.uint64, stop: np.uint64, row_starts: np.ndarray, rows: np.ndarray, out: np.uint64) -> None:
    """Copy rows, each with its line feed.

    Args:
        base: address of the first row of the text.
        stop: address behind the last one, which may lack its line feed.
        row_starts: shape (all rows + 1,): offsets from `base`; a row ends where the next one begins, and the last one
            where the next one would.
        rows: shape (n,): which.
        out: address with room for them.
    """
    for row in rows:
        start, behind = base + U(row_starts[row]), base + U(row_starts[row + U(1)])
        if behind > stop:
            out = copy_bytes(out, start, stop - start)
            store(out, LF)
            out += U(1)
        else:
            out = copy_bytes(out, start, behind - start)
