"""The rows of a CSV that are broken: which, where, how. A careful look, byte by byte, at what `csv_check` refused.

A row begins where the row before it ended. What ends a broken row is a guess once its quotes are broken: see
`_whole_line`. Its beginning never is.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_text import is_utf8
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.csv_check import CR, LF, NUL, QUOTE
from etl_batch.kernels.csv_problems import CR_LF, DETAIL, LF_ALONE, PROBLEM, ROW, START, STOP, WHERE, Problem
from etl_batch.kernels.machine import load
from etl_batch.kernels.numbers_text import U

_NONE, _CELLS, _BARE, _AFTER = (
    U(p) for p in (Problem.NONE, Problem.CELLS, Problem.BARE_QUOTE, Problem.TEXT_AFTER_QUOTE)
)
_UNCLOSED, _RETURN, _NUL = U(Problem.UNCLOSED_QUOTE), U(Problem.LONE_RETURN), U(Problem.NUL_BYTE)
_NOT_UTF8 = U(Problem.NOT_UTF8)
# Guessing is bounded, so that the time for a row does not grow with the file, whatever stands in it.
_MOST_GUESSES = 1000  #: line feeds within a broken quote that are tried
_GUESS_BYTES = U(16 * 1024)  #: looked at behind a broken quote; also the longest row that a guess is confirmed by


@inlined
def _is_end(at: np.uint64, stop: np.uint64) -> bool:
    """Whether a line ends here: the file's end, LF, or CR and LF."""
    if at >= stop or load(at, np.uint8) == LF:
        return True
    return load(at, np.uint8) == CR and at + U(1) < stop and load(at + U(1), np.uint8) == LF


@inlined
def _row(at: np.uint64, stop: np.uint64, delimiter: np.uint8, patience: np.uint64) -> tuple[np.uint64, ...]:
    """One row.

    Args:
        at: where it begins.
        stop: the end of the file.
        delimiter: between cells.
        patience: bytes looked at behind the first broken quote of a row that has a line feed in a cell; such a row may
            have swallowed others, and its own end says little.

    Returns:
        The address behind it, its cells, its first problem, where that is, the last problem of its quotes,
        and the opening quote of the first cell that holds a line feed (0: none does). Where patience ends, that last
        problem is an unclosed quote.
    """
    cells = U(1)
    problem, where, quotes, long_cell = _NONE, U(0), _NONE, U(0)
    limit = stop
    while True:
        if quotes != _NONE and long_cell != U(0):
            limit = min(limit, at + patience)
        if at < limit and load(at, np.uint8) == QUOTE:
            opened = at
            at += U(1)
            while True:
                if at >= limit:
                    if problem == _NONE:
                        problem, where = _UNCLOSED, opened
                    return at, cells, problem, where, _UNCLOSED, long_cell
                byte = load(at, np.uint8)
                if byte == QUOTE:
                    if at + U(1) < stop and load(at + U(1), np.uint8) == QUOTE:
                        at += U(1)
                    else:
                        break
                elif byte == LF and long_cell == U(0):
                    long_cell = opened
                elif byte == NUL and problem == _NONE:
                    problem, where = _NUL, at
                at += U(1)
            at += U(1)
            if not _is_end(at, stop) and load(at, np.uint8) != delimiter:
                quotes = _AFTER
                if problem == _NONE:
                    problem, where = _AFTER, at
        while True:
            if at >= limit:
                return at, cells, problem, where, quotes if limit == stop else _UNCLOSED, long_cell
            byte = load(at, np.uint8)
            at += U(1)
            if byte == delimiter:
                cells += U(1)
                break
            if byte == LF:
                return at, cells, problem, where, quotes, long_cell
            if byte == QUOTE:
                quotes = _BARE
                if problem == _NONE:
                    problem, where = _BARE, at - U(1)
            elif byte == NUL and problem == _NONE:
                problem, where = _NUL, at - U(1)
            elif byte == CR and problem == _NONE and (at >= stop or load(at, np.uint8) != LF):
                problem, where = _RETURN, at - U(1)


@inlined
def _delimiters_to(at: np.uint64, stop: np.uint64, delimiter: np.uint8) -> tuple[np.uint64, np.uint64]:
    """The address behind the next line feed, quotes not minded, and the delimiters before it."""
    delimiters = U(0)
    while at < stop:
        byte = load(at, np.uint8)
        at += U(1)
        if byte == delimiter:
            delimiters += U(1)
        elif byte == LF:
            break
    return at, delimiters


