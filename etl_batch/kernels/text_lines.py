"""Lines of text of unequal length: where each lies, what is more than a layout has, characters put to their columns."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.block64 import BLOCK, block_at, count_ones, equal_mask
from etl_batch.kernels.cell_text import NOT_ASCII, copy_bytes
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import load, scratch_kilobyte, store, trailing_zeros
from etl_batch.kernels.numbers_text import U

_CR = np.uint8(ord("\r"))
_WORD, _HALF = U(8), U(4)
#: words of a field that characters are put to: its first column, how many it has; where it lies in a record that is
#: laid out, and how many bytes it has there; whether a line may not end within it
COLUMN, COLUMNS, OFFSET, ROOM, IS_WHOLE = range(5)
FIELD_WORDS = 5
#: what is wrong with a line
NO_TEXT, TOO_LONG, CUT = range(1, 4)
_NO_TEXT, _TOO_LONG, _CUT = np.uint8(NO_TEXT), np.uint8(TOO_LONG), np.uint8(CUT)
_CONTINUES, _CONTINUES_MASK = np.uint8(0x80), np.uint8(0xC0)  #: bytes within a character of UTF-8


@kernel("uint64(uint64, uint64, uint8)")
def count_line_ends(start: np.uint64, stop: np.uint64, end: np.uint8) -> np.uint64:
    """How many bytes are the end of a line, from one address to another."""
    spare = scratch_kilobyte()
    count, at = U(0), start
    while at < stop:
        block, valid = block_at(at, stop, spare)
        count += count_ones(equal_mask(block, end) & valid)
        at += BLOCK
    return count


@inlined
def _put_line(
    start: np.uint64, first: np.uint64, behind: np.uint64, offset_at: np.uint64, length_at: np.uint64
) -> None:
    """Note the line from one address to another; a CR at its end is none of its own."""
    if behind > first and load(behind - U(1), np.uint8) == _CR:
        behind -= U(1)
    store(offset_at, first - start)
    store(length_at, np.uint32(behind - first))


@kernel("uint64(uint64, uint64, uint8, uint64, uint64)")
def list_lines(start: np.uint64, stop: np.uint64, end: np.uint8, offsets: np.uint64, lengths: np.uint64) -> np.uint64:
    """List the lines that end between two addresses, the first of which begins at the one.

    Args:
        start: address of the first line.
        stop: address behind the last byte that may be read.
        end: the byte that ends a line; a CR before it belongs to the end.
        offsets: address of uint64 for each line: where it begins, from `start`.
        lengths: address of uint32 for each: its bytes, without its end.

    Returns:
        Where the line behind the last of them begins, from `start`.
    """
    spare = scratch_kilobyte()
    first, at = start, start
    while at < stop:
        block, valid = block_at(at, stop, spare)
        ends = equal_mask(block, end) & valid
        while ends != U(0):
            behind = at + trailing_zeros(ends)
            _put_line(start, first, behind, offsets, lengths)
            offsets += _WORD
            lengths += _HALF
            first = behind + U(1)
            ends &= ends - U(1)
        at += BLOCK
    return first - start


@kernel("void(uint64, uint64, uint64, uint64, uint64, uint8, uint8[::1])")
def flag_long_lines(
    content: np.uint64, offsets: np.uint64, lengths: np.uint64, count: np.uint64,
    size: np.uint64, blank: np.uint8, flags: np.ndarray,
) -> None:  # fmt: skip
    """Set `flags[line]` to TOO_LONG where more than blanks stand behind the first `size` bytes of a line.

    `offsets` and `lengths` are as `list_lines` has them, from `content`; `flags` has shape (count,).
    """
    for line in range(count):
        number = U(line)
        length = U(load(lengths + _HALF * number, np.uint32))
        if length <= size:
            continue
        at = content + load(offsets + _WORD * number, np.uint64)
        for place in range(length - size):
            if load(at + size + U(place), np.uint8) != blank:
                flags[number] = _TOO_LONG
                break


@inlined
def _behind_characters(at: np.uint64, stop: np.uint64, count: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The address behind so many characters of UTF-8, or behind all there are; and how many are missing."""
    while count > U(0) and at < stop:
        if count >= _WORD and stop - at >= _WORD and load(at, np.uint64) & NOT_ASCII == U(0):
            at += _WORD
            count -= _WORD
        else:
            at += U(1)
            count -= U(1)
        while at < stop and load(at, np.uint8) & _CONTINUES_MASK == _CONTINUES:
            at += U(1)
    return at, count


@kernel("void(uint64, uint64, uint64, uint64, uint64, uint64, uint64, uint64, uint8, uint64, uint8[::1])")
def arrange_characters(
    content: np.uint64, offsets: np.uint64, lengths: np.uint64, count: np.uint64, fields: np.uint64,
    field_count: np.uint64, columns: np.uint64, size: np.uint64, blank: np.uint8, out: np.uint64, flags: np.ndarray,
) -> None:  # fmt: skip
    """Lay lines of UTF-8 out, each field in bytes of its own with blanks behind it, whatever its characters need.

    Args:
        content: address that the offsets count from.
        offsets: address of uint64 for each line.
        lengths: address of uint32 for each.
        count: how many lines.
        fields: address of FIELD_WORDS words for each field, by their first columns; none overlaps another.
        field_count: how many fields.
        columns: of a line that is whole.
        size: bytes of a record that is laid out.
        blank: what is put where a line has nothing.
        out: address with room for them.
        flags: shape (count,): becomes NO_TEXT where a field has more bytes than room, which no UTF-8 needs; TOO_LONG
            where more than blanks stand behind the last column; CUT where the line ends within a field that must be
            whole.
    """
    for line in range(count):
        number = U(line)
        at = content + load(offsets + _WORD * number, np.uint64)
        stop = at + U(load(lengths + _HALF * number, np.uint32))
        for place in range(size):
            store(out + U(place), blank)
        column = U(0)
        for place in range(field_count):
            words = fields + U(place) * U(8 * FIELD_WORDS)
            first, width = load(words, np.uint64), load(words + _WORD, np.uint64)
            at, missing = _behind_characters(at, stop, first - column)
            behind, missing = _behind_characters(at, stop, width)
            if behind - at > load(words + _WORD * U(ROOM), np.uint64):
                flags[number] = _NO_TEXT
                break
            copy_bytes(out + load(words + _WORD * U(OFFSET), np.uint64), at, behind - at)
            if missing != U(0) and missing != width and load(words + _WORD * U(IS_WHOLE), np.uint64) != U(0):
                flags[number] = _CUT
            at, column = behind, first + width
        at, missing = _behind_characters(at, stop, columns - column)
        while at < stop and flags[number] == np.uint8(0):
            if load(at, np.uint8) != blank:
                flags[number] = _TOO_LONG
            at += U(1)
        out += size
