"""What the cells of each column look like, and how long they are: sound CSV rows, a few hundred at a time."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels import csv_run_job as job_fields
from etl_batch.kernels.cell_readings import Class
from etl_batch.kernels.classify_cell import class_of_listed, is_short_float, is_short_integer
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.csv_listing import list_some, listed_cell, rows_at_once
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import U

_TEXT_CLASS = np.uint8(Class.TEXT)
_WORD = U(8)
_STARTS, _COLUMNS, _RUN_ROWS, _CLASSES = (
    _WORD * U(field) for field in (job_fields.STARTS, job_fields.COLUMNS, job_fields.RUN_ROWS, job_fields.CLASSES)
)
_INTEGER_CLASS, _FLOAT_CLASS = np.uint8(Class.INTEGER), np.uint8(Class.FLOAT)


@inlined
def _seen_in(at: np.uint64, step: np.uint64, rows: np.uint64, is_last: bool, seen: np.uint8) -> np.uint8:
    """What one column's cells of a run look like, or-ed with what others did; none is looked at behind a TEXT."""
    for _ in range(rows):
        start = load(at, np.uint64)
        length = load(at + _WORD, np.uint64) - U(1) - start
        is_as_before = (seen & _INTEGER_CLASS and is_short_integer(start, length)) or (
            seen & _FLOAT_CLASS and is_short_float(start, length)
        )
        if not is_as_before:
            start, end, quoted = listed_cell(at, is_last)
            seen |= class_of_listed(start, end, quoted)
            if seen & _TEXT_CLASS:
                break
        at += step
    return seen


@kernel("void(uint64)")
def classify_run(job: np.uint64) -> None:
    """Say what the cells of each column of a run look like.

    Args:
        job: address of its fields; see `csv_run_job`. `CLASSES` is the address of a byte for each column: bits of
            `Class` are or-ed into it. A column of TEXT is not looked at any further.
    """
    columns, rows = load(job + _COLUMNS, np.uint64), load(job + _RUN_ROWS, np.uint64)
    at, out = load(job + _STARTS, np.uint64), load(job + _CLASSES, np.uint64)
    for column in range(columns):
        seen = load(out, np.uint8)
        if not seen & _TEXT_CLASS:
            is_last = U(column) + U(1) == columns
            store(out, np.uint8(_seen_in(at, columns * _WORD, rows, is_last, seen)))
        at += _WORD
        out += U(1)


@kernel("void(uint64, uint64, uint8, uint64, uint32[::1], uint64[::1])")
def measure_columns(
    at: np.uint64, stop: np.uint64, delimiter: np.uint8, rows: np.uint64, scratch: np.ndarray, lengths: np.ndarray
) -> None:
    """Add up the bytes of each column's cells, with all that encloses them.

    Args:
        at: address of the first row.
        stop: address behind the last row, which may lack its line feed.
        delimiter: between cells.
        rows: how many.
        scratch: shape (listing_room(columns),).
        lengths: shape (columns,): added to.
    """
    columns = U(len(lengths))
    step = rows_at_once(columns)
    while rows > U(0):
        here = min(rows, step)
        starts = U(scratch.ctypes.data)
        list_some(at, stop, delimiter, starts, here * columns)
        before = U(0)
        for _ in range(here):
            for column in range(columns):
                starts += U(4)
                behind = U(load(starts, np.uint32))
                lengths[U(column)] += behind - before
                before = behind
        at += before
        rows -= here
