"""What is learned of the cells of a CSV whose columns have no types: a run of sound rows at a time.

A column may turn out to be of numbers or not, in this run or in another. So its cells count as texts in any case; and
as numbers as long as all of them are integers, or all are floats, as we would write them.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels import csv_run_job as job_fields
from etl_batch.kernels.classify_cell import (
    FLOAT,
    INTEGER,
    NEGATIVE,
    NUMBER,
    TEXT,
    UNSIGNED,
    class_of_listed,
    is_short_float,
    is_short_integer,
)
from etl_batch.kernels.compile import inlined, kernel, outlined
from etl_batch.kernels.csv_listing import listed_cell
from etl_batch.kernels.fact_fields import (
    BLOCK_ROWS,
    FACT_FIELDS,
    LEAST_HIGH,
    LIMBS_AT,
    MOST_HIGH,
    SEEN,
    VALUES,
)
from etl_batch.kernels.machine import load, never_inline, store
from etl_batch.kernels.measures import add_to
from etl_batch.kernels.number_facts import note_floats, note_whole
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.read_digits import read_digits
from etl_batch.kernels.read_float import read_float64
from etl_batch.kernels.read_numbers import read_short_float, read_short_integer, read_signed
from etl_batch.kernels.text_facts import (
    begin_texts,
    end_texts,
    has_quote,
    high_among,
    note_alone,
    note_doubled,
    note_text,
)

_WORD, _LINE_BYTES = U(8), U(8 * FACT_FIELDS)
_VALUES, _SEEN, _LIMBS_AT = U(8 * VALUES), U(8 * SEEN), U(8 * LIMBS_AT)
_LEAST_HIGH, _MOST_HIGH = U(8 * LEAST_HIGH), U(8 * MOST_HIGH)
_STARTS, _COLUMNS, _RUN_ROWS, _RUN_STOP = (
    _WORD * U(field) for field in (job_fields.STARTS, job_fields.COLUMNS, job_fields.RUN_ROWS, job_fields.RUN_STOP)
)
_FACTS, _FACTS_SCRATCH = _WORD * U(job_fields.FACTS), _WORD * U(job_fields.FACTS_SCRATCH)
_BLOCK_ROWS = U(BLOCK_ROWS)
_LOW_BITS, _LIMB = U(0xFFFFFFFF), U(32)
_UNLIKE = np.uint8(NUMBER | TEXT)
_NEGATIVE_AND_UNSIGNED = np.uint8(NEGATIVE | UNSIGNED)


@outlined
def _note_rare(
    line: np.uint64, start: np.uint64, end: np.uint64, seen: np.uint8, out: np.uint64
) -> tuple[np.uint8, np.uint64]:
    """Look at a cell that is no short number of the kind that its column's cells were.

    Returns:
        What they all look like now; and 1, where it is a number that was put to the address.
    """
    never_inline()
    its = class_of_listed(start, end, False)
    now = seen | its
    if now & _UNLIKE or (now & FLOAT and now & INTEGER) or now & _NEGATIVE_AND_UNSIGNED == _NEGATIVE_AND_UNSIGNED:
        return TEXT, U(0)
    if its & FLOAT:
        _, number = read_float64(start, end - start)
        store(out, number)
        return now, U(1)
    if its & UNSIGNED == np.uint8(0):
        _, whole = read_signed(start, end - start)
        store(out, whole)
        return now, U(1)
    _, large = read_digits(start, end - start)
    store(line + _LEAST_HIGH, min(load(line + _LEAST_HIGH, np.uint64), large))
    store(line + _MOST_HIGH, max(load(line + _MOST_HIGH, np.uint64), large))
    limbs = load(line + _LIMBS_AT, np.uint64)
    add_to(limbs, np.int64(large & _LOW_BITS))
    add_to(limbs + _WORD, np.int64(large >> _LIMB))
    return now, U(0)


@inlined
def _note_last_cell(line: np.uint64, at: np.uint64, is_last: bool, high: np.uint64) -> None:
    """Take the text of the last one of some cells into account, before all of them: see `note_alone`."""
    start, end, quoted = listed_cell(at, is_last)
    if start < end and not quoted:
        note_alone(line, (start, end - start, high))


@inlined
def _note_text_cells(
    line: np.uint64, cells: tuple[np.uint64, np.uint64, np.uint64], is_last: bool, high: np.uint64
) -> np.uint64:
    """Take some cells of a column of texts into account: see `_note_cells`; returns how many there are."""
    at, step, rows = cells
    _note_last_cell(line, at + (rows - U(1)) * step, is_last, high)
    so_far, found = begin_texts(line), U(0)
    for _ in range(rows):
        start, end, quoted = listed_cell(at, is_last)
        at += step
        if start >= end and not quoted:
            continue
        found += U(1)
        if quoted and has_quote(start, end):
            so_far = note_doubled(line, start, end, so_far)
        else:
            so_far = note_text(line, (start, end - start, high), so_far)
    end_texts(line, so_far)
    return found


@inlined
def _note_any_cells(
    line: np.uint64, cells: tuple[np.uint64, np.uint64, np.uint64], is_last: bool, high: np.uint64, scratch: np.uint64
) -> np.uint64:
    """The same of a column whose cells were numbers so far, or none.

    Args:
        line: see `_note_cells`.
        cells: as well.
        is_last: as well.
        high: as well.
        scratch: address of room for as many numbers.
    """
    at, step, rows = cells
    _note_last_cell(line, at + (rows - U(1)) * step, is_last, high)
    seen, so_far, found, out = load(line + _SEEN, np.uint8), begin_texts(line), U(0), scratch
    for _ in range(rows):
        start, end, quoted = listed_cell(at, is_last)
        at += step
        if start >= end and not quoted:
            continue
        found += U(1)
        length = end - start
        if quoted:
            seen = TEXT
        if seen & INTEGER and is_short_integer(start, length):
            read_short_integer(load(start, np.uint64), length, out)
            out += _WORD
        elif seen & FLOAT and is_short_float(start, length):
            read_short_float(load(start, np.uint64), length, out)
            out += _WORD
        elif not seen & TEXT:
            seen, more = _note_rare(line, start, end, seen, out)
            out += more * _WORD
        if quoted and has_quote(start, end):
            so_far = note_doubled(line, start, end, so_far)
        else:
            so_far = note_text(line, (start, length, high), so_far)
    end_texts(line, so_far)
    store(line + _SEEN, U(seen))
    if out != scratch:
        if seen & INTEGER:
            note_whole(line, scratch, (out - scratch) >> U(3), U(0))
        elif seen & FLOAT:
            note_floats(line, scratch, (out - scratch) >> U(3))
    return found


@inlined
def _note_cells(
    line: np.uint64, cells: tuple[np.uint64, np.uint64, np.uint64], is_last: bool, high: np.uint64, scratch: np.uint64
) -> None:
    """Take some cells of a column into account.

    Args:
        line: address of its facts.
        cells: address of the first one in the list, bytes from one to the next there, and how many, at most BLOCK_ROWS.
        is_last: the column is the last one.
        high: not 0 where some bytes of the run are above 127.
        scratch: address of room for as many numbers.
    """
    if load(line + _SEEN, np.uint8) & TEXT:
        found = _note_text_cells(line, cells, is_last, high)
    else:
        found = _note_any_cells(line, cells, is_last, high, scratch)
    store(line + _VALUES, load(line + _VALUES, np.uint64) + found)


@kernel("void(uint64)")
def note_cells(job: np.uint64) -> None:
    """Learn of the cells of a run.

    Args:
        job: address of its fields; see `csv_run_job`. FACTS is the address of FACT_FIELDS for each column, which are
            added to, and FACTS_SCRATCH that of SCRATCH words.
    """
    columns, rows = load(job + _COLUMNS, np.uint64), load(job + _RUN_ROWS, np.uint64)
    step, scratch = columns * _WORD, load(job + _FACTS_SCRATCH, np.uint64)
    first = load(load(job + _STARTS, np.uint64), np.uint64)
    high = high_among(first, load(job + _RUN_STOP, np.uint64) - first)
    for column in range(columns):
        at = load(job + _STARTS, np.uint64) + U(column) * _WORD
        line = load(job + _FACTS, np.uint64) + U(column) * _LINE_BYTES
        left = rows
        while left > U(0):
            here = min(left, _BLOCK_ROWS)
            _note_cells(line, (at, step, here), U(column) + U(1) == columns, high, scratch)
            at += here * step
            left -= here
