"""Sound CSV rows into our own dialect: comma and LF, text escaped, quotes only where they are needed.

Most bytes are copied as they are, 64 at a time. What makes a cell be looked at is an event: a quote, a byte that
calls for quotes, a byte at its start with which a formula may begin; or a CR, which is dropped.
"""

from __future__ import annotations

import numpy as np

from etl_batch.cell_escape import FORMULA_STARTS, INVISIBLE, QUOTED, SEPARATORS
from etl_batch.kernels.block64 import (
    ALL,
    BLOCK,
    any_of_mask,
    block_at,
    copy_block,
    equal_mask,
    not_ascii_mask,
    running_parity,
)
from etl_batch.kernels.cell_text import add_apostrophe, calls_for_quotes, copy_bytes, is_run_behind, may_begin_formula
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.csv_check import CR, LF, QUOTE
from etl_batch.kernels.formula_starts import needs_apostrophe
from etl_batch.kernels.machine import leading_zeros, load, scratch_kilobyte, store, trailing_zeros
from etl_batch.kernels.numbers_text import U

_COMMA = np.uint8(ord(","))
_LAST = U(63)
_quoted_mask = any_of_mask("".join(sorted(QUOTED - set('"\r\n'))))
_calls_for_quotes_mask = any_of_mask("".join(sorted(QUOTED)))
_separator_mask = any_of_mask(SEPARATORS)
_formula_mask = any_of_mask("".join(filter(str.isascii, (*INVISIBLE, *FORMULA_STARTS))))  #: by a cell's first byte


@inlined
def _cell_end(at: np.uint64, stop: np.uint64, delimiter: np.uint8) -> np.uint64:
    """The end of the cell that begins at `at`: where its delimiter or its line's end stands."""
    if at < stop and load(at, np.uint8) == QUOTE:
        at += U(1)
        while load(at, np.uint8) != QUOTE or (at + U(1) < stop and load(at + U(1), np.uint8) == QUOTE):
            at += U(2) if load(at, np.uint8) == QUOTE else U(1)
        return at + U(1)
    while at < stop:
        byte = load(at, np.uint8)
        if byte in (delimiter, LF, CR):
            break
        at += U(1)
    return at


@inlined
def _long_calls_for_quotes(at: np.uint64, end: np.uint64, stop: np.uint64) -> bool:
    """As `calls_for_quotes`, 64 bytes at a time; nothing behind `stop` is read."""
    spare = scratch_kilobyte()
    while at < end:
        block, _ = block_at(at, stop, spare)
        if _calls_for_quotes_mask(block) & (ALL >> (BLOCK - min(end - at, BLOCK))) != U(0):
            return True
        at += BLOCK
    return False


@inlined
def _copy_pieces(out: np.uint64, at: np.uint64, end: np.uint64, stop: np.uint64, counts: np.uint64) -> np.uint64:
    """Copy a text, with an apostrophe before each piece that needs one; returns the address behind the copy."""
    spare = scratch_kilobyte()
    done = at
    while at < end:
        block, _ = block_at(at, stop, spare)
        separators = _separator_mask(block) & (ALL >> (BLOCK - min(end - at, BLOCK)))
        while separators != U(0):
            behind = at + trailing_zeros(separators) + U(1)
            separators &= separators - U(1)
            if is_run_behind(behind, end):
                out = add_apostrophe(copy_bytes(out, done, behind - done), counts + U(8))
                done = behind
        at += BLOCK
    return copy_bytes(out, done, end - done)


