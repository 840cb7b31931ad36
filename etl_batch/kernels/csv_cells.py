"""The cells of sound CSV rows: found, classified, read as typed values.

First it is listed where all cells begin, with masks, 64 bytes at a time. The cells are then worked column by column,
in blocks of rows that stay in the cache: no decision is made anew for each cell.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.block64 import BLOCK, block_at, equal_mask, running_parity
from etl_batch.kernels.cell_readings import BYTES, EXTRA, READING, USED, VALID, VALUES, WIDTH, Class, Reading
from etl_batch.kernels.cell_text import copy_bytes
from etl_batch.kernels.classify_cell import classify_cell
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.csv_check import CR, LF, QUOTE
from etl_batch.kernels.machine import load, store, trailing_zeros
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.read_calendar import read_date, read_timestamp
from etl_batch.kernels.read_float import read_float32, read_float64
from etl_batch.kernels.read_numbers import read_bool, read_decimal, read_hex, read_signed, read_unsigned

_LAST = U(63)
_BLOCK_ROWS = U(512)
_SIGNED, _UNSIGNED, _FLOAT, _BOOL = U(Reading.SIGNED), U(Reading.UNSIGNED), U(Reading.FLOAT), U(Reading.BOOL)
_DATE, _TIMESTAMP, _LOCAL = U(Reading.DATE), U(Reading.TIMESTAMP), U(Reading.LOCAL_TIMESTAMP)
_DECIMAL, _FIXED_BYTES, _BYTES, _TEXT = U(Reading.DECIMAL), U(Reading.FIXED_BYTES), U(Reading.BYTES), U(Reading.TEXT)
_SKIPPED = U(Reading.SKIPPED)
_EMPTY_CLASS, _TEXT_CLASS = np.uint8(Class.EMPTY), np.uint8(Class.TEXT)
_READING, _WIDTH, _EXTRA = U(READING), U(WIDTH), U(EXTRA)
_VALUES, _VALID, _TEXT_BYTES, _USED = U(VALUES), U(VALID), U(BYTES), U(USED)


@kernel("uint64(uint64, uint64, uint8, uint64)")
def list_cells(at: np.uint64, stop: np.uint64, delimiter: np.uint8, starts: np.uint64) -> np.uint64:
    """List where the cells of sound rows begin.

    Args:
        at: address of the first row.
        stop: address behind the last row, which may lack its line feed.
        delimiter: between cells.
        starts: address of a list of uint32 with room for one more than cells: offsets from `at` are written, and behind
            the last one where the next cell would begin. A cell starts one byte before the next one begins.

    Returns:
        How many cells there are.
    """
    spare = np.empty(64, dtype=np.uint8)
    start, out = at, starts + U(4)
    store(starts, np.uint32(0))
    carry = U(0)
    while at < stop:
        block, valid = block_at(at, stop, U(spare.ctypes.data))
        separators = equal_mask(block, delimiter) | equal_mask(block, LF)
        quotes = equal_mask(block, QUOTE) & valid
        if quotes | carry != U(0):
            enclosed = running_parity(quotes) ^ carry
            separators &= ~enclosed
            carry = U(0) - (enclosed >> _LAST)
        separators &= valid
        behind = at - start + U(1)
        while separators != U(0):
            store(out, np.uint32(behind + trailing_zeros(separators)))
            out += U(4)
            separators &= separators - U(1)
        at += BLOCK
    if stop > start and load(stop - U(1), np.uint8) != LF:
        store(out, np.uint32(stop - start + U(1)))
        out += U(4)
    return ((out - starts) >> U(2)) - U(1)


@inlined
def _cell(base: np.uint64, starts: np.uint64, index: np.uint64, is_last: bool) -> tuple[np.uint64, np.uint64, bool]:
    """A cell's text without its quotes: where it begins, where it starts, and whether it had quotes."""
    start = base + U(load(starts + index * U(4), np.uint32))
    end = base + U(load(starts + index * U(4) + U(4), np.uint32)) - U(1)
    if is_last and end > start and load(end - U(1), np.uint8) == CR:
        end -= U(1)
    if start < end and load(start, np.uint8) == QUOTE:
        return start + U(1), end - U(1), True
    return start, end, False


