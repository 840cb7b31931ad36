"""A run of CSV rows, checked and listed, 64 bytes at a time: where its cells begin, and which are to be looked at."""

from __future__ import annotations

import numpy as np

from etl_batch.cell_escape import QUOTED as MUST_QUOTE
from etl_batch.kernels import csv_run_job as job_fields
from etl_batch.kernels.block64 import (
    ALL,
    BLOCK,
    any_of_mask,
    block_at,
    count_ones,
    equal_mask,
    not_ascii_mask,
    signed_below_mask,
)
from etl_batch.kernels.cell_text import is_utf8
from etl_batch.kernels.compile import inlined
from etl_batch.kernels.csv_check import CR, LF, NUL, QUOTE, within_quotes
from etl_batch.kernels.machine import load, scratch_kilobyte, store, trailing_zeros
from etl_batch.kernels.numbers_text import U

_WORD = U(8)
_STOP, _DELIMITER, _COLUMNS, _ROOM = (
    _WORD * U(field) for field in (job_fields.STOP, job_fields.DELIMITER, job_fields.COLUMNS, job_fields.ROOM)
)
_STARTS, _MARKS, _RUN_ROWS, _RUN_STOP = (
    _WORD * U(field) for field in (job_fields.STARTS, job_fields.MARKS, job_fields.RUN_ROWS, job_fields.RUN_STOP)
)
_QUOTED, _CR_LF, _LF_ALONE = (_WORD * U(field) for field in (job_fields.QUOTED, job_fields.CR_LF, job_fields.LF_ALONE))
_IS_UTF8 = _WORD * U(job_fields.IS_UTF8)
_TAB, _ZERO = np.uint8(ord("\t")), np.uint8(ord("0"))
_FIRST_PRINTED = np.uint8(0x20)
_LAST_BIT = U(63)
_FEW = 8
_SLACK = U(job_fields.LIST_SLACK)
_printed_quoted_mask = any_of_mask("".join(sorted(character for character in MUST_QUOTE if character not in '"\t\r\n')))
#: with what lies below the digits, and above ASCII, all that may begin a formula, and more
_formula_mask = any_of_mask("=@")


@inlined
def _list_cells(out: np.uint64, at: np.uint64, separators: np.uint64) -> np.uint64:
    """List where the cells behind the separators of a block begin; returns the address behind the list."""
    behind = at + U(1)
    end = out + count_ones(separators) * _WORD
    # Eight at a time, whether there are so many or not: nobody can predict how many there are.
    while True:
        for place in range(_FEW):
            store(out + _WORD * U(place), behind + trailing_zeros(separators))
            separators &= separators - U(1)
        if separators == U(0):
            return end
        out += _WORD * U(_FEW)


@inlined
def _mark_cells(
    marked: np.uint64, cell: np.uint64, first: np.uint64, events: np.uint64, separators: np.uint64
) -> tuple[np.uint64, np.uint64]:
    """Mark the cells in which something stands that calls for a closer look.

    Args:
        marked: the address behind the list of them.
        cell: the last one of it.
        first: the cell that the block begins in.
        events: where something stands.
        separators: where cells end.

    Returns:
        The address behind the list, and the last one of it.
    """
    while events != U(0):
        lowest = events & (U(0) - events)
        events ^= lowest
        found = first + count_ones(separators & (lowest - U(1)))
        if found != cell:
            store(marked, found)
            marked += _WORD
            cell = found
    return marked, cell


