"""What is learned of columns of any kind, a block of rows at a time, while the caches hold it."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels import columns as words
from etl_batch.kernels.columns import Kind
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.fact_fields import BLOCK_ROWS, FACT_FIELDS, LEAST, LEAST_HIGH, LIMBS_AT, MOST, MOST_HIGH, VALUES
from etl_batch.kernels.machine import address_of, load, store
from etl_batch.kernels.measures import add_to, is_null, whole_at
from etl_batch.kernels.number_facts import note_floats, note_narrow, note_whole
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.padded_facts import note_padded
from etl_batch.kernels.text_facts import begin_texts, end_texts, high_among, note_alone, note_text

_I8, _I16, _I32, _I64 = U(Kind.I8), U(Kind.I16), U(Kind.I32), U(Kind.I64)
_U8, _U16, _U32, _U64 = U(Kind.U8), U(Kind.U16), U(Kind.U32), U(Kind.U64)
_F32, _F64, _BOOL, _DATE = U(Kind.F32), U(Kind.F64), U(Kind.BOOL), U(Kind.DATE)
_TIMESTAMP, _LOCAL_TIMESTAMP, _TIME = U(Kind.TIMESTAMP), U(Kind.LOCAL_TIMESTAMP), U(Kind.TIME)
_DECIMAL_64, _DECIMAL_128 = U(Kind.DECIMAL_64), U(Kind.DECIMAL_128)
_FIXED_TEXT, _ASCII_TEXT, _HEX = U(Kind.FIXED_TEXT), U(Kind.ASCII_TEXT), U(Kind.HEX)
_TEXT, _BINARY = U(Kind.TEXT), U(Kind.BINARY)
_KIND, _ADDRESS, _STRIDE = U(words.KIND), U(words.ADDRESS), U(words.STRIDE)
_EXTRA, _VALID = U(words.EXTRA), U(words.VALID)
_VALUES, _LIMBS_AT = U(8 * VALUES), U(8 * LIMBS_AT)
_LEAST, _LEAST_HIGH, _MOST, _MOST_HIGH = U(8 * LEAST), U(8 * LEAST_HIGH), U(8 * MOST), U(8 * MOST_HIGH)
_LINE_BYTES, _WORD, _FOUR = U(8 * FACT_FIELDS), U(8), U(4)
_TOP_BIT, _SIGN = np.int32(-(1 << 31)), U(1 << 63)
_BLOCK_ROWS = U(BLOCK_ROWS)
_LOW_BITS, _LIMB = U(0xFFFFFFFF), U(32)


@inlined
def _put(kind: np.uint64, at: np.uint64, out: np.uint64) -> None:
    """Put the value at an address down as `_side_by_side` has it."""
    if kind in (_I32, _DATE, _U32):
        store(out, load(at, np.int32))
    elif kind in (_I8, _I16, _I32, _U8, _U16, _BOOL):
        store(out, np.int32(whole_at(kind, at)))
    elif kind == _F32:
        store(out, np.float64(load(at, np.float32)))
    else:
        store(out, load(at, np.uint64))


@inlined
def _side_by_side(
    kind: np.uint64, place: tuple[np.uint64, ...], valid: np.uint64, rows: np.uint64, out: np.uint64
) -> np.uint64:
    """Put the values of a block side by side, without nulls; returns how many there are.

    Those of 32 bits and fewer take 32 bits each, the others 64.

    Args:
        kind: of the column.
        place: address of the first value, and bytes from one to the next.
        valid: address of the first row's flag; 0: no value is null.
        rows: how many.
        out: address of room for them.
    """
    at, stride = place
    size = _FOUR if kind in (_U32, _DATE, _I8, _I16, _I32, _U8, _U16, _BOOL) else _WORD
    if valid == U(0):
        left = rows
        while left >= _FOUR:
            _put(kind, at, out)
            _put(kind, at + stride, out + size)
            _put(kind, at + U(2) * stride, out + U(2) * size)
            _put(kind, at + U(3) * stride, out + U(3) * size)
            at += _FOUR * stride
            out += _FOUR * size
            left -= _FOUR
        for _ in range(left):
            _put(kind, at, out)
            at += stride
            out += size
        return rows
    found = U(0)
    for row in range(rows):
        _put(kind, at, out + found * size)
        found += U(load(valid + U(row), np.uint8) != np.uint8(0))
        at += stride
    return found


@inlined
def _note_wide(line: np.uint64, column: np.ndarray, first: np.uint64, rows: np.uint64) -> np.uint64:
    """Take decimals of 128 bits into account; returns how many are not null."""
    at, limbs, found = column[_ADDRESS] + first * column[_STRIDE], load(line + _LIMBS_AT, np.uint64), U(0)
    for row in range(first, first + rows):
        here = at
        at += column[_STRIDE]
        if is_null(column[_VALID], U(row)):
            continue
        found += U(1)
        low, high = load(here, np.uint64), load(here + _WORD, np.int64)
        add_to(limbs, np.int64(low & _LOW_BITS))
        add_to(limbs + _WORD, np.int64(low >> _LIMB))
        add_to(limbs + U(16), np.int64(U(high) & _LOW_BITS))
        add_to(limbs + U(24), high >> np.int64(32))
        least, most = load(line + _LEAST_HIGH, np.int64), load(line + _MOST_HIGH, np.int64)
        if high < least or (high == least and low < load(line + _LEAST, np.uint64)):
            store(line + _LEAST, low)
            store(line + _LEAST_HIGH, high)
        if high > most or (high == most and low > load(line + _MOST, np.uint64)):
            store(line + _MOST, low)
            store(line + _MOST_HIGH, high)
    return found


@inlined
def _note_padded(
    line: np.uint64, column: np.ndarray, block: tuple[np.uint64, np.uint64, np.uint64], scratch: np.ndarray
) -> np.uint64:
    """Take padded texts into account; returns how many are not null.

    Args:
        line: address of the facts of their column.
        column: see `note_facts`.
        block: the first row, how many, and the row behind the last one that there is.
        scratch: see `note_facts`.
    """
    first, rows, stop = block
    stride, width, valid = column[_STRIDE], column[_EXTRA], column[_VALID]
    flags = valid + first if valid != U(0) else U(0)
    place = column[_ADDRESS] + first * stride, stride, width, flags
    return note_padded(line, place, rows, stop - (first + rows), address_of(scratch))


@inlined
def _text_at(kind: np.uint64, at: np.uint64, extra: np.uint64, high: np.uint64) -> tuple[np.uint64, ...]:
    """A text, or raw bytes, as `note_text` takes it."""
    if kind == _HEX:
        return at, extra, high
    begin = U(load(at, np.int32))
    return extra + begin, U(load(at + _FOUR, np.int32)) - begin, high


@inlined
def _note_texts(kind: np.uint64, line: np.uint64, column: np.ndarray, first: np.uint64, rows: np.uint64) -> np.uint64:
    """Take texts of any length, or raw bytes, into account; returns how many are not null."""
    stride, extra, valid = column[_STRIDE], column[_EXTRA], column[_VALID]
    at, found = column[_ADDRESS] + first * stride, U(0)
    high = U(kind == _TEXT)
    if kind == _TEXT and stride == _FOUR:  # one behind the other
        begin = U(load(at, np.int32))
        high = high_among(extra + begin, U(load(at + rows * stride, np.int32)) - begin)
    last = first + rows - U(1)
    if not is_null(valid, last):
        note_alone(line, _text_at(kind, at + (rows - U(1)) * stride, extra, high))
    so_far = begin_texts(line)
    for row in range(first, first + rows):
        here = at
        at += stride
        if is_null(valid, U(row)):
            continue
        found += U(1)
        so_far = note_text(line, _text_at(kind, here, extra, high), so_far)
    end_texts(line, so_far)
    return found


@inlined
def _note_numbers(
    line: np.uint64, column: np.ndarray, first: np.uint64, rows: np.uint64, scratch: np.ndarray
) -> np.uint64:
    """Take values of 64 bits or fewer into account; returns how many are not null."""
    kind, stride, valid = column[_KIND], column[_STRIDE], column[_VALID]
    place = (column[_ADDRESS] + first * stride, stride)
    flags = valid + first if valid != U(0) else U(0)
    out = address_of(scratch)
    if kind == _F64:  # what most columns are has a loop of its own
        count = _side_by_side(_F64, place, flags, rows, out)
    elif kind in (_I64, _U64, _TIMESTAMP, _LOCAL_TIMESTAMP, _TIME, _DECIMAL_64):
        count = _side_by_side(_I64, place, flags, rows, out)
    elif kind in (_I32, _DATE, _U32):
        count = _side_by_side(_I32, place, flags, rows, out)
    else:
        count = _side_by_side(kind, place, flags, rows, out)
    if count != U(0):
        if kind in (_F64, _F32):
            note_floats(line, out, count)
        elif kind == _U64:
            note_whole(line, out, count, _SIGN)
        elif kind in (_I64, _TIMESTAMP, _LOCAL_TIMESTAMP, _TIME, _DECIMAL_64):
            note_whole(line, out, count, U(0))
        else:
            note_narrow(line, out, count, _TOP_BIT if kind == _U32 else np.int32(0))
    return count


@kernel("void(uint64[:, ::1], uint64, uint64[:, ::1], int64[::1], uint64[::1])")
def note_facts(columns: np.ndarray, stop: np.uint64, facts: np.ndarray, scratch: np.ndarray, done: np.ndarray) -> None:
    """Go on learning of columns up to a row.

    Args:
        columns: shape (columns, LINE_WORDS), as `columns.describe` makes it; none is a PLACED_TEXT.
        stop: the row behind the last one.
        facts: shape (columns, FACT_FIELDS); see `fact_fields`. Added to.
        scratch: shape (SCRATCH,).
        done: shape (1,): the row to go on with; set to `stop`.
    """
    row = done[U(0)]
    while row < stop:
        rows = min(_BLOCK_ROWS, stop - row)
        line = address_of(facts)
        for place in range(len(columns)):
            column = columns[U(place)]
            kind = column[_KIND]
            if kind in (_FIXED_TEXT, _ASCII_TEXT):
                found = _note_padded(line, column, (row, rows, stop), scratch)
            elif kind in (_HEX, _TEXT, _BINARY):
                found = _note_texts(kind, line, column, row, rows)
            elif kind == _DECIMAL_128:
                found = _note_wide(line, column, row, rows)
            else:
                found = _note_numbers(line, column, row, rows, scratch)
            store(line + _VALUES, load(line + _VALUES, np.uint64) + found)
            line += _LINE_BYTES
        row += rows
    done[U(0)] = row
