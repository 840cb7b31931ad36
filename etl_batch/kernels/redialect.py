"""Lines in our own dialect into another one: delimiter, decimal marks, line ends, bytes of letters.

The plain twin of a cell is `cell_escape.csv_cell`, with the delimiter.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels import redialect_job as job_fields
from etl_batch.kernels.compile import inlined, kernel, outlined
from etl_batch.kernels.formula_starts import (
    APOSTROPHE,
    BLANK,
    QUOTE,
    behind_apostrophes,
    invisible_bytes,
    is_number_between_blanks,
    starts_with_trigger,
)
from etl_batch.kernels.machine import load, never_inline, store, trailing_zeros
from etl_batch.kernels.numbers_text import U

_WORD = U(8)
_AT, _STOP, _OUT = (_WORD * U(one) for one in (job_fields.AT, job_fields.STOP, job_fields.OUT))
_DELIMITER, _DECIMAL = _WORD * U(job_fields.DELIMITER), _WORD * U(job_fields.DECIMAL)
_MARKED, _CLASSES, _COUNTS = (_WORD * U(one) for one in (job_fields.MARKED, job_fields.CLASSES, job_fields.COUNTS))
_TABLE, _IS_ASCII, _PAIRS = (_WORD * U(one) for one in (job_fields.TABLE, job_fields.IS_ASCII, job_fields.PAIRS))
_REFUSED, _ROWS_REFUSED = _WORD * U(job_fields.REFUSED), _WORD * U(job_fields.ROWS_REFUSED)
_REFUSED_BYTES = U(4 * job_fields.REFUSED_WORDS)
_LACKING = np.uint16(job_fields.LACKING)
_MORE, _ENDS, _REACHES = np.uint8(job_fields.MORE), np.uint8(job_fields.ENDS), np.uint8(job_fields.REACHES)
_ONES, _HIGH = U(0x0101010101010101), U(0x8080808080808080)
_COMMA, _LF, _CR, _POINT = (np.uint8(ord(one)) for one in ",\n\r.")
_PLUS, _MINUS = np.uint8(ord("+")), np.uint8(ord("-"))
_QUOTED = np.array([chr(byte) in ",;\t|\"'\r\n" for byte in range(256)])  # that stand in cells with quotes alone


@inlined
def _zero_bytes(word: np.uint64) -> np.uint64:
    """The high bit of each byte that is 0; above the first one, perhaps of others."""
    return (word - _ONES) & ~word & _HIGH


@inlined
def _put_byte(out: np.uint64, byte: np.uint8, table: np.uint64) -> np.uint64:
    """Write a character of ASCII; every table has them."""
    store(out, byte if table == U(0) else np.uint8(load(table + U(2) * U(byte), np.uint16)))
    return out + U(1)


@inlined
def _character(at: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The character at an address of sound UTF-8, and how many bytes it takes."""
    first = U(load(at, np.uint8))
    if first < U(0x80):
        return first, U(1)
    low = U(load(at + U(1), np.uint8)) & U(0x3F)
    if first < U(0xE0):
        return (first & U(0x1F)) << U(6) | low, U(2)
    low = low << U(6) | U(load(at + U(2), np.uint8)) & U(0x3F)
    if first < U(0xF0):
        return (first & U(0x0F)) << U(12) | low, U(3)
    return (first & U(0x07)) << U(18) | low << U(6) | U(load(at + U(3), np.uint8)) & U(0x3F), U(4)


