"""Reading units of a file that were drawn at random: runs of records, blocks of a CSV; the keys of their rows.

Units are read into a buffer, not mapped: a page fault costs several times as much as a call of `pread`.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.block64 import ALL, BLOCK, block_at, equal_mask, not_ascii_mask
from etl_batch.kernels.cell_text import is_utf8
from etl_batch.kernels.compile import Late, inlined, kernel, types
from etl_batch.kernels.csv_check import CR, LF, NUL, QUOTE
from etl_batch.kernels.machine import load, scratch_kilobyte, store, trailing_zeros
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.read_float import read_float64
from etl_batch.kernels.stratum_codes import hash_bytes, same_bytes
from etl_batch.kernels.unit_jobs import (
    BEGINS,
    BLOCK_FIELDS,
    BUFFER,
    CAPACITY,
    COLUMNS,
    DATA_START,
    DELIMITER,
    ENDS,
    FD,
    KEY,
    KEYS,
    ROLES,
    ROOM,
    ROWS,
    SIZE,
    SLOW,
    STOP,
    STRIDE,
    VALUES,
)

_LAST = U(63)
_WORD = U(8)
_pread = Late(
    lambda: types.ExternalFunction("pread", types.int64(types.int32, types.uint64, types.uint64, types.int64))
)


_NULL = np.nan
_FD, _SIZE, _DATA_START, _BEGINS, _ENDS = (_WORD * U(field) for field in (FD, SIZE, DATA_START, BEGINS, ENDS))
_BUFFER, _ROOM, _STRIDE = (_WORD * U(field) for field in (BUFFER, ROOM, STRIDE))
_DELIMITER, _COLUMNS, _ROLES = (_WORD * U(field) for field in (DELIMITER, COLUMNS, ROLES))
_CAPACITY, _VALUES, _KEYS = (_WORD * U(field) for field in (CAPACITY, VALUES, KEYS))


@kernel("uint64(int32, uint64, uint64, uint64, uint64, uint64)")
def read_runs(
    descriptor: int, starts: np.uint64, lengths: np.uint64, count: np.uint64, out: np.uint64, room: np.uint64
) -> np.uint64:
    """Read some bytes at each of many places.

    Args:
        descriptor: of the open file.
        starts: address of the places, uint64.
        lengths: address of how many bytes to read at each, uint64.
        count: how many places.
        out: address of the room for what is read.
        room: bytes from one to the next there.

    Returns:
        How many were read whole: fewer than `count` where the file ends too early.
    """
    number = U(0)
    while number < count:
        length = load(lengths + _WORD * number, np.uint64)
        place = load(starts + _WORD * number, np.int64)
        if _pread(descriptor, out + room * number, length, place) != np.int64(length):
            break
        number += U(1)
    return number


@kernel("uint64(uint64, uint64, uint64, uint64, uint64, uint64, uint64, uint64)")
def code_keys(
    keys: np.uint64, stride: np.uint64, length: np.uint64, rows: np.uint64,
    slots: np.uint64, mask: np.uint64, codes: np.uint64, firsts: np.uint64,
) -> np.uint64:  # fmt: skip
    """Give each row a number for its key, in the order in which keys are met.

    Args:
        keys: address of the first key; with `length` 0, of a table of address and length, uint64, for each row.
        stride: bytes from one key to the next.
        length: of every key.
        rows: how many.
        slots: address of zeros, uint32; used for a hash table of the numbers of keys, plus one.
        mask: how many slots there are, a power of two above the rows, less one.
        codes: address of uint32 for each row: set.
        firsts: address of uint32 for each row: those of the keys that were found are set to the first row of each.

    Returns:
        How many different keys there are.
    """
    found = U(0)
    row = U(0)
    while row < rows:
        start, size = keys + stride * row, length
        if length == U(0):
            start, size = load(start, np.uint64), load(start + _WORD, np.uint64)
        slot = hash_bytes(start, size) & mask
        while True:
            taken = U(load(slots + slot * U(4), np.uint32))
            if taken == U(0):
                store(slots + slot * U(4), np.uint32(found + U(1)))
                store(firsts + found * U(4), np.uint32(row))
                code = found
                found += U(1)
                break
            code = taken - U(1)
            first = U(load(firsts + code * U(4), np.uint32))
            other, its_size = keys + stride * first, length
            if length == U(0):
                other, its_size = load(other, np.uint64), load(other + _WORD, np.uint64)
            if its_size == size and same_bytes(start, other, size, U(0)):
                break
            slot = (slot + U(1)) & mask
        store(codes + row * U(4), np.uint32(code))
        row += U(1)
    return found


@inlined
def _first_row(at: np.uint64, last: np.uint64, spare: np.uint64) -> np.uint64:
    """The address behind the first line feed before `last`; 0: there is none, or a quote stands before it."""
    while at < last:
        block, valid = block_at(at, last, spare)
        ends = equal_mask(block, LF) & valid
        before = (ends ^ (ends - U(1))) if ends != U(0) else valid
        if equal_mask(block, QUOTE) & before != U(0):
            return U(0)
        if ends != U(0):
            return at + trailing_zeros(ends) + U(1)
        at += BLOCK
    return U(0)


@inlined
def _take_cell(job: np.uint64, column: np.uint64, row: np.uint64, start: np.uint64, end: np.uint64) -> bool:
    """Do with a cell what is to be done with its column; returns whether it could be."""
    role = load(load(job + _ROLES, np.uint64) + _WORD * column, np.int64)
    if role >= 0:
        ok, value = (True, _NULL) if start == end else read_float64(start, end - start)
        place = U(role) * load(job + _CAPACITY, np.uint64) + row
        store(load(job + _VALUES, np.uint64) + _WORD * place, value)
        return ok
    if role == KEY:
        out = load(job + _KEYS, np.uint64) + U(2) * _WORD * row
        store(out, start)
        store(out + _WORD, end - start)
    return True


@inlined
def _block_rows(
    job: np.uint64, row: np.uint64, start: np.uint64, last: np.uint64, stop: np.uint64, spare: np.uint64
) -> tuple[np.uint64, np.uint64]:
    """Take the rows of a block, from `start` to the first row's end at or behind `last`.

    Args:
        job: see `JOB_FIELDS`.
        row: how many rows were taken before.
        start: address of the first row.
        last: address of the block's end.
        stop: address behind what was read; there the last row may lack its line feed.
        spare: address of 64 bytes.

    Returns:
        The address behind the last row, 0 where something is not as simple as that; the rows taken till then.
    """
    delimiter = np.uint8(load(job + _DELIMITER, np.uint64))
    columns, capacity = load(job + _COLUMNS, np.uint64), load(job + _CAPACITY, np.uint64)
    at, cell, column = start, start, U(0)
    high, returned = U(0), U(0)
    while at < stop:
        block, valid = block_at(at, stop, spare)
        ends = equal_mask(block, LF) & valid
        returns = equal_mask(block, CR) & valid
        separators = (equal_mask(block, delimiter) & valid) | ends
        wrong = (equal_mask(block, QUOTE) | equal_mask(block, NUL)) & valid
        wrong |= ((returns << U(1)) | returned) & valid & ~ends
        returned = returns >> _LAST
        high_here = not_ascii_mask(block) & valid
        if at + BLOCK > last:
            late = ends & (ALL << (last - at)) if at < last else ends
            if late != U(0):  # the first row's end here or later is where the block's rows end
                upto = late ^ (late - U(1))
                separators, wrong, high_here = separators & upto, wrong & upto, high_here & upto
        if wrong != U(0):
            return U(0), row
        high |= high_here
        while separators != U(0):
            place = trailing_zeros(separators)
            here = at + place
            is_end = (ends >> place) & U(1) != U(0)
            if column == columns or row == capacity:
                return U(0), row
            cell_end = here - U(is_end and here > cell and load(here - U(1), np.uint8) == CR)
            if not _take_cell(job, column, row, cell, cell_end):
                return U(0), row
            cell = here + U(1)
            column += U(1)
            if is_end:
                if column != columns:
                    return U(0), row
                column = U(0)
                row += U(1)
                if here >= last:
                    if high != U(0) and not is_utf8(start, cell - start):
                        return U(0), row
                    return cell, row
            separators &= separators - U(1)
        at += BLOCK
    if cell < stop or column != U(0):  # the file's last row lacks its line feed
        is_whole = (
            column + U(1) == columns and row < capacity and returned == U(0) and load(stop - U(1), np.uint8) != CR
        )
        if not is_whole or not _take_cell(job, column, row, cell, stop):
            return U(0), row
        row += U(1)
    if high != U(0) and not is_utf8(start, stop - start):
        return U(0), row
    return stop, row


@kernel("uint64(uint64, uint64, uint64)")
def read_csv_blocks(job: np.uint64, count: np.uint64, blocks: np.uint64) -> np.uint64:
    """Read the rows that start in each of many blocks, as far as there are no quotes in them.

    Args:
        job: see `JOB_FIELDS`.
        count: how many blocks.
        blocks: address of `BLOCK_FIELDS` of int64 for each: set.

    Returns:
        How many rows were taken. The rows of blocks that are marked SLOW are not among them.
    """
    spare = scratch_kilobyte()
    size, room = load(job + _SIZE, np.uint64), load(job + _ROOM, np.uint64)
    descriptor = np.int32(load(job + _FD, np.int64))
    rows, number = U(0), U(0)
    while number < count:
        begin = load(load(job + _BEGINS, np.uint64) + _WORD * number, np.uint64)
        end = load(load(job + _ENDS, np.uint64) + _WORD * number, np.uint64)
        slot = load(job + _BUFFER, np.uint64) + load(job + _STRIDE, np.uint64) * number
        got = _pread(descriptor, slot, room, np.int64(begin))
        out = blocks + U(BLOCK_FIELDS) * _WORD * number
        store(out, np.int64(begin))
        store(out + U(STOP) * _WORD, np.int64(end))
        store(out + U(ROWS) * _WORD, np.int64(SLOW))
        number += U(1)
        if got < np.int64(end - begin):
            continue
        last, stop = slot + (end - begin), slot + U(got)
        start = slot
        if begin != load(job + _DATA_START, np.uint64):
            start = _first_row(slot, last, spare)
            if start == U(0):
                continue
        if start == stop and begin + U(got) == size:
            store(out + U(ROWS) * _WORD, np.int64(0))
            store(out, np.int64(end))
            continue
        behind, taken = _block_rows(job, rows, start, last, stop, spare)
        # What was read ends within a row, unless the file ends there.
        if behind == U(0) or (behind == stop and begin + U(got) != size and load(stop - U(1), np.uint8) != LF):
            continue
        if behind == stop and behind <= last and begin + U(got) != size:
            continue
        store(out, np.int64(begin + (start - slot)))
        store(out + U(STOP) * _WORD, np.int64(begin + (behind - slot)))
        store(out + U(ROWS) * _WORD, np.int64(taken - rows))
        rows = taken
    return rows