@inlined
def _rewrite_cell(out: np.uint64, start: np.uint64, end: np.uint64, stop: np.uint64, counts: np.uint64) -> np.uint64:
    """Write one cell, given with its quotes; returns the address behind it. Quotes within stay doubled."""
    if start == end:
        return out  # null stays null
    is_quoted = load(start, np.uint8) == QUOTE
    if is_quoted:
        start += U(1)
        end -= U(1)
        if start == end:
            store(out, QUOTE)
            store(out + U(1), QUOTE)
            return out + U(2)
    escape = counts != U(0) and may_begin_formula(start, end) and needs_apostrophe(start, end)
    if not escape:
        quote = _long_calls_for_quotes(start, end, stop) if is_quoted else calls_for_quotes(start, end - start)
        if not quote:
            return copy_bytes(out, start, end - start)
    store(out, QUOTE)
    out += U(1)
    if escape:
        out = add_apostrophe(out, counts)
    out = _copy_pieces(out, start, end, stop, counts) if counts != U(0) else copy_bytes(out, start, end - start)
    store(out, QUOTE)
    return out + U(1)


@inlined
def _copy_run(out: np.uint64, at: np.uint64, end: np.uint64, stop: np.uint64, delimiter: np.uint8) -> np.uint64:
    """Copy at most 64 bytes, delimiters made commas; nothing behind `stop` is read. Returns the address behind."""
    if at + BLOCK <= stop:
        copy_block(out, at, delimiter, _COMMA)
        return out + (end - at)
    while at < end:
        byte = load(at, np.uint8)
        store(out, _COMMA if byte == delimiter else byte)
        out += U(1)
        at += U(1)
    return out


@kernel("uint64(uint64, uint64, uint8, uint64, uint64)")
def rewrite_rows(at: np.uint64, stop: np.uint64, delimiter: np.uint8, out: np.uint64, counts: np.uint64) -> np.uint64:
    """Write sound rows in our dialect.

    Args:
        at: address of the first row.
        stop: address behind the last row, which may lack its line feed.
        delimiter: between cells.
        out: address with room for `5 * (stop - at) // 2 + 128` bytes: a cell grows by three, and by one for each
            separator within it that stands before another byte.
        counts: what the apostrophes are added to; see `cell_text.write_text`.

    Returns:
        The address behind the last byte written.
    """
    if at == stop:
        return out
    spare = scratch_kilobyte()
    done = at  # the input is written up to here
    cell = at  # where the cell begins that the block begins in
    carry, starts = U(0), U(1)
    while at < stop:
        block, valid = block_at(at, stop, spare)
        quotes = equal_mask(block, QUOTE)
        separators = equal_mask(block, delimiter)
        must_quote = _quoted_mask(block) & ~separators
        separators |= equal_mask(block, LF)
        returns = equal_mask(block, CR)
        enclosed = running_parity(quotes) ^ carry if quotes | carry else U(0)
        separators &= ~enclosed & valid
        returns &= ~enclosed & valid
        cell_starts = ((separators << U(1)) | starts) & valid
        events = ((quotes | must_quote) & ~enclosed & valid) | (quotes & valid) | returns
        events |= (_formula_mask(block) | not_ascii_mask(block)) & cell_starts & ~separators
        while events != U(0):
            place = trailing_zeros(events)
            events &= events - U(1)
            if at + place < done:
                continue
            if (returns >> place) & U(1):
                start = at + place
                end = start + U(1)
            else:
                before = cell_starts & (ALL >> (_LAST - place))
                start = at + _LAST - leading_zeros(before) if before != U(0) else cell
                after = (separators | returns) & (ALL << place)
                end = at + trailing_zeros(after) if after != U(0) else _cell_end(start, stop, delimiter)
            if start < done:  # its beginning was copied as it is, before anything was seen in it
                out -= done - start
            else:
                out = _copy_run(out, done, start, stop, delimiter)
            if not (returns >> place) & U(1):
                out = _rewrite_cell(out, start, end, stop, counts)
            done = end
        block_end = min(at + BLOCK, stop)
        if done < block_end:
            out = _copy_run(out, done, block_end, stop, delimiter)
            done = block_end
        if cell_starts != U(0):
            cell = at + _LAST - leading_zeros(cell_starts)
        starts = separators >> _LAST
        carry = U(0) - (enclosed >> _LAST)
        at += BLOCK
    if load(stop - U(1), np.uint8) != LF:
        store(out, LF)
        out += U(1)
    return out
