"""The cells of sound CSV rows, read as typed values.

A run of rows at a time, by the list of its cells, column by column, while all of it stays in the cache. No decision is
made anew for each cell, and what most cells are, a short number or a short text without quotes, is read in a few steps.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels import csv_run_job as job_fields
from etl_batch.kernels.cell_readings import BYTES, EXTRA, READ_FIELDS, READING, USED, VALID, VALUES, WIDTH, Reading
from etl_batch.kernels.cell_text import copy_bytes
from etl_batch.kernels.classify_cell import FLOAT, INTEGER, class_of_listed
from etl_batch.kernels.compile import inlined, kernel, outlined
from etl_batch.kernels.csv_check import QUOTE
from etl_batch.kernels.csv_listing import listed_cell
from etl_batch.kernels.machine import load, never_inline, store
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.read_numbers import read_hex, read_short_float, read_short_integer
from etl_batch.kernels.read_value import read_value, value_stride

_SIGNED, _FLOAT = U(Reading.SIGNED), U(Reading.FLOAT)
_BYTES, _TEXT = U(Reading.BYTES), U(Reading.TEXT)
_SKIPPED, _PLACE = U(Reading.SKIPPED), U(Reading.PLACE)
_WORD, _LINE = U(8), U(8 * READ_FIELDS)
_READING, _WIDTH, _EXTRA = _WORD * U(READING), _WORD * U(WIDTH), _WORD * U(EXTRA)
_VALUES, _VALID, _TEXT_BYTES, _USED = _WORD * U(VALUES), _WORD * U(VALID), _WORD * U(BYTES), _WORD * U(USED)
_STARTS, _COLUMNS, _ROWS = (_WORD * U(field) for field in (job_fields.STARTS, job_fields.COLUMNS, job_fields.ROWS))
_BASE, _STOP, _RUN_ROWS, _RUN_STOP, _CLASSES = (
    _WORD * U(field)
    for field in (job_fields.BASE, job_fields.STOP, job_fields.RUN_ROWS, job_fields.RUN_STOP, job_fields.CLASSES)
)
_TABLE, _BAD, _BAD_ROWS, _CLASSIFY = (
    _WORD * U(field) for field in (job_fields.TABLE, job_fields.BAD, job_fields.BAD_ROWS, job_fields.CLASSIFY)
)
_EIGHT = U(8)  #: bytes
_SHORT_TEXT = U(32)  #: bytes; copied without asking how many they are
_WORDS_OF_SHORT = 4


@inlined
def _copy_text(out: np.uint64, start: np.uint64, end: np.uint64, quoted: bool) -> np.uint64:
    """Copy a cell's text, doubled quotes made one; returns the address behind it."""
    if not quoted:
        return copy_bytes(out, start, end - start)
    while start < end:
        byte = load(start, np.uint8)
        store(out, byte)
        out += U(1)
        start += U(2) if byte == QUOTE else U(1)
    return out


@inlined
def _is_last(column: np.uint64, step: np.uint64) -> bool:
    """Whether a column is the last one, by the bytes of a row in the list."""
    return (column + U(1)) * _WORD == step


@inlined
def _note_bad(bad: np.uint64, row: np.uint64, column: np.uint64) -> np.uint64:
    """Note the first column that is bad in a row; returns 1 where it is the first one."""
    place = bad + row * U(4)
    if bad != U(0) and load(place, np.int32) >= np.int32(0):
        return U(0)
    if bad != U(0):
        store(place, np.int32(column))
    return U(1)


@inlined
def _read_cell(
    how: tuple[np.uint64, ...], start: np.uint64, end: np.uint64, quoted: bool, out: np.uint64, valid: np.uint64
) -> bool:
    """Read one cell as a value of a fixed width; returns whether it is one."""
    reading, width, extra = how
    if quoted or start < end:
        store(valid, np.uint8(1))
        return read_value(reading, width, extra, out, start, end - start)
    store(valid, np.uint8(0))
    for place in range(value_stride(reading, width)):
        store(out + U(place), np.uint8(0))
    return True


@outlined
def _read_rare(
    how: tuple[np.uint64, ...], start: np.uint64, end: np.uint64, quoted: bool, out: np.uint64, valid: np.uint64
) -> bool:
    """As `_read_cell`, for what is rarely needed."""
    never_inline()
    return _read_cell(how, start, end, quoted, out, valid)