@kernel("void(uint64, uint64, uint64, uint8[::1])")
def classify_cells(base: np.uint64, starts: np.uint64, rows: np.uint64, classes: np.ndarray) -> None:
    """Say what the cells of each column look like.

    Args:
        base: address of the first row.
        starts: address of the list that `list_cells` made.
        rows: how many.
        classes: shape (columns,); bits of `Class` are or-ed into it.
    """
    columns = U(len(classes))
    first = U(0)
    while first < rows:
        behind = min(first + _BLOCK_ROWS, rows)
        for column in range(columns):
            seen = classes[U(column)]
            is_last = U(column) + U(1) == columns
            row = first
            while row < behind and not seen & _TEXT_CLASS:
                start, end, quoted = _cell(base, starts, row * columns + U(column), is_last)
                if start < end:
                    seen |= classify_cell(start, end - start)
                else:
                    seen |= _TEXT_CLASS if quoted else _EMPTY_CLASS
                row += U(1)
            classes[U(column)] = seen
        first = behind


@kernel("void(uint64, uint64, uint64[::1])")
def measure_columns(starts: np.uint64, rows: np.uint64, lengths: np.ndarray) -> None:
    """Add up the bytes of each column's cells, with all that encloses them; `lengths` has shape (columns,)."""
    columns = U(len(lengths))
    before = U(0)
    for _ in range(rows):
        for column in range(columns):
            starts += U(4)
            behind = U(load(starts, np.uint32))
            lengths[U(column)] += behind - before
            before = behind


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
def _read_integer(reading: np.uint64, width: np.uint64, out: np.uint64, start: np.uint64, length: np.uint64) -> bool:
    if reading == _UNSIGNED:
        good, value = read_unsigned(start, length)
        good = good and (width == U(8) or value >> (U(8) * width) == U(0))
    else:
        good, signed = read_signed(start, length)
        value = U(signed)
        shift = U(64) - U(8) * width
        good = good and np.int64(value << shift) >> np.int64(shift) == signed
    if width == U(8):
        store(out, value)
    elif width == U(4):
        store(out, np.uint32(value))
    elif width == U(2):
        store(out, np.uint16(value))
    else:
        store(out, np.uint8(value))
    return good


@inlined
def _read_value(
    reading: np.uint64, width: np.uint64, extra: np.uint64, out: np.uint64, start: np.uint64, length: np.uint64
) -> bool:
    """Read one value of a fixed width to `out`; returns whether the text is one."""
    if reading <= _UNSIGNED:
        return _read_integer(reading, width, out, start, length)
    if reading == _FLOAT:
        if width == U(8):
            good, value = read_float64(start, length)
            store(out, value)
            return good
        good, single = read_float32(start, length)
        store(out, single)
        return good
    if reading in (_TIMESTAMP, _LOCAL):
        good, ticks = read_timestamp(start, length, extra, reading == _TIMESTAMP)
        store(out, ticks)
        return good
    if reading == _DATE:
        good, days = read_date(start, length)
        store(out, days)
        return good
    if reading == _DECIMAL:
        good, low, high = read_decimal(start, length, width, extra)
        store(out, low)
        store(out + U(8), high)
        return good
    if reading == _BOOL:
        good, flag = read_bool(start, length)
        store(out, flag)
        return good
    return length == width * U(2) and read_hex(start, length, out)


@inlined
def _stride(reading: np.uint64, width: np.uint64) -> np.uint64:
    """Bytes from one value to the next."""
    if reading in (_TIMESTAMP, _LOCAL):
        return U(8)
    if reading == _DATE or reading >= _BYTES:
        return U(4)
    if reading == _DECIMAL:
        return U(16)
    if reading == _BOOL:
        return U(1)
    return width


