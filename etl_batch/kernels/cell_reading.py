"""A cell as people write it, brought into the text that our own files have: `1.234,50` becomes `1234.50`.

What the cells of a column mean says its record (`cell_meaning`); what all of them turn out to be is kept there.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_meaning import (
    END_OF_WORDS,
    KIND,
    MISFIT_BYTES,
    MISFIT_ROW,
    MISFIT_SHOWN,
    MISFIT_TEXT,
    NULLS,
    PROVES,
    TRIM,
    WORDS,
    Meaning,
)
from etl_batch.kernels.cell_text import copy_bytes
from etl_batch.kernels.compile import inlined, outlined
from etl_batch.kernels.machine import load, never_inline, store
from etl_batch.kernels.numbers_text import ZERO, U
from etl_batch.kernels.read_digits import load_up_to_eight
from etl_batch.kernels.written_amount import read_money, read_percent
from etl_batch.kernels.written_moment import read_moment
from etl_batch.kernels.written_number import read_number, trimmed

_KIND, _TRIM, _NULLS, _PROVES, _WORDS = (U(8 * at) for at in (KIND, TRIM, NULLS, PROVES, WORDS))
_MISFIT_ROW, _MISFIT_BYTES, _MISFIT_TEXT = (U(8 * at) for at in (MISFIT_ROW, MISFIT_BYTES, MISFIT_TEXT))
_TEXT, _NUMBER, _MOMENT, _BOOL, _PERCENT, _MONEY = (
    U(meaning)
    for meaning in (
        Meaning.TEXT, Meaning.NUMBER, Meaning.MOMENT, Meaning.BOOL, Meaning.PERCENT, Meaning.MONEY,
    )
)  # fmt: skip
_TRUE, _FALSE = (U(int.from_bytes(word, "little")) for word in (b"true", b"false"))
_END_OF_WORDS = U(END_OF_WORDS)
_SHOWN = U(MISFIT_SHOWN)
_EIGHT = U(8)


@inlined
def word_number(start: np.uint64, end: np.uint64, words: np.uint64) -> np.uint64:
    """Which of the words, as `cell_meaning.packed` has them, the cell is; counted from 1; 0: none."""
    number, length = U(1), end - start
    while True:
        size = U(load(words, np.uint32))
        if size == _END_OF_WORDS:
            return U(0)
        words += U(4)
        if size == length:
            done = U(0)
            while done < length and load_up_to_eight(start + done, length - done) == load_up_to_eight(
                words + done, length - done
            ):
                done += _EIGHT
            if done >= length:
                return number
        words += size
        number += U(1)


@inlined
def has_digit(at: np.uint64, end: np.uint64) -> bool:
    """Whether there is one in the cell."""
    while at < end:
        if np.uint8(load(at, np.uint8) - ZERO) <= np.uint8(9):
            return True
        at += U(1)
    return False


@inlined
def read_word(start: np.uint64, end: np.uint64, rule: np.uint64, out: np.uint64) -> np.uint64:
    """Write `true` or `false` for a word that stands for it; see `read_cell`."""
    number = word_number(start, end, load(rule + _WORDS, np.uint64))
    if number == U(0):
        return U(0)
    store(out, _TRUE if number == U(1) else _FALSE)
    return out + U(4) + U(number != U(1))


@outlined
def note_misfit(rule: np.uint64, row: np.uint64, start: np.uint64, end: np.uint64) -> None:
    """Keep the first cell of a column that did not fit; rows count from 1."""
    never_inline()
    if load(rule + _MISFIT_ROW, np.uint64) != U(0):
        return
    store(rule + _MISFIT_ROW, row)
    store(rule + _MISFIT_BYTES, U(end - start))
    copy_bytes(rule + _MISFIT_TEXT, start, min(end - start, _SHOWN))


@inlined
def read_cell(start: np.uint64, end: np.uint64, rule: np.uint64, out: np.uint64) -> np.uint64:
    """Write what a cell means.

    Args:
        start: address of the cell, in UTF-8 and without its quotes; an empty one was quoted.
        end: address behind it.
        rule: address of its column's record of `RULE_WORDS` words; its `KIND` is not 0.
        out: where it is written; room for twice the cell and 64 bytes.

    Returns:
        The address behind what was written, `out` itself where the cell stands for nothing; 0: it does not fit.
    """
    if start == end:
        return U(0)
    if load(rule + _TRIM, np.uint64) != U(0):
        start, end = trimmed(start, end)
        if start == end:
            return out
    nulls = load(rule + _NULLS, np.uint64)
    if nulls != U(0) and word_number(start, end, nulls) != U(0):
        return out
    kind = load(rule + _KIND, np.uint64)
    if kind == _NUMBER:
        behind = read_number(start, end, rule, out)
        if behind == U(0) and load(rule + _PROVES, np.uint64) == U(0) and not has_digit(start, end):
            return copy_bytes(out, start, end - start)  # such as NaN: its type knows whether that is a number
        return behind
    if kind == _TEXT:
        return copy_bytes(out, start, end - start)
    if kind == _MOMENT:
        return read_moment(start, end, rule, out)
    if kind == _BOOL:
        return read_word(start, end, rule, out)
    if kind == _PERCENT:
        return read_percent(start, end, rule, out)
    if kind == _MONEY:
        return read_money(start, end, rule, out)
    return U(0)