@inlined
def _is_sound(at: np.uint64, stop: np.uint64, delimiter: np.uint8, columns: np.uint64) -> bool:
    """Whether a row of all its cells begins here; not, where it is longer than guesses look."""
    reach = min(stop, at + _GUESS_BYTES)
    end, cells, problem, _, _, _ = _row(at, reach, delimiter, U(0))
    return problem == _NONE and cells == columns and (end < reach or reach == stop)


@inlined
def _whole_line(
    start: np.uint64, row_stop: np.uint64, stop: np.uint64, delimiter: np.uint8, columns: np.uint64
) -> np.uint64:
    """The first line's end up to which the row has all its cells, if what follows looks like a row; 0: none."""
    at, delimiters = start, U(0)
    for _ in range(_MOST_GUESSES):
        at, more = _delimiters_to(at, stop, delimiter)
        delimiters += more
        if at >= row_stop:
            break
        if delimiters + U(1) == columns:
            _, following = _delimiters_to(at, stop, delimiter)
            if following + U(1) == columns or _is_sound(at, stop, delimiter, columns):
                return at
        elif delimiters >= columns:
            break
    return stop if at >= stop and delimiters + U(1) == columns else U(0)


@inlined
def _before_sound_row(
    start: np.uint64, row_stop: np.uint64, stop: np.uint64, delimiter: np.uint8, columns: np.uint64
) -> np.uint64:
    """The first line's end behind which a sound row stands; 0: there is none."""
    at = start
    for _ in range(_MOST_GUESSES):
        at, _ = _delimiters_to(at, stop, delimiter)
        if at >= row_stop:
            break
        if _is_sound(at, stop, delimiter, columns):
            return at
    return U(0)


@kernel("uint64(uint64, uint64, uint64, uint64, uint8, uint64, int64[:, ::1], uint64[::1])")
def find_bad_rows(
    base: np.uint64, at: np.uint64, last: np.uint64, stop: np.uint64,
    delimiter: np.uint8, columns: np.uint64, bad: np.ndarray, found: np.ndarray,
) -> np.uint64:  # fmt: skip
    """List the broken rows among those that begin at `at` or behind, and before `last`.

    Args:
        base: address of the file's first byte, from which places count.
        at: address of a row's start.
        last: address; a row that begins here or later is not looked at.
        stop: the end of the file.
        delimiter: between cells.
        columns: cells that every row must have.
        bad: shape (room, BAD_ROW_FIELDS); its rows are set, in order. Row numbers count from `found[0]`.
        found: shape (FOUND_FIELDS,): rows seen (added to), bad rows listed (added to), 1 if any has a broken quote
            (or-ed), how the lines of the others end (added to).

    Returns:
        The address behind the last row looked at; before `last` only if `bad` is full.
    """
    while at < last and found[U(1)] < U(len(bad)):
        end, cells, problem, where, quotes, long_cell = _row(at, stop, delimiter, U(0))
        broke_off = U(0)
        if quotes != _NONE and long_cell != U(0):  # it may have swallowed rows: most often the first guess is right
            broke_off = _whole_line(at, end, stop, delimiter, columns)
            if broke_off == U(0):
                end, cells, problem, where, quotes, long_cell = _row(at, stop, delimiter, _GUESS_BYTES)
                broke_off = _whole_line(at, end, stop, delimiter, columns)
            if broke_off == U(0):
                broke_off = _before_sound_row(at, end, stop, delimiter, columns)
        detail = U(0)
        if problem == _NONE:
            if cells != columns:
                problem, where, detail = _CELLS, at, cells
            elif not is_utf8(at, end - at):
                problem, where = _NOT_UTF8, at
        if quotes != _NONE:
            found[U(2)] = U(1)
            if long_cell != U(0):
                if broke_off != U(0):
                    end = broke_off
                elif quotes == _UNCLOSED:
                    end, _ = _delimiters_to(at, stop, delimiter)
                if where > long_cell and (broke_off != U(0) or where >= end):
                    problem, where = _UNCLOSED, long_cell
        if problem == _NONE and load(end - U(1), np.uint8) == LF:
            is_pair = end - at > U(1) and load(end - U(2), np.uint8) == CR
            found[U(CR_LF) if is_pair else U(LF_ALONE)] += U(1)
        if problem != _NONE:
            place = found[U(1)]
            bad[place, ROW] = np.int64(found[U(0)])
            bad[place, START] = np.int64(at - base)
            bad[place, STOP] = np.int64(end - base)
            bad[place, PROBLEM] = np.int64(problem)
            bad[place, WHERE] = np.int64(where - base)
            bad[place, DETAIL] = np.int64(detail)
            found[U(1)] += U(1)
        found[U(0)] += U(1)
        at = end
    return at
