"""What the cells of each column look like, and how long they are: sound CSV rows, a few hundred at a time."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_readings import Class
from etl_batch.kernels.classify_cell import classify_cell, is_short_float, is_short_integer
from etl_batch.kernels.compile import kernel
from etl_batch.kernels.csv_listing import cell_at, list_some, rows_at_once
from etl_batch.kernels.machine import load
from etl_batch.kernels.numbers_text import U

_EMPTY_CLASS, _TEXT_CLASS = np.uint8(Class.EMPTY), np.uint8(Class.TEXT)
_INTEGER_CLASS, _FLOAT_CLASS = np.uint8(Class.INTEGER), np.uint8(Class.FLOAT)


@kernel("void(uint64, uint64, uint8, uint64, uint32[::1], uint8[::1])")
def classify_rows(
    at: np.uint64, stop: np.uint64, delimiter: np.uint8, rows: np.uint64, scratch: np.ndarray, classes: np.ndarray
) -> None:
    """Say what the cells of each column look like.

    Args:
        at: address of the first row.
        stop: address behind the last row, which may lack its line feed.
        delimiter: between cells.
        rows: how many.
        scratch: shape (listing_room(columns),).
        classes: shape (columns,); bits of `Class` are or-ed into it. A column of TEXT is not looked at any further.
    """
    columns = U(len(classes))
    step = rows_at_once(columns)
    starts = U(scratch.ctypes.data)
    while rows > U(0):
        wanted = False
        for column in range(columns):
            wanted |= not classes[U(column)] & _TEXT_CLASS
        if not wanted:
            return
        here = min(rows, step)
        list_some(at, stop, delimiter, starts, here * columns)
        for column in range(columns):
            seen = classes[U(column)]
            is_last = U(column) + U(1) == columns
            index, behind = U(column), here * columns
            while index < behind and not seen & _TEXT_CLASS:
                start = at + U(load(starts + index * U(4), np.uint32))
                length = at + U(load(starts + index * U(4) + U(4), np.uint32)) - U(1) - start
                if (seen & _INTEGER_CLASS and is_short_integer(start, length)) or (
                    seen & _FLOAT_CLASS and is_short_float(start, length)
                ):
                    index += columns
                    continue
                start, end, quoted = cell_at(at, starts, index, is_last)
                if start < end:
                    seen |= classify_cell(start, end - start)
                else:
                    seen |= _TEXT_CLASS if quoted else _EMPTY_CLASS
                index += columns
            classes[U(column)] = seen
        at += U(load(starts + here * columns * U(4), np.uint32))
        rows -= here


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