@inlined
def list_run(
    job: np.uint64, at: np.uint64, last: np.uint64, marks_cells: bool
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Check a run of rows, and list where its cells begin, and which are to be looked at when they are written.

    Args:
        job: address of its fields; see `csv_run_job`.
        at: address of the run.
        last: address: it ends behind the first line feed outside quotes that lies here or later.
        marks_cells: a constant: whether somebody asks for the cells that are to be looked at.

    Returns:
        The address behind it, 0 where a row is broken; how many rows, and how many cells that are to be looked at.
    """
    stop, starts, marks = load(job + _STOP, np.uint64), load(job + _STARTS, np.uint64), load(job + _MARKS, np.uint64)
    delimiter, columns = np.uint8(load(job + _DELIMITER, np.uint64)), load(job + _COLUMNS, np.uint64)
    full = starts + (load(job + _ROOM, np.uint64) - _SLACK) * _WORD
    spare = scratch_kilobyte()
    start, out, marked = at, starts + _WORD, marks
    store(starts, at)
    carry = U(0)  # all ones: the block begins inside quotes
    begins, closed, returned = U(1), U(0), U(0)  # what the byte before was: the end of a cell, a closing quote, a CR
    high, quoted, paired, lines, unended = U(0), U(0), U(0), U(0), U(0)
    marked_cell = ALL
    end = U(0)
    plain = min(last, stop) - BLOCK  # a block that begins no later is whole, and the rows go on behind it
    while at < stop and end == U(0):
        if carry | closed | returned == U(0):
            while at <= plain:  # most blocks have no quote and no control
                ends = equal_mask(at, LF)
                strange = (signed_below_mask(at, _FIRST_PRINTED) & ~ends) | equal_mask(at, QUOTE)
                if strange != U(0):
                    if strange & ~not_ascii_mask(at) != U(0):
                        break
                    high = U(1)  # UTF-8 or not, it ends nothing
                delimiters = equal_mask(at, delimiter)
                separators = delimiters | ends
                events = U(0)
                if marks_cells:
                    events = (signed_below_mask(at, _ZERO) | _formula_mask(at)) & ((separators << U(1)) | begins)
                    events = (events & ~separators) | (_printed_quoted_mask(at) & ~delimiters)
                begins = separators >> _LAST_BIT
                lines += count_ones(ends)
                if events != U(0):
                    marked, marked_cell = _mark_cells(
                        marked, marked_cell, ((out - starts) >> U(3)) - U(1), events, separators
                    )
                out = _list_cells(out, at, separators)
                at += BLOCK
            if at == stop:
                break
        block, valid = block_at(at, stop, spare)
        delimiters = equal_mask(block, delimiter)
        ends = equal_mask(block, LF)
        quotes = equal_mask(block, QUOTE)
        strange = signed_below_mask(block, _FIRST_PRINTED)  # controls, and what is not ASCII
        calling = _printed_quoted_mask(block)
        firsts = signed_below_mask(block, _ZERO) | _formula_mask(block)
        if valid != ALL:
            delimiters, ends, quotes = delimiters & valid, ends & valid, quotes & valid
            strange, calling = strange & valid, calling & valid
        returns, wrong, high_here, enclosed = U(0), U(0), U(0), U(0)
        if strange & ~ends != U(0):
            returns = equal_mask(block, CR) & valid
            wrong = equal_mask(block, NUL) & valid
            high_here = not_ascii_mask(block) & valid
            calling |= equal_mask(block, _TAB) & valid
        calling &= ~delimiters
        if quotes | carry | closed != U(0):
            quoted = U(1)
            masks = (delimiters, ends, returns, quotes, valid)
            delimiters, ends, returns, enclosed, broken, carry, closed = within_quotes(masks, begins, carry, closed)
            wrong |= broken
        separators = delimiters | ends
        cell_starts = (separators << U(1)) | begins
        begins = separators >> _LAST_BIT
        events = quotes | returns | (calling & ~enclosed) | (firsts & cell_starts & ~separators & valid)
        behind_return = U(0)
        if returns | returned != U(0):
            behind_return = (returns << U(1)) | returned
            wrong |= behind_return & valid & ~ends
            returned = returns >> _LAST_BIT
        if at + BLOCK > last:  # the first row's end here or later is where we stop
            late = ends
            if at < last:
                late &= ALL << (last - at)
            if late != U(0):
                place = trailing_zeros(late)
                upto = ALL >> (_LAST_BIT - place)
                wrong, ends, separators = wrong & upto, ends & upto, separators & upto
                events, high_here = events & upto, high_here & upto
                end = at + place + U(1)
        if wrong != U(0) or out > full:
            return U(0), U(0), U(0)
        high |= high_here
        lines += count_ones(ends)
        if behind_return != U(0):
            paired += count_ones(ends & behind_return)
        if marks_cells and events != U(0):
            marked, marked_cell = _mark_cells(marked, marked_cell, ((out - starts) >> U(3)) - U(1), events, separators)
        out = _list_cells(out, at, separators)
        at += BLOCK
    if end == U(0):  # the file ends: inside quotes, or with a row that lacks its line feed, or right behind one
        end = stop
        last_byte = load(stop - U(1), np.uint8)
        if carry != U(0) or last_byte == CR:
            return U(0), U(0), U(0)
        if last_byte != LF:
            store(out, stop + U(1))
            out += _WORD
            unended = U(1)
    cells = ((out - starts) >> U(3)) - U(1)
    rows = lines + unended
    if cells != rows * columns:
        return U(0), U(0), U(0)
    if high != U(0) and load(job + _IS_UTF8, np.uint64) == U(0) and not is_utf8(start, end - start):
        return U(0), U(0), U(0)
    # There are as many line ends as rows; so each row has its cells if each of them ends at one.
    at, step, different = starts, columns * _WORD, np.uint8(0)
    for _ in range(lines):
        at += step
        different |= load(load(at, np.uint64) - U(1), np.uint8) ^ LF
    if different != np.uint8(0):
        return U(0), U(0), U(0)
    store(job + _RUN_ROWS, rows)
    store(job + _RUN_STOP, end)
    store(job + _QUOTED, load(job + _QUOTED, np.uint64) | quoted)
    store(job + _CR_LF, load(job + _CR_LF, np.uint64) + paired)
    store(job + _LF_ALONE, load(job + _LF_ALONE, np.uint64) + lines - paired)
    return end, rows, (marked - marks) >> U(3)
