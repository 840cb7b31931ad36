"""Rows of any dialect of CSV, written in the plain one: one byte between cells, cells in double quotes, those doubled.

Whole rows at a time, so that nothing is remembered between calls. Nothing is mended: a row of too many cells is written
with as many. What has broken quotes, or a lone CR outside of quotes, is not written: whoever calls names it.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.csv_check import CR, LF, QUOTE
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import U

#: the fields of a job: where rows are read and how far, whether the text ends there, where they are written, and the
#: place from which on no further row is begun; the signs of the dialect (0: there is none), the address of the
#: delimiter, its length and that of its first character, and what stands for it; and how it went
AT, STOP, IS_LAST, OUT, OUT_LIMIT, QUOTED_BY, ESCAPE, COMMENT = range(8)
MARK, MARK_BYTES, FIRST_BYTES, DELIMITER, STATUS = range(8, 13)
JOB_FIELDS = 13
#: how it went: all is written, or as much as was asked for; a row goes on behind `STOP`; the row at `AT` is broken
DONE, UNFINISHED, BROKEN = range(3)

_WORD = U(8)
_DONE, _UNFINISHED, _BROKEN = U(DONE), U(UNFINISHED), U(BROKEN)
_ENDS = U(3)  #: of a row: it goes on to `STOP`, outside of quotes
_NOTHING = np.uint8(0)
MOST_GROWTH = 3  #: bytes written for each that is read, at most


@inlined
def _is_mark(at: np.uint64, stop: np.uint64, mark: np.uint64, length: np.uint64) -> bool:
    """Whether a delimiter stands here."""
    if length == U(0) or at + length > stop:
        return False
    is_same = True
    for place in range(length):
        is_same &= load(at + U(place), np.uint8) == load(mark + U(place), np.uint8)
    return is_same


@inlined
def _escaped(
    at: np.uint64, stop: np.uint64, signs: tuple[np.uint8, ...], mark: np.uint64, first: np.uint64
) -> np.uint64:
    """How many bytes behind an escape mean nothing but themselves; 0: it is no escape, but stands for itself."""
    if at >= stop:
        return U(0)
    byte = load(at, np.uint8)
    if byte in (LF, CR) or byte == signs[1] or (byte == signs[0] and byte != _NOTHING):
        return U(1)
    if byte == signs[2] and byte != _NOTHING:
        return U(1)
    return first if _is_mark(at, stop, mark, first) else U(0)


@inlined
def _put(out: np.uint64, byte: np.uint8) -> np.uint64:
    """Write a byte of a quoted cell."""
    store(out, byte)
    if byte == QUOTE:
        store(out + U(1), byte)
        return out + U(2)
    return out + U(1)


@inlined
def _quoted(start: np.uint64, end: np.uint64) -> np.uint64:
    """Put a cell that was written into quotes, where it is; returns the address behind it."""
    quotes = U(0)
    for place in range(end - start):
        quotes += U(load(start + U(place), np.uint8) == QUOTE)
    out = end + quotes + U(2)
    behind = out
    out -= U(1)
    store(out, QUOTE)
    while end > start:
        end -= U(1)
        byte = load(end, np.uint8)
        out -= U(1)
        store(out, byte)
        if byte == QUOTE:
            out -= U(1)
            store(out, byte)
    store(out - U(1), QUOTE)
    return behind


@inlined
def _inside(
    at: np.uint64, stop: np.uint64, out: np.uint64, signs: tuple[np.uint8, ...], mark: np.uint64, first: np.uint64
) -> tuple[np.uint64, np.uint64]:
    """The rest of a quoted cell, and its closing quote; behind it in both. It does not close: 0, and where it got."""
    quote, escape = signs[0], signs[1]
    while at < stop:
        byte = load(at, np.uint8)
        if escape != _NOTHING and byte == escape:
            length_escaped = _escaped(at + U(1), stop, signs, mark, first)
            if length_escaped != U(0):
                at += U(1)
                for _ in range(length_escaped):
                    out = _put(out, load(at, np.uint8))
                    at += U(1)
                continue
        if byte == quote:
            if at + U(1) >= stop or load(at + U(1), np.uint8) != quote:
                store(out, QUOTE)
                return at + U(1), out + U(1)
            at += U(1)
        out = _put(out, byte)
        at += U(1)
    return U(0), out


@inlined
def _row(
    at: np.uint64, stop: np.uint64, out: np.uint64, signs: tuple[np.uint8, ...], delimiter_at: tuple[np.uint64, ...]
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """One row; returns the addresses behind it in both, and how it went."""
    quote, escape, delimiter = signs[0], signs[1], signs[3]
    mark, length, first = delimiter_at
    while True:
        cell, needs_quotes = out, False
        is_quoted = at < stop and quote != _NOTHING and load(at, np.uint8) == quote
        if is_quoted:
            store(out, QUOTE)
            at, out = _inside(at + U(1), stop, out + U(1), signs, mark, first)
            if at == U(0):
                return stop, out, _UNFINISHED
        while True:
            if at >= stop:
                if needs_quotes:
                    out = _quoted(cell, out)
                return at, out, _ENDS
            byte = load(at, np.uint8)
            if byte == LF:
                if needs_quotes:
                    out = _quoted(cell, out)
                store(out, LF)
                return at + U(1), out + U(1), _DONE
            if byte == CR:
                if at + U(1) >= stop:
                    return at, out, _UNFINISHED
                if load(at + U(1), np.uint8) != LF:
                    return at, out, _BROKEN
                if needs_quotes:
                    out = _quoted(cell, out)
                store(out, CR)
                store(out + U(1), LF)
                return at + U(2), out + U(2), _DONE
            if _is_mark(at, stop, mark, length):
                if needs_quotes:
                    out = _quoted(cell, out)
                store(out, delimiter)
                out += U(1)
                at += length
                break
            if is_quoted or (byte == quote and quote != _NOTHING):
                return at, out, _BROKEN
            if escape != _NOTHING and byte == escape:
                length_escaped = _escaped(at + U(1), stop, signs, mark, first)
                if length_escaped != U(0):
                    needs_quotes = True
                    at += U(1)
                    for _ in range(length_escaped):
                        store(out, load(at, np.uint8))
                        out += U(1)
                        at += U(1)
                    continue
            needs_quotes |= byte in (QUOTE, delimiter)
            store(out, byte)
            out += U(1)
            at += U(1)


@kernel("void(uint64)")
def copy_plain(job: np.uint64) -> None:
    """Write rows as long as they are whole and sound; comment lines are left out.

    Args:
        job: address of its fields; `AT`, `OUT` and `STATUS` are set.
    """
    at, stop, out = (load(job + _WORD * U(AT), np.uint64), load(job + _WORD * U(STOP), np.uint64),
                     load(job + _WORD * U(OUT), np.uint64))  # fmt: skip
    is_last, limit = load(job + _WORD * U(IS_LAST), np.uint64), load(job + _WORD * U(OUT_LIMIT), np.uint64)
    comment = np.uint8(load(job + _WORD * U(COMMENT), np.uint64))
    signs = (np.uint8(load(job + _WORD * U(QUOTED_BY), np.uint64)), np.uint8(load(job + _WORD * U(ESCAPE), np.uint64)),
             comment, np.uint8(load(job + _WORD * U(DELIMITER), np.uint64)))  # fmt: skip
    delimiter_at = (load(job + _WORD * U(MARK), np.uint64), load(job + _WORD * U(MARK_BYTES), np.uint64),
                    load(job + _WORD * U(FIRST_BYTES), np.uint64))  # fmt: skip
    status = _DONE
    while at < stop and out < limit:
        if comment != _NOTHING and load(at, np.uint8) == comment:
            behind = at
            while behind < stop and load(behind, np.uint8) != LF:
                behind += U(1)
            if behind >= stop and is_last == U(0):
                status = _UNFINISHED
                break
            at = min(behind + U(1), stop)
            continue
        behind, written, status = _row(at, stop, out, signs, delimiter_at)
        if status == _ENDS:
            status = _DONE if is_last != U(0) else _UNFINISHED
        elif status == _UNFINISHED and is_last != U(0):
            status = _BROKEN
        if status != _DONE:
            break
        at, out = behind, written
    store(job + _WORD * U(AT), at)
    store(job + _WORD * U(OUT), out)
    store(job + _WORD * U(STATUS), status)
