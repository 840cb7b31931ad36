"""Text of a CSV of any dialect, piece after piece, into rows of the plain one; see `kernels.plain_copy`.

A row whose quotes are broken, or with a lone CR outside of quotes, is written as one that is broken in any case: a line
of its own, which the check behind names. What is wrong with it, and where it ends, is judged here by the rules of the
plain dialect (`csv_bad_rows`): its text and what follows are looked at with the signs of the plain one in their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from etl_batch.formats.csv.shape import Shape
from etl_batch.kernels import plain_copy
from etl_batch.kernels.csv_bad_rows import find_bad_rows
from etl_batch.kernels.csv_problems import BAD_ROW_FIELDS, FOUND_FIELDS, PROBLEM, STOP, WHERE, Problem
from etl_batch.light_dataclass import dataclass
from etl_batch.values import KIB, MIB

#: what a broken row is in the copy
BROKEN_ROW = b"\r \n"
_LONGEST_ROW = 64 * MIB  #: one that goes on behind it has a quote that is never closed
_LOOK_BYTES = 128 * KIB  #: behind where a row broke, by which it is judged where it ends
_NO_LIMIT = 2**63
_COMMA = ord(",")


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that could not be copied; places count from its beginning, in the text."""

    length: int  #: bytes
    problem: Problem
    where: int


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that were brought into the plain dialect."""

    start: int  #: in the text; bytes
    stop: int
    content: bytes  #: of the copy
    broken: BrokenRow | None = None  #: it is this one row


class PlainRows:
    """Brings text into the plain dialect."""

    def __init__(self, shape: Shape, columns: int) -> None:
        self._shape = shape
        self._columns = columns
        self._mark = np.frombuffer(shape.delimiter.encode() or b"\0", np.uint8)
        self._room = np.empty(0, np.uint8)
        self._job = np.zeros(plain_copy.JOB_FIELDS, np.uint64)
        signs = [ord(sign) if sign else 0 for sign in (shape.quote, shape.escape, shape.comment)]
        self._job[plain_copy.QUOTED_BY : plain_copy.COMMENT + 1] = signs
        self._job[plain_copy.MARK] = self._mark.ctypes.data
        self._job[plain_copy.MARK_BYTES] = len(shape.delimiter.encode())
        self._job[plain_copy.FIRST_BYTES] = len(shape.delimiter[:1].encode())
        self._job[plain_copy.DELIMITER] = ord(shape.plain_delimiter)

    def runs(self, text: bytes, at: int, *, final: bool) -> Iterator[Run]:
        """The rows of a text from a row's start on, as far as they are whole.

        Args:
            text: UTF-8, whose lines end with LF or CR and LF.
            at: where the first row begins.
            final: nothing follows.
        """
        stop = self._stop(text)
        while at < stop:
            run, status = self.copied(text, at, stop, final=final)
            if run.stop > at:
                yield run
                at = run.stop
            if status == plain_copy.DONE:
                return
            if status == plain_copy.UNFINISHED and len(text) - at < _LONGEST_ROW:
                return
            broken = self._broken(text, at, stop if final else len(text))
            yield Run(at, at + broken.length, BROKEN_ROW, broken)
            at += broken.length

    def copied(self, text: bytes, at: int, stop: int, *, final: bool, most: int = _NO_LIMIT) -> tuple[Run, int]:
        """Rows as far as they are sound and whole, and how it went; none is begun behind so many bytes of the copy."""
        need = plain_copy.MOST_GROWTH * (stop - at) + 64
        if len(self._room) < need:
            self._room = np.empty(need, np.uint8)
        content, job, out = np.frombuffer(text, np.uint8), self._job, int(self._room.ctypes.data)
        base = int(content.ctypes.data)
        job[plain_copy.AT], job[plain_copy.STOP], job[plain_copy.IS_LAST] = base + at, base + stop, final
        job[plain_copy.OUT], job[plain_copy.OUT_LIMIT] = out, min(out + most, 2**64 - 1)
        plain_copy.copy_plain(job.ctypes.data)
        written = int(job[plain_copy.OUT]) - out
        run = Run(at, int(job[plain_copy.AT]) - base, self._room[:written].tobytes())
        return run, int(job[plain_copy.STATUS])

    def _stop(self, text: bytes) -> int:
        """Where the last lines begin that may be below the table."""
        stop = len(text)
        if not self._shape.skip_footer:
            return stop
        stop -= text.endswith(b"\n")
        for _ in range(self._shape.skip_footer):
            stop = text.rfind(b"\n", 0, stop)
            if stop < 0:
                return 0
        return stop + 1

    def _broken(self, text: bytes, at: int, stop: int) -> BrokenRow:
        """What is wrong with the row at a place, and where it ends."""
        behind = min(at + _LONGEST_ROW, stop)
        window = text[at : min(at + _LOOK_BYTES, behind)]
        found = self._judged(window)
        if found is None or (found.length >= len(window) and behind - at > len(window)):
            window = text[at:behind]
            found = self._judged(window)
        if found is not None:
            return found
        line = window.find(b"\n") + 1 or len(window)
        return BrokenRow(line, Problem.BARE_QUOTE, 0)

    def _judged(self, window: bytes) -> BrokenRow | None:
        """What is wrong with the first row; None: nothing."""
        plain, places = self._as_plain(window)
        content = np.frombuffer(plain, np.uint8)
        base = int(content.ctypes.data)
        bad, found = np.zeros((1, BAD_ROW_FIELDS), np.int64), np.zeros(FOUND_FIELDS, np.uint64)
        find_bad_rows(base, base, base + 1, base + len(plain), _COMMA, self._columns, bad, found)
        if not found[1]:
            return None
        line = bad[0]
        end, where = (min(int(line[field]), len(plain)) for field in (STOP, WHERE))
        stop = int(places[end - 1]) + 1 if plain.endswith(b"\n", 0, end) else len(window)  # comments may follow
        return BrokenRow(stop, Problem(int(line[PROBLEM])), int(places[where]))

    def _as_plain(self, window: bytes) -> tuple[bytes, np.ndarray]:
        """A text with the signs of the plain dialect, and of each byte where it stands in the text."""
        shape = self._shape
        signs = [(sign.encode(), plain) for sign, plain in ((shape.delimiter, b","), (shape.quote, b'"')) if sign]
        known = dict(signs)
        patterns = [re.escape(sign) for sign, _ in sorted(signs, key=lambda one: -len(one[0]))]
        if shape.escape:
            patterns.insert(0, re.escape(shape.escape.encode()) + b"(?:" + shape.meaning.pattern + b")")
        if shape.comment:
            patterns.insert(0, rb"(?m:^)" + re.escape(shape.comment.encode()) + rb"[^\n]*(?:\n|\Z)")
        pieces: list[bytes] = []
        places: list[np.ndarray] = []
        done = 0
        for found in re.finditer(b"|".join([*patterns, b'[",]']), window):
            pieces.append(window[done : found.start()])
            places.append(np.arange(done, found.start()))
            done = found.end()
            if shape.comment and found[0].startswith(shape.comment.encode()):
                continue
            pieces.append(known.get(found[0], b"x"))
            places.append(np.array([found.start()]))
        pieces.append(window[done:])
        places.append(np.arange(done, len(window) + 1))
        return b"".join(pieces), np.concatenate(places)
