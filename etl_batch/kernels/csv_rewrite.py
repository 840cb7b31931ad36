"""A cell of a sound CSV row into our own dialect: escaped, and in quotes only where they are needed."""

from __future__ import annotations

import numpy as np

from etl_batch.cell_escape import QUOTED, SEPARATORS
from etl_batch.kernels.block64 import ALL, BLOCK, any_of_mask, block_at
from etl_batch.kernels.cell_text import add_apostrophe, calls_for_quotes, copy_bytes, is_run_behind, may_begin_formula
from etl_batch.kernels.compile import inlined, outlined
from etl_batch.kernels.csv_check import QUOTE
from etl_batch.kernels.formula_starts import needs_apostrophe
from etl_batch.kernels.machine import load, never_inline, scratch_kilobyte, store, trailing_zeros
from etl_batch.kernels.numbers_text import U

_calls_for_quotes_mask = any_of_mask("".join(sorted(QUOTED)))
_separator_mask = any_of_mask(SEPARATORS)


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


@outlined
def rewrite_cell(out: np.uint64, start: np.uint64, end: np.uint64, stop: np.uint64, counts: np.uint64) -> np.uint64:
    """Write one cell, given with its quotes; returns the address behind it. Quotes within stay doubled."""
    never_inline()
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
