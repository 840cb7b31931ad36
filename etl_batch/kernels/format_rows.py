"""Rows as CSV text: the inner loop of the product."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.calendar_text import DAYS_BYTES, forget_days, write_date, write_time, write_timestamp
from etl_batch.kernels.column_facts import note_facts
from etl_batch.kernels.columns import ADDRESS, EXTRA, LINE_WORDS, STRIDE, VALID, Kind
from etl_batch.kernels.compile import inlined, kernel, outlined
from etl_batch.kernels.float_text import write_float32, write_float64
from etl_batch.kernels.machine import address_of, calling, load, never_inline, scratch_kilobyte, store
from etl_batch.kernels.null_texts import flag_block
from etl_batch.kernels.numbers_text import U, write_decimal, write_signed, write_small_decimal, write_unsigned
from etl_batch.kernels.rows_beside import FACTS, FACTS_WORDS, FLAG_LINES, FLAGS, SAMPLE, SAMPLE_WORDS
from etl_batch.kernels.sample_rows import sample_rows
from etl_batch.kernels.short_cell import write_fixed_text, write_plain_text
from etl_batch.kernels.short_keys import DONE

_I8, _I16, _I32, _I64 = U(Kind.I8), U(Kind.I16), U(Kind.I32), U(Kind.I64)
_U8, _U16, _U32, _U64 = U(Kind.U8), U(Kind.U16), U(Kind.U32), U(Kind.U64)
_F32, _F64, _BOOL = U(Kind.F32), U(Kind.F64), U(Kind.BOOL)
_FIXED_TEXT, _ASCII_TEXT, _TEXT = U(Kind.FIXED_TEXT), U(Kind.ASCII_TEXT), U(Kind.TEXT)
_HEX = U(Kind.HEX)
_DATE, _TIMESTAMP = U(Kind.DATE), U(Kind.TIMESTAMP)
_LOCAL_TIMESTAMP, _TIME, _BINARY = U(Kind.LOCAL_TIMESTAMP), U(Kind.TIME), U(Kind.BINARY)
_DECIMAL_64 = U(Kind.DECIMAL_64)
_ADDRESS, _STRIDE, _EXTRA, _VALID = U(8 * ADDRESS), U(8 * STRIDE), U(8 * EXTRA), U(8 * VALID)
_LINE_BYTES = U(8 * LINE_WORDS)
_WORD = U(8)
_FLAGS, _FLAG_LINES, _SAMPLE, _SAMPLE_WORDS = U(8 * FLAGS), U(8 * FLAG_LINES), U(8 * SAMPLE), U(8 * SAMPLE_WORDS)
_call_sample = calling(sample_rows.call_words())
_SAMPLE_ROWS, _SAMPLED = U(8 * sample_rows.call_words(1)), U(DONE)  #: its second argument, and its answer
_FACTS, _FACTS_WORDS = U(8 * FACTS), U(8 * FACTS_WORDS)
_call_facts = calling(note_facts.call_words())
_FACTS_ROWS = U(8 * note_facts.call_words(1))  #: its second argument
_BLOCK_ROWS = U(1024)  #: which stay in the processor's caches until all is done with them
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


@outlined
def _write_decimal(out: np.uint64, high: np.uint64, low: np.uint64, scale: np.uint64) -> np.uint64:
    never_inline()
    return write_decimal(out, high, low, scale)


#: what `format_block` needs beside the columns: whether a value is not allowed, then `calendar_text.forget_days`
NOTES_BYTES = 8 + DAYS_BYTES


@inlined
def clear_notes(notes: np.uint64) -> None:
    """Make NOTES_BYTES at the address ready for `format_block`."""
    store(notes, U(0))
    forget_days(notes + _WORD)


@inlined
def format_block(
    table: np.uint64, columns: np.uint64, first: np.uint64, rows: np.uint64, out: np.uint64, counts: np.uint64,
    notes: np.uint64,
) -> np.uint64:  # fmt: skip
    """Write some of the rows as CSV lines.

    Args:
        table: address of what `columns.describe` makes.
        columns: how many.
        first: the first row.
        rows: how many.
        out: address with room for every `Column.longest_cells`, one separator a cell, and SLACK_BYTES.
        counts: what the apostrophes are added to; see `cell_text.write_text`.
        notes: address of NOTES_BYTES; the first 8 become 1 where a value is not what its kind allows. What is written
            is worth nothing then.

    Returns:
        The address behind the last byte written.
    """
    behind = table + columns * _LINE_BYTES
    for row in range(first, first + rows):
        line = table
        while line < behind:
            kind = load(line, np.uint64)
            at = load(line + _ADDRESS, np.uint64) + U(row) * load(line + _STRIDE, np.uint64)
            extra = load(line + _EXTRA, np.uint64)
            valid = load(line + _VALID, np.uint64)
            line += _LINE_BYTES
            ok = True
            if valid != U(0) and load(valid + U(row), np.uint8) == np.uint8(0):
                pass
            elif kind == _F64:
                out = write_float64(out, load(at, np.float64))
            elif kind in (_FIXED_TEXT, _ASCII_TEXT):
                out, ok = write_fixed_text(out, at, extra, kind, counts)
            elif kind in (_TIMESTAMP, _LOCAL_TIMESTAMP):
                out, ok = write_timestamp(out, load(at, np.int64), extra, notes + _WORD)
                out -= U(ok and kind == _LOCAL_TIMESTAMP)  # without the Z
            elif kind == _I32:
                out = write_signed(out, np.int64(load(at, np.int32)))
            elif kind == _I64:
                out = write_signed(out, load(at, np.int64))
            elif kind == _U32:
                out = write_unsigned(out, U(load(at, np.uint32)))
            elif kind == _U64:
                out = write_unsigned(out, load(at, np.uint64))
            elif kind == _TEXT:
                begin, end = U(load(at, np.int32)), U(load(at + U(4), np.int32))
                out = write_plain_text(out, extra + begin, end - begin, counts)
            elif kind == _DATE:
                out, ok = write_date(out, np.int64(load(at, np.int32)))
            elif kind == _F32:
                out = write_float32(out, load(at, np.uint32))
            elif kind == _I16:
                out = write_signed(out, np.int64(load(at, np.int16)))
            elif kind == _U16:
                out = write_unsigned(out, U(load(at, np.uint16)))
            elif kind == _I8:
                out = write_signed(out, np.int64(load(at, np.int8)))
            elif kind == _U8:
                out = write_unsigned(out, U(load(at, np.uint8)))
            elif kind == _BOOL:
                value = load(at, np.uint8)
                ok = value <= np.uint8(1)
                out = _write_bool(out, value)
            elif kind == _HEX:
                out = _write_hex(out, at, extra)
            elif kind == _BINARY:
                begin, end = U(load(at, np.int32)), U(load(at + U(4), np.int32))
                out = _write_binary(out, extra + begin, end - begin)
            elif kind == _TIME:
                out, ok = write_time(out, load(at, np.uint64), extra)
            elif kind == _DECIMAL_64:
                units = load(at, np.int64)
                out, done = write_small_decimal(out, units, extra)
                if not done:
                    out = _write_decimal(out, U(units >> np.int64(63)), U(units), extra)
            else:
                units, high = load(at, np.int64), load(at + _WORD, np.int64)
                done = False
                if high == units >> np.int64(63):
                    out, done = write_small_decimal(out, units, extra)
                if not done:
                    out = _write_decimal(out, U(high), U(units), extra)
            if not ok:
                store(notes, U(1))
            store(out, _COMMA)
            out += U(1)
        if line > table:
            out -= U(1)
        store(out, _NEWLINE)
        out += U(1)
    return out


@inlined
def _sample_block(beside: np.uint64, stop: np.uint64) -> None:
    """Let `sample_rows` go on up to a row; where it stops before, it is not called again."""
    words = load(beside + _SAMPLE_WORDS, np.uint64)
    store(words + _SAMPLE_ROWS, stop)
    _call_sample(load(beside + _SAMPLE, np.uint64), words)
    if load(load(words, np.uint64), np.uint64) != _SAMPLED:
        store(beside + _SAMPLE, U(0))


@kernel("uint64(uint64[:, ::1], uint64, uint64, uint64, uint64, uint64)")
def format_rows(
    columns: np.ndarray, first: np.uint64, rows: np.uint64, out: np.uint64, counts: np.uint64, beside: np.uint64
) -> np.uint64:
    """Write the rows as CSV lines.

    Args:
        columns: shape (columns, LINE_WORDS), as `columns.describe` makes it.
        first: the first row.
        rows: how many.
        out: see `format_block`.
        counts: as well.
        beside: address of the words of `rows_beside`, which is done block by block, too; 0: nothing.

    Returns:
        The address behind the last byte written; 0: a value is not what its kind allows.
    """
    notes = scratch_kilobyte()
    clear_notes(notes)
    table, count = address_of(columns), U(len(columns))
    row, behind = first, first + rows
    while row < behind:
        stop = min(row + _BLOCK_ROWS, behind)
        if beside != U(0):
            flag_block(load(beside + _FLAGS, np.uint64), load(beside + _FLAG_LINES, np.uint64), row, stop)
        out = format_block(table, count, row, stop - row, out, counts, notes)
        if load(notes, np.uint64) != U(0):
            return U(0)
        if beside != U(0) and load(beside + _SAMPLE, np.uint64) != U(0):
            _sample_block(beside, stop)
        if beside != U(0) and load(beside + _FACTS, np.uint64) != U(0):
            words = load(beside + _FACTS_WORDS, np.uint64)
            store(words + _FACTS_ROWS, stop)
            _call_facts(load(beside + _FACTS, np.uint64), words)
        row = stop
    return out
