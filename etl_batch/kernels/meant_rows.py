"""Sound rows of a CSV, copied with each cell as what it means; see `cell_reading`.

A run of rows at a time, as in `csv_runs`: it is checked, and its cells are listed; then cells with a meaning are
written by that list, and all between them is copied as it stands.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels import csv_run_job as job_fields
from etl_batch.kernels.block64 import BLOCK, copy_block
from etl_batch.kernels.cell_meaning import KIND, MARK, Meaning
from etl_batch.kernels.cell_reading import note_misfit, read_cell
from etl_batch.kernels.cell_text import copy_bytes
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.csv_check import CR, QUOTE
from etl_batch.kernels.csv_run_scan import list_run
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import U

MISFIT = (
    0x1A  #: stands before a cell that is not of the type that somebody gave its column, so that the type refuses it
)
CELL_ROOM = 64  #: bytes that a cell may need beside twice its own
#: words of what is meant: 1 where whatever is no text is put in quotes, for it may hold the delimiter; the number of
#: the first row, from 1; the address behind the room for what is written. Then, for each column with a meaning, in
#: their order, its place and the address of its record
ALWAYS_QUOTED, FIRST_ROW, ROOM_STOP, MEANT = range(4)
MEANT_WORDS = 2

_WORD = U(8)
_MARK, _KIND, _TEXT = U(8 * MARK), U(8 * KIND), U(Meaning.TEXT)
_MISFIT, _NUL = np.uint8(MISFIT), np.uint8(0)
_AT, _LAST, _STOP, _BROKEN = (
    _WORD * U(field) for field in (job_fields.AT, job_fields.LAST, job_fields.STOP, job_fields.BROKEN)
)
_STARTS, _COLUMNS, _OUT, _ROWS = (
    _WORD * U(field) for field in (job_fields.STARTS, job_fields.COLUMNS, job_fields.OUT, job_fields.ROWS)
)
_CHOSEN, _CHOSEN_COLUMNS = _WORD * U(job_fields.CHOSEN), _WORD * U(job_fields.CHOSEN_COLUMNS)
_RUN_BYTES = U(job_fields.RUN_BYTES)
_ALWAYS_QUOTED, _FIRST_ROW, _ROOM_STOP, _MEANT = (
    _WORD * U(word) for word in (ALWAYS_QUOTED, FIRST_ROW, ROOM_STOP, MEANT)
)
_MEANT_BYTES = _WORD * U(MEANT_WORDS)
_CELL_ROOM = U(CELL_ROOM)
_TWO_BLOCKS = U(2) * BLOCK


@inlined
def _copy(out: np.uint64, at: np.uint64, end: np.uint64, stop: np.uint64) -> np.uint64:
    """Copy; nothing behind `stop` is read, up to 127 bytes behind the copy are written. Returns the address behind."""
    if end + _TWO_BLOCKS > stop:
        return copy_bytes(out, at, end - at)
    behind = out + (end - at)
    # Two blocks whatever there is: most rows have more than one and less than two, and nobody can predict which.
    copy_block(out, at, _NUL, _NUL)
    copy_block(out + BLOCK, at + BLOCK, _NUL, _NUL)
    out += _TWO_BLOCKS
    at += _TWO_BLOCKS
    while at < end:
        copy_block(out, at, _NUL, _NUL)
        out += BLOCK
        at += BLOCK
    return behind


@inlined
def _write_misfit(out: np.uint64, start: np.uint64, end: np.uint64, quoted: bool) -> np.uint64:
    """A cell with the mark before its text."""
    if quoted:
        store(out, QUOTE)
        out += U(1)
    store(out, _MISFIT)
    out = copy_bytes(out + U(1), start, end - start)
    if quoted:
        store(out, QUOTE)
        out += U(1)
    return out


@inlined
def _write_cell(
    start: np.uint64, end: np.uint64, rule: np.uint64, always_quoted: np.uint64, out: np.uint64, row: np.uint64
) -> np.uint64:
    """Write one cell of a column with a meaning; it begins with its quote, if it has any."""
    quoted = load(start, np.uint8) == QUOTE
    inner, inner_end = start + U(quoted), end - U(quoted)
    is_text = load(rule + _KIND, np.uint64) == _TEXT
    quote = U(quoted) if is_text else always_quoted  # 1: it is written in quotes
    behind = read_cell(inner, inner_end, rule, out + quote)
    if behind == U(0):
        if inner == inner_end and is_text:
            return copy_bytes(out, start, end - start)  # a text without a letter
        note_misfit(rule, row, inner, inner_end)
        if load(rule + _MARK, np.uint64) != U(0):
            return _write_misfit(out, inner, inner_end, quoted)
        return copy_bytes(out, start, end - start)
    if behind == out + quote:
        return out
    if quote != U(0):
        store(out, QUOTE)
        store(behind, QUOTE)
        return behind + U(1)
    return behind


@inlined
def _write_run(job: np.uint64, out: np.uint64, end: np.uint64, rows: np.uint64) -> np.uint64:
    """Write the run that was listed; returns the address behind what was written."""
    stop, done, meant = load(job + _STOP, np.uint64), load(job + _AT, np.uint64), load(job + _CHOSEN, np.uint64)
    always_quoted = load(meant + _ALWAYS_QUOTED, np.uint64)
    first = load(meant + _FIRST_ROW, np.uint64) + load(job + _ROWS, np.uint64)
    meant += _MEANT
    behind = meant + load(job + _CHOSEN_COLUMNS, np.uint64) * _MEANT_BYTES
    listed, step = load(job + _STARTS, np.uint64), load(job + _COLUMNS, np.uint64) * _WORD
    for row in range(rows):
        line = meant
        while line < behind:
            place, rule = load(line, np.uint64) * _WORD, load(line + _WORD, np.uint64)
            line += _MEANT_BYTES
            start, cell_end = load(listed + place, np.uint64), load(listed + place + _WORD, np.uint64) - U(1)
            # A sound cell that ends with a CR is the last one of its row.
            cell_end -= U(cell_end > start and load(cell_end - U(1), np.uint8) == CR)
            if start < cell_end:
                out = _copy(out, done, start, stop)
                out = _write_cell(start, cell_end, rule, always_quoted, out, first + U(row))
                done = cell_end
        listed += step
    return _copy(out, done, end, stop)


@kernel("void(uint64)")
def write_meant_rows(job: np.uint64) -> None:
    """Copy rows with their cells as what they mean, from a row's start to the first row's end at or behind `LAST`.

    It stops at a run with a broken row, and sets `BROKEN`; and before a run for which there may be no room.

    Args:
        job: address of its fields; see `csv_run_job`. CHOSEN is the address of what is meant, CHOSEN_COLUMNS says of
            how many columns. What is written ends as what is read: where the last row lacks its line feed, so it does.
    """
    last, stop = load(job + _LAST, np.uint64), load(job + _STOP, np.uint64)
    columns, room_stop = load(job + _COLUMNS, np.uint64), load(load(job + _CHOSEN, np.uint64) + _ROOM_STOP, np.uint64)
    at = load(job + _AT, np.uint64)
    while at <= last and at < stop:
        end, rows, _ = list_run(job, at, min(at + _RUN_BYTES, last), False)
        if end == U(0):
            store(job + _BROKEN, U(1))
            return
        out = load(job + _OUT, np.uint64)
        if out + U(2) * (end - at) + (rows * columns + U(2)) * _CELL_ROOM > room_stop:
            return
        store(job + _OUT, _write_run(job, out, end, rows))
        store(job + _ROWS, load(job + _ROWS, np.uint64) + rows)
        at = end
        store(job + _AT, at)
