"""Rows as CSV text: the inner loop of the product."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.calendar_text import write_date, write_time, write_timestamp
from etl_batch.kernels.cell_text import write_fixed_text, write_text
from etl_batch.kernels.columns import Kind
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.float_text import write_float32, write_float64
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import U, write_decimal, write_signed, write_unsigned

_I8, _I16, _I32, _I64 = U(Kind.I8), U(Kind.I16), U(Kind.I32), U(Kind.I64)
_U8, _U16, _U32, _U64 = U(Kind.U8), U(Kind.U16), U(Kind.U32), U(Kind.U64)
_F32, _F64, _BOOL = U(Kind.F32), U(Kind.F64), U(Kind.BOOL)
_FIXED_TEXT, _TEXT, _HEX = U(Kind.FIXED_TEXT), U(Kind.TEXT), U(Kind.HEX)
_DATE, _TIMESTAMP = U(Kind.DATE), U(Kind.TIMESTAMP)
_LOCAL_TIMESTAMP, _TIME, _BINARY = U(Kind.LOCAL_TIMESTAMP), U(Kind.TIME), U(Kind.BINARY)
_DECIMAL_64 = U(Kind.DECIMAL_64)
_TWO_QUOTES = np.uint16(int.from_bytes(b'""', "little"))
_COMMA = np.uint8(ord(","))
_NEWLINE = np.uint8(ord("\n"))
_TRUE = np.uint32(int.from_bytes(b"true", "little"))
_FALS = np.uint32(int.from_bytes(b"fals", "little"))
_LAST_E = np.uint8(ord("e"))
_HEX_DIGITS = np.frombuffer(b"0123456789abcdef", dtype=np.uint8).copy()


@inlined
def _write_bool(out: np.uint64, value: np.uint8) -> np.uint64:
    if value != np.uint8(0):
        store(out, _TRUE)
        return out + U(4)
    store(out, _FALS)
    store(out + U(4), _LAST_E)
    return out + U(5)


@inlined
def _write_hex(out: np.uint64, start: np.uint64, width: np.uint64) -> np.uint64:
    for offset in range(width):
        byte = load(start + U(offset), np.uint8)
        store(out, _HEX_DIGITS[byte >> np.uint8(4)])
        store(out + U(1), _HEX_DIGITS[byte & np.uint8(15)])
        out += U(2)
    return out


@inlined
def _write_binary(out: np.uint64, start: np.uint64, length: np.uint64) -> np.uint64:
    """As `_write_hex`; no bytes at all are two quotes, for an empty cell is a null."""
    if length == U(0):
        store(out, _TWO_QUOTES)
        return out + U(2)
    return _write_hex(out, start, length)


@inlined
def _write_integer(out: np.uint64, kind: np.uint64, at: np.uint64) -> np.uint64:
    if kind == _I32:
        return write_signed(out, np.int64(load(at, np.int32)))
    if kind == _I64:
        return write_signed(out, load(at, np.int64))
    if kind == _U32:
        return write_unsigned(out, U(load(at, np.uint32)))
    if kind == _U64:
        return write_unsigned(out, load(at, np.uint64))
    if kind == _I16:
        return write_signed(out, np.int64(load(at, np.int16)))
    if kind == _U16:
        return write_unsigned(out, U(load(at, np.uint16)))
    if kind == _I8:
        return write_signed(out, np.int64(load(at, np.int8)))
    return write_unsigned(out, U(load(at, np.uint8)))


@kernel("uint64(uint64[:, ::1], uint64, uint64, uint64)")
def format_rows(columns: np.ndarray, rows: np.uint64, out: np.uint64, counts: np.uint64) -> np.uint64:
    """Write the rows as CSV lines.

    Args:
        columns: shape (columns, 6), as `columns.describe` makes it.
        rows: how many.
        out: address with room for every `Column.longest_cells`, and one separator a cell.
        counts: what the apostrophes are added to; see `cell_text.write_text`.

    Returns:
        The address behind the last byte written.
    """
    count = U(len(columns))
    day, day_at = U(0), U(0)  # the last timestamp's date, and where it was written
    for row in range(rows):
        for index in range(count):
            column = U(index)
            kind = columns[column, U(0)]
            valid = columns[column, U(5)]
            if column > U(0):
                store(out, _COMMA)
                out += U(1)
            if valid != U(0) and load(valid + U(row), np.uint8) == np.uint8(0):
                continue
            at = columns[column, U(1)] + U(row) * columns[column, U(2)]
            if kind <= _U64:
                out = _write_integer(out, kind, at)
            elif kind == _FIXED_TEXT:
                out = write_fixed_text(out, at, columns[column, U(3)], counts)
            elif kind == _F64:
                out = write_float64(out, load(at, np.float64))
            elif kind in (_TIMESTAMP, _LOCAL_TIMESTAMP):
                out, day, day_at = write_timestamp(out, load(at, np.int64), columns[column, U(4)], day, day_at)
                out -= U(kind == _LOCAL_TIMESTAMP)  # without the Z
            elif kind == _TEXT:
                begin, end = U(load(at, np.int32)), U(load(at + U(4), np.int32))
                out = write_text(out, columns[column, U(4)] + begin, end - begin, counts)
            elif kind == _DATE:
                out = write_date(out, np.int64(load(at, np.int32)))
            elif kind == _F32:
                out = write_float32(out, load(at, np.uint32))
            elif kind == _BOOL:
                out = _write_bool(out, load(at, np.uint8))
            elif kind == _HEX:
                out = _write_hex(out, at, columns[column, U(3)])
            elif kind == _BINARY:
                begin, end = U(load(at, np.int32)), U(load(at + U(4), np.int32))
                out = _write_binary(out, columns[column, U(4)] + begin, end - begin)
            elif kind == _TIME:
                out = write_time(out, load(at, np.uint64), columns[column, U(4)])
            elif kind == _DECIMAL_64:
                value = load(at, np.int64)
                out = write_decimal(out, U(value >> np.int64(63)), U(value), columns[column, U(4)])
            else:
                out = write_decimal(out, load(at + U(8), np.uint64), load(at, np.uint64), columns[column, U(4)])
        store(out, _NEWLINE)
        out += U(1)
    return out
