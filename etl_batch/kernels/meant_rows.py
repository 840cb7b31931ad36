"""Sound rows of a CSV, copied with each cell as what it means; see `cell_reading`."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_meaning import KIND, MARK, RULE_WORDS, Meaning
from etl_batch.kernels.cell_reading import note_misfit, read_cell
from etl_batch.kernels.cell_text import copy_bytes
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.csv_check import CR, LF, QUOTE
from etl_batch.kernels.machine import load, store
from etl_batch.kernels.numbers_text import U

MISFIT = (
    0x1A  #: stands before a cell that is not of the type that somebody gave its column, so that the type refuses it
)
CELL_ROOM = 64  #: bytes that a cell may need beside twice its own

_MARK, _KIND, _TEXT = U(8 * MARK), U(8 * KIND), U(Meaning.TEXT)
_LINE = U(8 * RULE_WORDS)
_MISFIT = np.uint8(MISFIT)


@inlined
def _cell_end(at: np.uint64, stop: np.uint64, delimiter: np.uint8) -> np.uint64:
    """The address behind a sound cell: of a delimiter, or of the end of its line."""
    if at < stop and load(at, np.uint8) == QUOTE:
        at += U(1)
        while True:
            if load(at, np.uint8) == QUOTE:
                if at + U(1) >= stop or load(at + U(1), np.uint8) != QUOTE:
                    return at + U(1)
                at += U(1)
            at += U(1)
    while at < stop:
        byte = load(at, np.uint8)
        if byte in (delimiter, LF, CR):
            break
        at += U(1)
    return at


@inlined
def _write_quoted(out: np.uint64, start: np.uint64, end: np.uint64) -> np.uint64:
    """A text whose quotes are doubled, between quotes."""
    store(out, QUOTE)
    out = copy_bytes(out + U(1), start, end - start)
    store(out, QUOTE)
    return out + U(1)


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
    behind = read_cell(inner, inner_end, rule, out + U(1))
    if behind == U(0):
        if inner == inner_end and load(rule + _KIND, np.uint64) == _TEXT:
            return copy_bytes(out, start, end - start)  # a text without a letter
        note_misfit(rule, row, inner, inner_end)
        if load(rule + _MARK, np.uint64) != U(0):
            return _write_misfit(out, inner, inner_end, quoted)
        return copy_bytes(out, start, end - start)
    length = behind - out - U(1)
    if length == U(0):
        return out
    is_text = load(rule + _KIND, np.uint64) == _TEXT
    if (is_text and quoted) or (not is_text and always_quoted != U(0)):
        store(out, QUOTE)
        store(behind, QUOTE)
        return behind + U(1)
    at = out
    while at < out + length:  # a byte forward; what is written is short
        store(at, load(at + U(1), np.uint8))
        at += U(1)
    return at


@kernel("uint64(uint64, uint64, uint64, uint64, uint64[::1])")
def write_meant_rows(at: np.uint64, stop: np.uint64, table: np.uint64, out: np.uint64, job: np.ndarray) -> np.uint64:
    """Copy rows that are sound, with their cells as what they mean.

    Args:
        at: address of the first row.
        stop: address behind the last one.
        table: address of the records of the columns, of RULE_WORDS words each.
        out: where they are written: room for twice their bytes, and CELL_ROOM for each cell.
        job: shape (4,): the delimiter; 1 where whatever is no text is put in quotes, for it may hold the delimiter; the
            number of the first row, from 1, which is set to that behind the last; of columns.

    Returns:
        The address behind what was written.
    """
    delimiter, always_quoted, row = np.uint8(job[U(0)]), job[U(1)], job[U(2)]
    rule = table
    while at < stop:
        end = _cell_end(at, stop, delimiter)
        if end == at or load(rule + _KIND, np.uint64) == U(0):
            out = copy_bytes(out, at, end - at)
        else:
            out = _write_cell(at, end, rule, always_quoted, out, row)
        rule += _LINE
        at = end
        if at < stop and load(at, np.uint8) == delimiter:
            store(out, delimiter)
            out += U(1)
            at += U(1)
            if at == stop:  # an empty cell ends the file: nothing of it is to be written
                rule += _LINE
            continue
        while at < stop and load(at, np.uint8) != LF:  # CR
            store(out, load(at, np.uint8))
            out += U(1)
            at += U(1)
        if at < stop:
            store(out, LF)
            out += U(1)
            at += U(1)
        rule = table
        row += U(1)
    job[U(2)] = row
    return out
