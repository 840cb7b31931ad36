"""The cells of sound CSV rows, read as typed values.

A few hundred rows at a time: first it is listed where their cells begin, then they are worked column by column while
all of it stays in the cache. No decision is made anew for each cell.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_readings import BYTES, EXTRA, READING, USED, VALID, VALUES, WIDTH, Reading
from etl_batch.kernels.cell_text import copy_bytes
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.csv_check import QUOTE
from etl_batch.kernels.csv_listing import cell_at, list_some, rows_at_once
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.read_numbers import read_hex
from etl_batch.kernels.read_value import read_value, value_stride

_SIGNED, _FLOAT = U(Reading.SIGNED), U(Reading.FLOAT)
_BYTES, _TEXT = U(Reading.BYTES), U(Reading.TEXT)
_SKIPPED, _PLACE = U(Reading.SKIPPED), U(Reading.PLACE)
_READING, _WIDTH, _EXTRA = U(READING), U(WIDTH), U(EXTRA)
_VALUES, _VALID, _TEXT_BYTES, _USED = U(VALUES), U(VALID), U(BYTES), U(USED)


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
def _read_values(
    cells: tuple[np.uint64, ...], how: tuple[np.uint64, ...], out: np.uint64, valid: np.uint64, bad: np.ndarray
) -> np.uint64:
    """Read a block of one column's cells as values of a fixed width; returns how many rows became bad.

    Args:
        cells: address of the first row and of the list of its cells; columns, column, rows, number of the first row.
        how: reading, width, extra.
        out: address of the first value.
        valid: address of the first flag.
        bad: as of `read_rows`.
    """
    base, starts, columns, column, rows, row = cells
    reading, width, extra = how
    is_last = column + U(1) == columns
    index, behind = column, rows * columns
    stride = value_stride(reading, width)
    bad_rows = U(0)
    while index < behind:
        start, end, quoted = cell_at(base, starts, index, is_last)
        if quoted or start < end:
            store(valid, np.uint8(1))
            if not read_value(reading, width, extra, out, start, end - start) and bad[row] < np.int32(0):
                bad[row] = np.int32(column)
                bad_rows += U(1)
        else:
            store(valid, np.uint8(0))
            for place in range(stride):
                store(out + U(place), np.uint8(0))
        valid += U(1)
        out += stride
        index += columns
        row += U(1)
    return bad_rows


@inlined
def _read_texts(
    cells: tuple[np.uint64, ...], reading: np.uint64, rooms: tuple[np.uint64, ...], bad: np.ndarray
) -> tuple[np.uint64, np.uint64]:
    """Read a block of one column's cells as offsets and bytes; returns how many rows became bad, and the bytes used.

    Args:
        cells: address of the first row and of the list of its cells; columns, column, rows, number of the first row.
        reading: TEXT or BYTES.
        rooms: addresses of the first offset, the first flag and the bytes; how many of those are used.
        bad: as of `read_rows`.
    """
    base, starts, columns, column, rows, row = cells
    out, valid, texts, used = rooms
    is_last = column + U(1) == columns
    index, behind = column, rows * columns
    bad_rows = U(0)
    while index < behind:
        start, end, quoted = cell_at(base, starts, index, is_last)
        store(valid, np.uint8(1) if quoted or start < end else np.uint8(0))
        store(out, np.int32(used))
        if reading == _TEXT:
            used = _copy_text(texts + used, start, end, quoted) - texts
        else:
            if not read_hex(start, end - start, texts + used) and bad[row] < np.int32(0):
                bad[row] = np.int32(column)
                bad_rows += U(1)
            used += (end - start) >> U(1)
        valid += U(1)
        out += U(4)
        index += columns
        row += U(1)
    store(out, np.int32(used))
    return bad_rows, used


@inlined
def _read_places(cells: tuple[np.uint64, ...], from_base: np.uint64, out: np.uint64, valid: np.uint64) -> np.uint64:
    """Note where a block of one column's cells lie; returns how many have doubled quotes within.

    Args:
        cells: as of `_read_values`.
        from_base: the offset of the first row of the block.
        out: address of the first offset.
        valid: address of the first flag.
    """
    base, starts, columns, column, rows, _row = cells
    is_last = column + U(1) == columns
    index, behind = column, rows * columns
    doubled = U(0)
    while index < behind:
        start, end, quoted = cell_at(base, starts, index, is_last)
        store(valid, np.uint8(quoted or start < end))
        store(out, np.uint32(start - base + from_base))
        store(out + U(4), np.uint32(end - start))
        if quoted:
            at = start
            while at < end and load(at, np.uint8) != QUOTE:
                at += U(1)
            doubled += U(at < end)
        valid += U(1)
        out += U(8)
        index += columns
    return doubled


@inlined
def _read_column(cells: tuple[np.uint64, ...], from_base: np.uint64, line: np.ndarray, bad: np.ndarray) -> np.uint64:
    """Read a block of one column's cells; returns how many rows became bad.

    Args:
        cells: address of the first row and of the list of its cells; columns, column, rows, number of the first row.
        from_base: the offset of the first row.
        line: shape (READ_FIELDS,): see `read_rows`.
        bad: as of `read_rows`.
    """
    reading, width, extra = line[_READING], line[_WIDTH], line[_EXTRA]
    first = cells[5]
    values, valid = line[_VALUES], line[_VALID] + first
    if reading == _PLACE:
        line[_USED] += _read_places(cells, from_base, values + first * U(8), valid)
        return U(0)
    if reading >= _BYTES:
        rooms = (values + first * U(4), valid, line[_TEXT_BYTES], line[_USED])
        more, line[_USED] = _read_texts(cells, reading, rooms, bad)
        return more
    if reading == _SIGNED and width == U(8):  # what is inferred gets a loop of its own: half the time
        return _read_values(cells, (_SIGNED, U(8), U(0)), values + first * U(8), valid, bad)
    if reading == _FLOAT and width == U(8):
        return _read_values(cells, (_FLOAT, U(8), U(0)), values + first * U(8), valid, bad)
    return _read_values(cells, (reading, width, extra), values + first * value_stride(reading, width), valid, bad)


@kernel("uint64(uint64, uint64, uint8, uint32[::1], uint64[:, ::1], int32[::1], uint32[::1])")
def read_rows(
    base: np.uint64, stop: np.uint64, delimiter: np.uint8,
    scratch: np.ndarray, table: np.ndarray, bad: np.ndarray, row_starts: np.ndarray,
) -> np.uint64:  # fmt: skip
    """Read the cells of sound rows as values of their columns' types.

    Args:
        base: address of the first row.
        stop: address behind the last row, which may lack its line feed.
        delimiter: between cells.
        scratch: shape (listing_room(columns),).
        table: shape (columns, READ_FIELDS): reading, width, extra (see `Reading`), the address of the values or of the
            offsets (one more than rows), of a byte for each row (set to 1, or 0 for null), of the bytes of texts, and
            how many bytes are used (added to).
        bad: shape (rows,), -1 throughout: set to the first column whose cell is not of its type.
        row_starts: shape (rows + 1,): set to where each row begins, and the next one would, as offsets from `base`.

    Returns:
        How many rows are bad.
    """
    columns, rows = U(len(table)), U(len(bad))
    step = rows_at_once(columns)
    starts = U(scratch.ctypes.data)
    bad_rows, first = U(0), U(0)
    at = base
    while first < rows:
        here = min(rows - first, step)
        list_some(at, stop, delimiter, starts, here * columns)
        for row in range(here):
            row_starts[first + U(row)] = np.uint32(at - base + U(scratch[U(row) * columns]))
        for index in range(columns):
            column = U(index)
            if table[column, _READING] != _SKIPPED:
                bad_rows += _read_column((at, starts, columns, column, here, first), at - base, table[column], bad)
        at += U(scratch[here * columns])
        first += here
    row_starts[rows] = np.uint32(at - base)
    return bad_rows