@outlined
def _note_class(seen: np.uint64, start: np.uint64, end: np.uint64, quoted: bool) -> None:
    """Or the class of a cell into what its column's cells look like, at an address."""
    never_inline()
    store(seen, np.uint8(load(seen, np.uint8) | class_of_listed(start, end, quoted)))


@inlined
def _read_values(
    cells: tuple[np.uint64, ...], how: tuple[np.uint64, ...], rooms: tuple[np.uint64, ...], notes: tuple[np.uint64, ...]
) -> np.uint64:
    """Read one column's cells of a run as values of a fixed width; returns how many rows became bad.

    Args:
        cells: address of the list from the column's first cell on; from one to the next there; the column; rows.
        how: reading, width, extra.
        rooms: addresses of the first value and the first flag.
        notes: addresses of what is bad in each row of the run, and of what the column's cells look like; 0: nobody
            asks.
    """
    at, step, column, rows = cells
    out, valid = rooms
    bad, seen = notes
    is_last = _is_last(column, step)
    stride = value_stride(how[0], how[1])
    bad_rows = U(0)
    for row in range(rows):
        start, end, quoted = listed_cell(at, is_last)
        if seen != U(0):
            _note_class(seen, start, end, quoted)
        if not _read_cell(how, start, end, quoted, out, valid):
            bad_rows += _note_bad(bad, U(row), column)
        valid += U(1)
        out += stride
        at += step
    return bad_rows


@inlined
def _read_numbers(
    cells: tuple[np.uint64, ...], reading: np.uint64, rooms: tuple[np.uint64, ...], notes: tuple[np.uint64, ...]
) -> np.uint64:
    """As `_read_values`, of SIGNED or FLOAT of eight bytes; eight bytes can be read at each cell."""
    at, step, column, rows = cells
    out, valid = rooms
    bad, seen = notes
    is_last = _is_last(column, step)
    bad_rows, rare = U(0), U(0)
    for row in range(rows):
        start = load(at, np.uint64)
        length = load(at + _WORD, np.uint64) - U(1) - start
        word = load(start, np.uint64)
        is_float = reading == _FLOAT
        if read_short_float(word, length, out) if is_float else read_short_integer(word, length, out):
            store(valid, np.uint8(1))
        else:
            start, end, quoted = listed_cell(at, is_last)
            rare += U(1)
            if seen != U(0):
                _note_class(seen, start, end, quoted)
            if not _read_rare((reading, U(8), U(0)), start, end, quoted, out, valid):
                bad_rows += _note_bad(bad, U(row), column)
        valid += U(1)
        out += _WORD
        at += step
    if seen != U(0) and rare != rows:  # of what a float stays by, it is enough to know that there is one
        store(seen, np.uint8(load(seen, np.uint8) | (FLOAT if reading == _FLOAT else INTEGER)))
    return bad_rows


@inlined
def _read_texts(
    cells: tuple[np.uint64, ...], is_text: bool, rooms: tuple[np.uint64, ...], bad: np.uint64
) -> tuple[np.uint64, np.uint64]:
    """Read one column's cells of a run as offsets and bytes; returns how many rows became bad, and the bytes used.

    Args:
        cells: as of `_read_values`.
        is_text: TEXT, not BYTES.
        rooms: addresses of the first offset, the first flag and the bytes; how many of those are used; the address up
            to where a short text can be read.
        bad: as of `_read_values`.
    """
    at, step, column, rows = cells
    is_last = _is_last(column, step)
    out, valid, texts, used, readable = rooms
    bad_rows = U(0)
    for row in range(rows):
        start, end, quoted = listed_cell(at, is_last)
        store(out, np.int32(used))
        store(valid, np.uint8(1) if quoted or start < end else np.uint8(0))
        if not is_text:
            if not read_hex(start, end - start, texts + used):
                bad_rows += _note_bad(bad, U(row), column)
            used += (end - start) >> U(1)
        elif not quoted and end - start <= _SHORT_TEXT and start < readable:
            for place in range(_WORDS_OF_SHORT):
                store(texts + used + _WORD * U(place), load(start + _WORD * U(place), np.uint64))
            used += end - start
        else:
            used = _copy_text(texts + used, start, end, quoted) - texts
        valid += U(1)
        out += U(4)
        at += step
    store(out, np.int32(used))
    return bad_rows, used


