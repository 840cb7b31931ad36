"""CSV by RFC 4180, checked strictly, 64 bytes at a time: whether every row is sound, and how many there are.

Which row is broken, and how, is `csv_bad_rows`' business: it looks slowly, at the few pieces that fail here.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.block64 import (
    ALL,
    BLOCK,
    block_at,
    count_ones,
    equal_mask,
    not_ascii_mask,
    running_parity,
)
from etl_batch.kernels.cell_text import is_utf8
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.csv_problems import CR_LF, LF_ALONE
from etl_batch.kernels.machine import load, scratch_kilobyte, trailing_zeros
from etl_batch.kernels.numbers_text import U

QUOTE = np.uint8(ord('"'))
LF = np.uint8(ord("\n"))
CR = np.uint8(ord("\r"))
NUL = np.uint8(0)
_LAST = U(63)
_CR_LF, _LF_ALONE = U(CR_LF), U(LF_ALONE)


@inlined
def within_quotes(
    masks: tuple[np.uint64, ...], starts: np.uint64, carry: np.uint64, closed: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64, np.uint64, np.uint64, np.uint64]:
    """What stands in quotes separates nothing; a quote opens where a cell begins, and ends it where it closes.

    Args:
        masks: of a block: delimiters, line feeds, carriage returns, quotes, and the bytes that count.
        starts: 1 where a cell begins with the block.
        carry: all ones where the block begins inside quotes.
        closed: 1 where the byte before was a closing quote.

    Returns:
        The first three masks without what is enclosed, what is enclosed, what is wrong; `carry` and `closed` of the
        next block.
    """
    delimiters, ends, returns, quotes, valid = masks
    enclosed = running_parity(quotes) ^ carry
    delimiters, ends, returns = delimiters & ~enclosed, ends & ~enclosed, returns & ~enclosed
    opening, closing = quotes & enclosed, quotes & ~enclosed
    after_closing = (closing << U(1)) | closed
    wrong = opening & ~(((delimiters | ends) << U(1)) | starts | after_closing)
    wrong |= after_closing & valid & ~(delimiters | ends | returns | opening)
    return delimiters, ends, returns, enclosed, wrong, U(0) - (enclosed >> _LAST), closing >> _LAST


@kernel("uint64(uint64, uint64)")
def count_quotes(at: np.uint64, stop: np.uint64) -> np.uint64:
    """How many quotes lie between two addresses."""
    quotes = U(0)
    spare = scratch_kilobyte()
    while at < stop:
        block, valid = block_at(at, stop, spare)
        quotes += count_ones(equal_mask(block, QUOTE) & valid)
        at += BLOCK
    return quotes


@kernel("uint64(uint64, uint64, uint64)")
def next_row(at: np.uint64, stop: np.uint64, inside: np.uint64) -> np.uint64:
    """The address behind the first line feed that no quotes enclose; `stop` where there is none.

    Args:
        at: where to begin.
        stop: the end of the file.
        inside: 1 if `at` is inside quotes, else 0.
    """
    carry = U(0) - inside
    spare = scratch_kilobyte()
    while at < stop:
        block, valid = block_at(at, stop, spare)
        enclosed = running_parity(equal_mask(block, QUOTE) & valid) ^ carry
        ends = equal_mask(block, LF) & valid & ~enclosed
        if ends != U(0):
            return at + trailing_zeros(ends) + U(1)
        carry = U(0) - (enclosed >> _LAST)
        at += BLOCK
    return stop


@kernel("uint64(uint64, uint64, uint64, uint8, uint64, uint64[::1])")
def check_rows(
    at: np.uint64, last: np.uint64, stop: np.uint64, delimiter: np.uint8, columns: np.uint64, found: np.ndarray
) -> np.uint64:
    """Whether all rows are sound, from `at`, a row's start, to the first row's end at or behind `last`.

    Args:
        at: address of a row's start.
        last: the rows end behind the first line feed outside quotes that lies here or later.
        stop: the end of the file, where the last row may lack its line feed.
        delimiter: between cells.
        columns: cells that every row must have.
        found: shape (FOUND_FIELDS,): the first is set to the number of rows, the second to 1 where there are quotes,
            those of the line ends to how many lines end so.

    Returns:
        The address behind the last row; 0 where any row is broken.
    """
    start = at
    spare = scratch_kilobyte()
    carry = U(0)  # all ones: the block begins inside quotes
    starts, closed, returned = U(1), U(0), U(0)  # what the byte before was: the end of a cell, a closing quote, a CR
    rows, cells = U(0), U(1)
    broken, high, quoted = U(0), U(0), U(0)
    paired, unended = U(0), U(0)  # lines that end with CR and LF, and one that the file's end cuts
    end = U(0)
    while at < stop and end == U(0):
        block, valid = block_at(at, stop, spare)
        delimiters = equal_mask(block, delimiter)
        ends = equal_mask(block, LF)
        returns = equal_mask(block, CR)
        quotes = equal_mask(block, QUOTE)
        nuls = equal_mask(block, NUL)
        high_here = not_ascii_mask(block)
        if valid != ALL:
            delimiters, ends, returns = delimiters & valid, ends & valid, returns & valid
            quotes, nuls, high_here = quotes & valid, nuls & valid, high_here & valid
        if quotes | carry | closed != U(0):
            quoted = U(1)
            masks = (delimiters, ends, returns, quotes, valid)
            delimiters, ends, returns, _, wrong, carry, closed = within_quotes(masks, starts, carry, closed)
        else:
            wrong = U(0)
        behind_return = (returns << U(1)) | returned
        wrong |= behind_return & valid & ~ends
        wrong |= nuls
        starts = (delimiters | ends) >> _LAST
        returned = returns >> _LAST
        if at + BLOCK > last:  # the first row's end here or later is where we stop
            late = ends
            if at < last:
                late &= ALL << (last - at)
            if late != U(0):
                place = trailing_zeros(late)
                upto = ALL >> (_LAST - place)
                wrong, ends, delimiters, high_here = wrong & upto, ends & upto, delimiters & upto, high_here & upto
                end = at + place + U(1)
                starts, carry, closed, returned = U(1), U(0), U(0), U(0)
        broken |= wrong
        high |= high_here
        paired += count_ones(ends & behind_return)
        counted = U(0)
        while ends != U(0):
            before = ends ^ (ends - U(1))  # up to and with the lowest line feed
            in_row = count_ones(delimiters & before)
            broken |= cells + in_row - counted - columns
            counted = in_row
            cells = U(1)
            rows += U(1)
            ends &= ends - U(1)
        cells += count_ones(delimiters) - counted
        if broken != U(0):
            found[U(1)] = quoted
            return U(0)
        at += BLOCK
    if end == U(0):  # the file ends: inside quotes, or with a row that lacks its line feed, or right behind one
        end = stop
        broken = carry
        if start < stop:
            last_byte = load(stop - U(1), np.uint8)
            if last_byte == CR:
                broken |= U(1)
            if last_byte != LF:
                broken |= cells - columns
                rows += U(1)
                unended = U(1)
    found[U(1)] = quoted
    if broken != U(0) or (high != U(0) and not is_utf8(start, end - start)):
        return U(0)
    found[U(0)] = rows
    found[_CR_LF] = paired
    found[_LF_ALONE] = rows - unended - paired
    return end