@inlined
def _put(out: np.uint64, at: np.uint64, table: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Write the character at an address.

    Returns:
        The address behind it, how many bytes it took, and 0; or, where the table lacks it, the character.
    """
    if table == U(0):
        store(out, load(at, np.uint8))
        return out + U(1), U(1), U(0)
    character, length = _character(at)
    code = _LACKING
    if character < U(0x10000):
        code = load(table + U(2) * character, np.uint16)
    if code == _LACKING:
        return out, length, character
    store(out, np.uint8(code))
    return out + U(1), length, U(0)


@outlined
def _is_run(start: np.uint64, end: np.uint64, classes: np.uint64) -> bool:
    """As `formula_starts.needs_apostrophe_inside`, behind no vertical bar; other characters end a piece, too."""
    never_inline()
    start = behind_apostrophes(start, end)
    if start == end:
        return False
    if load(start, np.uint8) == np.uint8(0):
        return True
    at = start
    while at < end:
        skip = U(1) if load(at, np.uint8) == QUOTE else invisible_bytes(at, end - at)
        if skip == U(0):
            break
        at += skip
    if not starts_with_trigger(at, end - at):
        return False
    sign = load(at, np.uint8)
    stop, reaches = start, False
    while stop < end and load(classes + U(load(stop, np.uint8)), np.uint8) & _ENDS == np.uint8(0):
        reaches |= load(classes + U(load(stop, np.uint8)), np.uint8) & _REACHES != np.uint8(0)
        stop += U(1)
    if stop < end:
        reaches |= load(classes + U(load(stop, np.uint8)), np.uint8) & _REACHES != np.uint8(0)
    is_signed = sign in (_PLUS, _MINUS)
    if is_signed and at + U(1) < end and load(at + U(1), np.uint8) == BLANK and not reaches:
        return False
    return not is_number_between_blanks(start, stop)


@outlined
def _write_text(job: np.uint64, out: np.uint64, at: np.uint64, end: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Write a text in quotes, given without those around it; those within are doubled.

    Returns:
        The address behind it, and the first character that the table lacks; 0: it has them all.
    """
    never_inline()
    table, classes, counts = (
        load(job + _TABLE, np.uint64),
        load(job + _CLASSES, np.uint64),
        load(job + _COUNTS, np.uint64),
    )
    lacking = U(0)
    out = _put_byte(out, QUOTE, table)
    while at < end:
        byte = load(at, np.uint8)
        out, length, character = _put(out, at, table)
        if character != U(0) and lacking == U(0):
            lacking = character
        at += length
        is_more = load(classes + U(byte), np.uint8) & _MORE != np.uint8(0)
        if is_more and counts != U(0) and at < end and _is_run(at, end, classes):
            out = _put_byte(out, APOSTROPHE, table)
            store(counts + _WORD, load(counts + _WORD, np.uint64) + U(1))
    return _put_byte(out, QUOTE, table), lacking


@inlined
def _closing_quote(at: np.uint64) -> np.uint64:
    """The quote that ends a cell, from behind the one that begins it."""
    while True:
        if load(at, np.uint8) == QUOTE:
            if load(at + U(1), np.uint8) != QUOTE:
                return at
            at += U(1)
        at += U(1)


@inlined
def _write_bare(
    job: np.uint64, out: np.uint64, at: np.uint64, is_marked: bool
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Write a cell without quotes; returns the addresses behind it and behind its copy, and what is lacking."""
    table, delimiter = load(job + _TABLE, np.uint64), np.uint8(load(job + _DELIMITER, np.uint64))
    commas, lines = _ONES * U(_COMMA), _ONES * U(_LF)
    special = _ONES * U(_COMMA if _QUOTED[delimiter] else delimiter)
    points = _ONES * U(_POINT) if is_marked else commas
    others = U(0)
    if table != U(0):
        others = _HIGH
    is_ascii = load(job + _IS_ASCII, np.uint64) != U(0)
    began, start, lacking = out, at, U(0)
    while True:
        if is_ascii:
            word = load(at, np.uint64)
            store(out, word)
            found = _zero_bytes(word ^ commas) | _zero_bytes(word ^ lines) | _zero_bytes(word ^ special)
            found |= _zero_bytes(word ^ points) | word & others
            if found == U(0):
                at += _WORD
                out += _WORD
                continue
            plain = trailing_zeros(found) >> U(3)
            at += plain
            out += plain
        byte = load(at, np.uint8)
        if byte in (_COMMA, _LF):
            return at, out, lacking
        if byte == delimiter:
            end = at
            while load(end, np.uint8) != _COMMA and load(end, np.uint8) != _LF:
                end += U(1)
            out, lacking = _write_text(job, began, start, end)
            return end, out, lacking
        if is_marked and byte == _POINT:
            out = _put_byte(out, np.uint8(load(job + _DECIMAL, np.uint64)), table)
            at += U(1)
            continue
        out, length, character = _put(out, at, table)
        if character != U(0) and lacking == U(0):
            lacking = character
        at += length


@inlined
def _refuse(job: np.uint64, row: np.uint64, column: np.uint64, character: np.uint64) -> None:
    number = load(job + _ROWS_REFUSED, np.uint64)
    line = load(job + _REFUSED, np.uint64) + number * _REFUSED_BYTES
    store(line, np.uint32(row))
    store(line + U(4), np.uint32(column))
    store(line + U(8), np.uint32(character))
    store(job + _ROWS_REFUSED, number + U(1))


@kernel("void(uint64)")
def rewrite_rows(job: np.uint64) -> None:
    """Write lines of our own dialect in another one; a row with a character that it lacks is left out, and listed.

    Args:
        job: address of its fields; see `redialect_job`.
    """
    at, stop, out = load(job + _AT, np.uint64), load(job + _STOP, np.uint64), load(job + _OUT, np.uint64)
    table, marked = load(job + _TABLE, np.uint64), load(job + _MARKED, np.uint64)
    delimiter, pairs = np.uint8(load(job + _DELIMITER, np.uint64)), load(job + _PAIRS, np.uint64) != U(0)
    row = U(0)
    while at < stop:
        began, column, is_refused = out, U(0), False
        while True:
            if load(at, np.uint8) == QUOTE:
                end = _closing_quote(at + U(1))
                out, lacking = _write_text(job, out, at + U(1), end)
                at = end + U(1)
            else:
                at, out, lacking = _write_bare(job, out, at, load(marked + column, np.uint8) != np.uint8(0))
            if lacking != U(0) and not is_refused:
                is_refused = True
                _refuse(job, row, column, lacking)
            is_last = load(at, np.uint8) == _LF
            at += U(1)
            if is_last:
                break
            out = _put_byte(out, delimiter, table)
            column += U(1)
        if is_refused:
            out = began
        else:
            if pairs:
                out = _put_byte(out, _CR, table)
            out = _put_byte(out, _LF, table)
        row += U(1)
    store(job + _OUT, out)
