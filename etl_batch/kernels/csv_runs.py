"""CSV rows checked, listed, rewritten and read: a run of some hundred rows after the other, in one pass over memory.

A run is checked and the cells in it are listed, 64 bytes at a time. Once it is known to be sound, all else goes by that
list, while the run lies in the nearest cache: what needs to be rewritten, what is read, what cells look like.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels import csv_run_job as job_fields
from etl_batch.kernels.block64 import BLOCK, copy_block
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.csv_check import CR, LF
from etl_batch.kernels.csv_rewrite import rewrite_cell
from etl_batch.kernels.csv_run_scan import list_run
from etl_batch.kernels.machine import call_kernel, load, store
from etl_batch.kernels.numbers_text import U

_WORD = U(8)
_AT, _LAST, _STOP = (_WORD * U(field) for field in (job_fields.AT, job_fields.LAST, job_fields.STOP))
_DELIMITER, _COLUMNS, _BROKEN = (
    _WORD * U(field) for field in (job_fields.DELIMITER, job_fields.COLUMNS, job_fields.BROKEN)
)
_STARTS, _MARKS, _OUT, _COUNTS = (
    _WORD * U(field) for field in (job_fields.STARTS, job_fields.MARKS, job_fields.OUT, job_fields.COUNTS)
)
_BASE, _ROW_STARTS, _CAPACITY, _ROWS = (
    _WORD * U(field) for field in (job_fields.BASE, job_fields.ROW_STARTS, job_fields.CAPACITY, job_fields.ROWS)
)
_READ, _CLASSIFY, _RUN_STOP = (
    _WORD * U(field) for field in (job_fields.READ, job_fields.CLASSIFY, job_fields.RUN_STOP)
)
_NOTE_FACTS = _WORD * U(job_fields.NOTE_FACTS)
_CHOOSE, _MARKED = (_WORD * U(field) for field in (job_fields.CHOOSE, job_fields.MARKED))
_COMMA = np.uint8(ord(","))
_RUN_BYTES = U(job_fields.RUN_BYTES)


@inlined
def _copy_plain(out: np.uint64, at: np.uint64, end: np.uint64, stop: np.uint64, delimiter: np.uint8) -> np.uint64:
    """Copy, delimiters made commas; nothing behind `stop` is read. Returns the address behind."""
    behind = out + (end - at)
    if end + BLOCK <= stop:
        while at < end:
            copy_block(out, at, delimiter, _COMMA)
            out += BLOCK
            at += BLOCK
        return behind
    while at < end:
        byte = load(at, np.uint8)
        store(out, _COMMA if byte == delimiter else byte)
        out += U(1)
        at += U(1)
    return behind


@inlined
def _write_run(job: np.uint64, out: np.uint64, marked: np.uint64) -> np.uint64:
    """Write the run that was listed; returns the address behind what was written."""
    stop, starts, mark = load(job + _STOP, np.uint64), load(job + _STARTS, np.uint64), load(job + _MARKS, np.uint64)
    delimiter, counts = np.uint8(load(job + _DELIMITER, np.uint64)), load(job + _COUNTS, np.uint64)
    done, end = load(job + _AT, np.uint64), load(job + _RUN_STOP, np.uint64)
    behind = mark + marked * _WORD
    while mark < behind:
        place = starts + load(mark, np.uint64) * _WORD
        mark += _WORD
        start, separator = load(place, np.uint64), load(place + _WORD, np.uint64) - U(1)
        if done < start:
            out = _copy_plain(out, done, start, stop, delimiter)
        # A sound cell that ends with a CR is the last one of its row.
        is_returned = separator > start and load(separator - U(1), np.uint8) == CR
        out = rewrite_cell(out, start, separator - U(is_returned), stop, counts)
        done = separator
    if done < end:
        out = _copy_plain(out, done, end, stop, delimiter)
    if load(end - U(1), np.uint8) != LF:
        store(out, LF)
        out += U(1)
    return out


@inlined
def _note_starts(job: np.uint64, places: np.uint64, rows: np.uint64) -> None:
    """Note where the rows of the run begin, and where the next one would."""
    base, at = load(job + _BASE, np.uint64), load(job + _STARTS, np.uint64)
    step = load(job + _COLUMNS, np.uint64) * _WORD
    out = places + load(job + _ROWS, np.uint64) * U(4)
    for _ in range(rows + U(1)):
        store(out, np.uint32(load(at, np.uint64) - base))
        out += U(4)
        at += step


@kernel("void(uint64)")
def take_rows(job: np.uint64) -> None:
    """Take the rows from a row's start to the first row's end at or behind `LAST`, as long as they are sound.

    Args:
        job: address of its fields; see `csv_run_job`.
    """
    last, stop = load(job + _LAST, np.uint64), load(job + _STOP, np.uint64)
    at = load(job + _AT, np.uint64)
    while at <= last and at < stop:
        end, rows, marked = list_run(job, at, min(at + _RUN_BYTES, last), True)
        if end == U(0):
            store(job + _BROKEN, U(1))
            return
        if load(job + _ROWS, np.uint64) + rows > load(job + _CAPACITY, np.uint64):
            return
        places = load(job + _ROW_STARTS, np.uint64)
        if places != U(0):
            _note_starts(job, places, rows)
        if load(job + _READ, np.uint64) != U(0):
            call_kernel(load(job + _READ, np.uint64), job)
        if load(job + _CLASSIFY, np.uint64) != U(0):
            call_kernel(load(job + _CLASSIFY, np.uint64), job)
        if load(job + _NOTE_FACTS, np.uint64) != U(0):
            call_kernel(load(job + _NOTE_FACTS, np.uint64), job)
        out = load(job + _OUT, np.uint64)
        if load(job + _CHOOSE, np.uint64) != U(0):
            store(job + _MARKED, marked)
            call_kernel(load(job + _CHOOSE, np.uint64), job)
        elif out != U(0):
            store(job + _OUT, _write_run(job, out, marked))
        store(job + _ROWS, load(job + _ROWS, np.uint64) + rows)
        at = end
        store(job + _AT, at)
