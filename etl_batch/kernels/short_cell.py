"""Text cells, sixteen bytes at once: most need no quotes and no apostrophe, and are copied as they are looked at."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.block16 import SIXTEEN, copy_and_look, sixteen_readable
from etl_batch.kernels.cell_text import is_ascii, is_utf8, may_begin_formula, starts_odd, trimmed_length, write_text
from etl_batch.kernels.columns import Kind
from etl_batch.kernels.compile import inlined, outlined
from etl_batch.kernels.formula_starts import BLANK
from etl_batch.kernels.machine import leading_zeros, never_inline
from etl_batch.kernels.numbers_text import U

_ASCII_TEXT = U(Kind.ASCII_TEXT)
_ALL = U(2**64 - 1)
_BITS = U(64)


@inlined
def write_fixed_text(
    out: np.uint64, start: np.uint64, width: np.uint64, kind: np.uint64, counts: np.uint64
) -> tuple[np.uint64, bool]:
    """Write a text from a padded field.

    Args:
        out: as for `cell_text.write_text`; sixteen bytes may be written past the cell.
        start: address of the field.
        width: of the field.
        kind: FIXED_TEXT or ASCII_TEXT: which encoding it is to be of.
        counts: as for `write_text`.

    Returns:
        The address behind the cell; whether the text is of its encoding.
    """
    if width <= SIXTEEN:
        if not sixteen_readable(start):
            return _write_odd_text(out, start, trimmed_length(start, width, BLANK), _ALL, _ALL, kind, counts)
        filled, not_blank, quoted, high = copy_and_look(out, start)
        field = _ALL >> (_BITS - width)
        filled, not_blank, quoted, high = filled & field, not_blank & field, quoted & field, high & field
    elif width <= _BITS:
        filled, not_blank, quoted, high = copy_and_look(out, start)
        place = SIXTEEN
        while place < width:
            here = min(place, width - SIXTEEN)
            more = copy_and_look(out + here, start + here)
            filled |= more[0] << here
            not_blank |= more[1] << here
            quoted |= more[2] << here
            high |= more[3] << here
            place += SIXTEEN
    else:
        return _write_long_text(out, start, width, kind, counts)
    length = _BITS - leading_zeros(filled)
    if length == width:
        length = _BITS - leading_zeros(not_blank)
    if (quoted | high) == U(0) and not starts_odd(start):
        return out + length, True
    return _write_odd_text(out, start, length, quoted, high, kind, counts)


@inlined
def write_plain_text(out: np.uint64, start: np.uint64, length: np.uint64, counts: np.uint64) -> np.uint64:
    """As `cell_text.write_text`; sixteen bytes may be written past the cell."""
    if length == U(0) or (length < SIXTEEN and not sixteen_readable(start)):
        return _write_quoted_text(out, start, length, counts)
    _, _, quoted, _ = copy_and_look(out, start)
    if length < SIXTEEN:
        quoted &= _ALL >> (_BITS - length)
    place = SIXTEEN
    while place < length:
        here = min(place, length - SIXTEEN)
        quoted |= copy_and_look(out + here, start + here)[2]
        place += SIXTEEN
    if quoted == U(0) and not starts_odd(start):
        return out + length
    return _write_quoted_text(out, start, length, counts)


@outlined
def _write_quoted_text(out: np.uint64, start: np.uint64, length: np.uint64, counts: np.uint64) -> np.uint64:
    never_inline()
    return write_text(out, start, length, counts)


@outlined
def _write_long_text(
    out: np.uint64, start: np.uint64, width: np.uint64, kind: np.uint64, counts: np.uint64
) -> tuple[np.uint64, bool]:
    """As `write_fixed_text`, for more than 64 bytes: only the text itself is looked at."""
    never_inline()
    length = trimmed_length(start, width, BLANK)
    quoted = high = place = U(0)
    while place < length:
        here = min(place, width - SIXTEEN)
        _, _, quoted_here, high_here = copy_and_look(out + here, start + here)
        quoted |= quoted_here
        high |= high_here
        place += SIXTEEN
    return _write_odd_text(out, start, length, quoted, high, kind, counts)


@outlined
def _write_odd_text(
    out: np.uint64, start: np.uint64, length: np.uint64, quoted: np.uint64, high: np.uint64, kind: np.uint64,
    counts: np.uint64,
) -> tuple[np.uint64, bool]:  # fmt: skip
    """As `write_fixed_text`, where the text was copied; `quoted` and `high` are 0 where no byte of it is such a one."""
    never_inline()
    if high != U(0) and not (is_ascii(start, length) if kind == _ASCII_TEXT else is_utf8(start, length)):
        return out, False
    if quoted == U(0) and length != U(0) and not may_begin_formula(start, start + length):
        return out + length, True
    return write_text(out, start, length, counts), True
