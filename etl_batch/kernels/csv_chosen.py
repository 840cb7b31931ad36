"""Some columns of CSV rows, in another order than they stand, and beside them what is said of each row."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from etl_batch.kernels import csv_run_job as job_fields
from etl_batch.kernels.cell_text import copy_bytes
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.csv_check import CR, LF
from etl_batch.kernels.csv_rewrite import rewrite_cell
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import U, write_unsigned

_WORD = U(8)
_STOP, _COLUMNS, _STARTS, _MARKS = (
    _WORD * U(field) for field in (job_fields.STOP, job_fields.COLUMNS, job_fields.STARTS, job_fields.MARKS)
)
_OUT, _COUNTS, _ROWS, _RUN_ROWS = (
    _WORD * U(field) for field in (job_fields.OUT, job_fields.COUNTS, job_fields.ROWS, job_fields.RUN_ROWS)
)
_CHOSEN, _CHOSEN_COLUMNS, _MARKED = (
    _WORD * U(field) for field in (job_fields.CHOSEN, job_fields.CHOSEN_COLUMNS, job_fields.MARKED)
)
_COMMA = np.uint8(ord(","))
_MARK = U(1 << 63)  #: of a listed cell that is to be looked at: no address has this bit


class Chosen(IntEnum):
    """What stands in a column that is written."""

    CELLS = 0  #: of a column of the rows
    TEXT = 1  #: the same one in each row
    NUMBERS = 2  #: one for each row


#: words of a line for each column that is written: a `Chosen`; the column's place, or the address of the text, given
#: as a cell with its quotes, or of the numbers (uint64, of all rows); the address behind the text
KIND, VALUE, BEHIND = range(3)
LINE_WORDS = 3
_VALUE, _BEHIND, _LINE_BYTES = _WORD * U(VALUE), _WORD * U(BEHIND), _WORD * U(LINE_WORDS)
_CELLS, _TEXT = U(Chosen.CELLS), U(Chosen.TEXT)


@inlined
def _mark_listed(job: np.uint64) -> None:
    """Put the marks, which are a list, to the cells themselves, which are asked for in any order."""
    starts, mark = load(job + _STARTS, np.uint64), load(job + _MARKS, np.uint64)
    behind = mark + load(job + _MARKED, np.uint64) * _WORD
    while mark < behind:
        place = starts + load(mark, np.uint64) * _WORD
        store(place, load(place, np.uint64) | _MARK)
        mark += _WORD


@inlined
def _write_cell(out: np.uint64, place: np.uint64, stop: np.uint64, counts: np.uint64) -> np.uint64:
    """Write a listed cell; returns the address behind it."""
    start, end = load(place, np.uint64), (load(place + _WORD, np.uint64) & ~_MARK) - U(1)
    if start & _MARK == U(0):
        return copy_bytes(out, start, end - start)
    start &= ~_MARK
    if end > start and load(end - U(1), np.uint8) == CR:  # of a sound row, only its last cell
        end -= U(1)
    return rewrite_cell(out, start, end, stop, counts)


@kernel("void(uint64)")
def write_chosen(job: np.uint64) -> None:
    """Write what is chosen of the run that was listed.

    Args:
        job: address of its fields; see `csv_run_job`. CHOSEN is the address of a table, shape (CHOSEN_COLUMNS,
            LINE_WORDS). The list of cells is worth nothing afterwards.
    """
    _mark_listed(job)
    stop, counts = load(job + _STOP, np.uint64), load(job + _COUNTS, np.uint64)
    step = load(job + _COLUMNS, np.uint64) * _WORD
    row, behind = load(job + _STARTS, np.uint64), load(job + _STARTS, np.uint64)
    behind += load(job + _RUN_ROWS, np.uint64) * step
    table = load(job + _CHOSEN, np.uint64)
    table_end = table + load(job + _CHOSEN_COLUMNS, np.uint64) * _LINE_BYTES
    number = load(job + _ROWS, np.uint64) * _WORD
    out = load(job + _OUT, np.uint64)
    while row < behind:
        line = table
        while line < table_end:
            kind, value = load(line, np.uint64), load(line + _VALUE, np.uint64)
            if kind == _CELLS:
                out = _write_cell(out, row + value * _WORD, stop, counts)
            elif kind == _TEXT:
                text_end = load(line + _BEHIND, np.uint64)
                out = rewrite_cell(out, value, text_end, text_end, counts)
            else:
                out = write_unsigned(out, load(value + number, np.uint64))
            store(out, _COMMA)
            out += U(1)
            line += _LINE_BYTES
        store(out - U(1), LF)
        row += step
        number += _WORD
    store(job + _OUT, out)