@inlined
def _read_values(
    cells: tuple[np.uint64, ...], how: tuple[np.uint64, ...], out: np.uint64, valid: np.uint64, bad: np.ndarray
) -> np.uint64:
    """Read a block of one column's cells as values of a fixed width; returns how many rows became bad.

    Args:
        cells: base, starts, columns, column, first row, row behind the last.
        how: reading, width, extra.
        out: address of the first value.
        valid: address of the first flag.
        bad: as of `read_cells`.
    """
    base, starts, columns, column, row, behind = cells
    reading, width, extra = how
    is_last = column + U(1) == columns
    stride = _stride(reading, width)
    bad_rows = U(0)
    while row < behind:
        start, end, quoted = _cell(base, starts, row * columns + column, is_last)
        if quoted or start < end:
            store(valid, np.uint8(1))
            if not _read_value(reading, width, extra, out, start, end - start) and bad[row] < np.int32(0):
                bad[row] = np.int32(column)
                bad_rows += U(1)
        else:
            store(valid, np.uint8(0))
            for place in range(stride):
                store(out + U(place), np.uint8(0))
        valid += U(1)
        out += stride
        row += U(1)
    return bad_rows


@inlined
def _read_texts(
    cells: tuple[np.uint64, ...], reading: np.uint64, rooms: tuple[np.uint64, ...], bad: np.ndarray
) -> tuple[np.uint64, np.uint64]:
    """Read a block of one column's cells as offsets and bytes; returns how many rows became bad, and the bytes used.

    Args:
        cells: base, starts, columns, column, first row, row behind the last.
        reading: TEXT or BYTES.
        rooms: addresses of the first offset, the first flag and the bytes; how many of those are used.
        bad: as of `read_cells`.
    """
    base, starts, columns, column, row, behind = cells
    out, valid, texts, used = rooms
    is_last = column + U(1) == columns
    bad_rows = U(0)
    while row < behind:
        start, end, quoted = _cell(base, starts, row * columns + column, is_last)
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
        row += U(1)
    store(out, np.int32(used))
    return bad_rows, used


@kernel("uint64(uint64, uint64, uint64, uint64[:, ::1], int32[::1])")
def read_cells(base: np.uint64, starts: np.uint64, rows: np.uint64, table: np.ndarray, bad: np.ndarray) -> np.uint64:
    """Read all cells as values of their columns' types.

    Args:
        base: address of the first row.
        starts: address of the list that `list_cells` made.
        rows: how many.
        table: shape (columns, READ_FIELDS): reading, width, extra (see `Reading`), the address of the values or of the
            offsets (one more than rows), of a byte for each row (set to 1, or 0 for null), of the bytes of texts, and
            how many bytes are used (added to).
        bad: shape (rows,), -1 throughout: set to the first column whose cell is not of its type.

    Returns:
        How many rows are bad.
    """
    columns = U(len(table))
    bad_rows = U(0)
    first = U(0)
    while first < rows:
        behind = min(first + _BLOCK_ROWS, rows)
        for index in range(columns):
            column = U(index)
            reading, width, extra = table[column, _READING], table[column, _WIDTH], table[column, _EXTRA]
            cells = (base, starts, columns, column, first, behind)
            values, valid = table[column, _VALUES], table[column, _VALID] + first
            if reading == _SKIPPED:
                continue
            if reading >= _BYTES:
                rooms = (values + first * U(4), valid, table[column, _TEXT_BYTES], table[column, _USED])
                more, table[column, _USED] = _read_texts(cells, reading, rooms, bad)
            elif reading == _SIGNED and width == U(8):  # what is inferred gets a loop of its own: half the time
                more = _read_values(cells, (_SIGNED, U(8), U(0)), values + first * U(8), valid, bad)
            elif reading == _FLOAT and width == U(8):
                more = _read_values(cells, (_FLOAT, U(8), U(0)), values + first * U(8), valid, bad)
            else:
                out = values + first * _stride(reading, width)
                more = _read_values(cells, (reading, width, extra), out, valid, bad)
            bad_rows += more
        first = behind
    return bad_rows