@inlined
def _read_places(cells: tuple[np.uint64, ...], base: np.uint64, out: np.uint64, valid: np.uint64) -> np.uint64:
    """Note where one column's cells of a run lie; returns how many have doubled quotes within.

    Args:
        cells: as of `_read_values`.
        base: address from which offsets count.
        out: address of the first offset.
        valid: address of the first flag.
    """
    at, step, column, rows = cells
    is_last = _is_last(column, step)
    doubled = U(0)
    for _ in range(rows):
        start, end, quoted = listed_cell(at, is_last)
        store(valid, np.uint8(quoted or start < end))
        store(out, np.uint32(start - base))
        store(out + U(4), np.uint32(end - start))
        if quoted:
            while start < end and load(start, np.uint8) != QUOTE:
                start += U(1)
            doubled += U(start < end)
        valid += U(1)
        out += U(8)
        at += step
    return doubled


@inlined
def _read_column(job: np.uint64, line: np.uint64, column: np.uint64, bad: np.uint64) -> np.uint64:
    """Read one column's cells of a run; returns how many rows became bad."""
    reading, width = load(line + _READING, np.uint64), load(line + _WIDTH, np.uint64)
    extra = load(line + _EXTRA, np.uint64)
    first, stop = load(job + _ROWS, np.uint64), load(job + _STOP, np.uint64)
    step = load(job + _COLUMNS, np.uint64) * _WORD
    cells = (load(job + _STARTS, np.uint64) + column * _WORD, step, column, load(job + _RUN_ROWS, np.uint64))
    values, valid = load(line + _VALUES, np.uint64), load(line + _VALID, np.uint64) + first
    if reading == _PLACE:
        doubled = _read_places(cells, load(job + _BASE, np.uint64), values + first * _WORD, valid)
        store(line + _USED, load(line + _USED, np.uint64) + doubled)
        return U(0)
    if reading >= _BYTES:
        readable = stop - (_SHORT_TEXT - U(1))
        used = load(line + _USED, np.uint64)
        rooms = (values + first * U(4), valid, load(line + _TEXT_BYTES, np.uint64), used, readable)
        more, used = _read_texts(cells, reading == _TEXT, rooms, bad)
        store(line + _USED, used)
        return more
    seen = load(job + _CLASSES, np.uint64)
    notes = (bad, seen + column if seen != U(0) and load(job + _CLASSIFY, np.uint64) == U(0) else U(0))
    rooms_of_numbers = (values + first * value_stride(reading, width), valid)
    # What is inferred gets a loop of its own.
    if width == U(8) and load(job + _RUN_STOP, np.uint64) + _EIGHT <= stop:
        if reading == _SIGNED:
            return _read_numbers(cells, _SIGNED, rooms_of_numbers, notes)
        if reading == _FLOAT:
            return _read_numbers(cells, _FLOAT, rooms_of_numbers, notes)
    return _read_values(cells, (reading, width, extra), rooms_of_numbers, notes)


@kernel("void(uint64)")
def read_run(job: np.uint64) -> None:
    """Read the cells of a run as values of their columns' types.

    Args:
        job: address of its fields; see `csv_run_job`. `TABLE` is the address of READ_FIELDS for each column: reading,
            width, extra (see `Reading`), the address of the values or of the offsets (one more than rows), of a byte
            for each row (set to 1, or 0 for null), of the bytes of texts, with TEXT_SLACK behind them, and how many
            bytes are used (added to). `BAD` is the address of int32 for each row: set to the first column whose cell
            is not of its type, or -1; 0: nobody asks. `BAD_ROWS` is how many are bad; added to, and counts cells
            where nobody asks for rows. `CLASSES` is as for `classify_run` (0: nobody asks, or that one is asked), of
            columns that are read as numbers; of a column of floats, a short one counts as written by us.
    """
    bad, rows = load(job + _BAD, np.uint64), load(job + _RUN_ROWS, np.uint64)
    if bad != U(0):
        bad += load(job + _ROWS, np.uint64) * U(4)
        for row in range(rows):
            store(bad + U(row) * U(4), np.int32(-1))
    line = load(job + _TABLE, np.uint64)
    bad_rows = load(job + _BAD_ROWS, np.uint64)
    for column in range(load(job + _COLUMNS, np.uint64)):
        if load(line + _READING, np.uint64) != _SKIPPED:
            bad_rows += _read_column(job, line, U(column), bad)
        line += _LINE
    store(job + _BAD_ROWS, bad_rows)
