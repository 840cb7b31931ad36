"""Padded texts that stand for no value: which rows hold such a one."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_text import trimmed_length
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import address_of, load, store
from etl_batch.kernels.numbers_text import U

#: words of a line, one for each field that has such a text: where the first row's field is, bytes from one to the next,
#: its width, the blank it is padded with, address and bytes of the text, and where the rows' flags are
ADDRESS, STRIDE, WIDTH, BLANK, TEXT, TEXT_BYTES, VALID = range(7)
LINE_WORDS = 7

_ADDRESS, _STRIDE, _WIDTH, _BLANK = U(8 * ADDRESS), U(8 * STRIDE), U(8 * WIDTH), U(8 * BLANK)
_TEXT, _TEXT_BYTES, _VALID = U(8 * TEXT), U(8 * TEXT_BYTES), U(8 * VALID)
_LINE_BYTES = U(8 * LINE_WORDS)


@inlined
def _is_text(start: np.uint64, shape: tuple[np.uint64, np.uint8], text: np.uint64, length: np.uint64) -> bool:
    """Whether a field of a width and a blank, once trimmed, is that text."""
    if trimmed_length(start, shape[0], shape[1]) != length:
        return False
    same = True
    for offset in range(length):
        same &= load(start + U(offset), np.uint8) == load(text + U(offset), np.uint8)
    return same


@inlined
def flag_block(lines: np.uint64, count: np.uint64, row: np.uint64, stop: np.uint64) -> None:
    """Of so many lines at an address, set the flags of some rows: 0 where the field is the line's text, else 1."""
    behind = lines + count * _LINE_BYTES
    while lines < behind:
        stride, width = load(lines + _STRIDE, np.uint64), load(lines + _WIDTH, np.uint64)
        blank = np.uint8(load(lines + _BLANK, np.uint64))
        text, length = load(lines + _TEXT, np.uint64), load(lines + _TEXT_BYTES, np.uint64)
        valid = load(lines + _VALID, np.uint64)
        # Nearly every row is told by its first byte: that of the text; of no text, padding.
        first, other = np.uint8(0), blank
        if length != U(0):
            first = other = load(text, np.uint8)
        start = load(lines + _ADDRESS, np.uint64) + row * stride
        for its_row in range(row, stop):
            byte = load(start, np.uint8)
            is_null = byte in (first, other) and _is_text(start, (width, blank), text, length)
            store(valid + U(its_row), np.uint8(0 if is_null else 1))
            start += stride
        lines += _LINE_BYTES


@kernel("void(uint64[:, ::1], uint64)")
def flag_rows(lines: np.ndarray, rows: np.uint64) -> None:
    """See `flag_block`; `lines` has shape (texts, LINE_WORDS)."""
    flag_block(address_of(lines), U(len(lines)), U(0), rows)
