"""The copy of a CSV of another dialect: its rows in the plain one, and each of them found again in the original.

What stands above the table, its header, comments and lines below it are left out. The copy has no name, and is gone
when the process that made it ends.
"""

from __future__ import annotations

import contextlib
import os
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from etl_batch.config import JobConfig
from etl_batch.formats.csv.plain_rows import BrokenRow, PlainRows
from etl_batch.formats.csv.shape import Shape
from etl_batch.formats.csv.transcoded import Transcoded, Transcoder
from etl_batch.formats.opening import folder_of_output
from etl_batch.formats.spool import unnamed_file
from etl_batch.formats.unchanged import open_again, open_read
from etl_batch.kernels.csv_problems import Problem
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.part_file import write_all
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.values import MIB

if TYPE_CHECKING:
    from etl_batch.formats.csv.header import Header

_STEP_BYTES = MIB
_AT_A_SIGN = frozenset(Problem) - {Problem.CELLS, Problem.TYPE, Problem.NOT_UTF8, Problem.NONE}


@dataclass(frozen=True, slots=True)
class RowMark:
    """Where a row begins in the copy, and in the original."""

    copy: int  #: bytes
    original: int  #: bytes: decoding begins here, with this state
    state: tuple[bytes, int]
    skip: int  #: bytes of the text from there on, up to the row
    broken: BrokenRow | None = None  #: it is this one


@dataclass(frozen=True, slots=True)
class OriginalRow:
    """A row as it stands in the original."""

    start: int  #: bytes
    text: bytes  #: in UTF-8
    mark: RowMark  #: from which on it was decoded
    begins: int  #: in the text from there on; bytes


@dataclass(frozen=True, slots=True)
class DialectCopy(Transcoded):
    """A copy of rows in the plain dialect."""

    shape: Shape = field(kw_only=True)
    where: Place = field(kw_only=True, repr=False)  #: of the original
    columns: int = field(kw_only=True)
    row_marks: Sequence[RowMark] = field(kw_only=True, repr=False)

    def originals(self, where: Place, positions: Sequence[int]) -> Iterator[int]:
        """See `Transcoded.originals`: of places where rows begin."""
        del where
        for position in positions:
            yield self.row_at(position).start

    def row(self, start: int, stop: int) -> bytes | None:
        """See `Transcoded.row`."""
        del stop
        return self.row_at(start).text

    def told(self, start: int, problem: Problem) -> tuple[Problem, int]:
        """See `Transcoded.told`."""
        row, mark = self.row_at(start), self._mark(start)
        if mark.copy == start and mark.broken is not None and mark.broken.problem in _AT_A_SIGN:
            return mark.broken.problem, self.byte_of(row, mark.broken.where)
        if problem is Problem.NUL_BYTE and b"\0" in row.text:
            return problem, self.byte_of(row, row.text.index(0))
        try:
            row.text.decode()
        except UnicodeDecodeError as error:
            return Problem.NOT_UTF8, self.byte_of(row, error.start)
        return Problem.LONE_RETURN, row.start

    def byte_of(self, row: OriginalRow, place: int) -> int:
        """Where in the original a place in the text of a row came from."""
        descriptor = open_again(self.where)
        try:
            return self._original(descriptor, row.mark, row.begins + place)
        finally:
            os.close(descriptor)

    def row_at(self, position: int) -> OriginalRow:
        """The row that begins at a place of the copy."""
        mark = self._mark(position)
        descriptor = open_again(self.where)
        try:
            least = mark.skip + _STEP_BYTES
            while True:
                text, final = self._text(descriptor, mark, least)
                begins, stop = self._row_in(text, position - mark.copy, mark, final=final)
                if stop > begins or final:
                    break
                least *= 2
            return OriginalRow(self._original(descriptor, mark, begins), text[begins:stop], mark, begins)
        finally:
            os.close(descriptor)

    def _mark(self, position: int) -> RowMark:
        """The last one at a place or before it."""
        return self.row_marks[bisect_right([mark.copy for mark in self.row_marks], position) - 1]

    def _row_in(self, text: bytes, behind: int, mark: RowMark, *, final: bool) -> tuple[int, int]:
        """Where in the text the row begins before which so much of the copy was written, and where it ends."""
        at, rows = mark.skip, PlainRows(self.shape, self.columns)
        if mark.broken is not None and not behind:
            return at, min(at + mark.broken.length, len(text))
        if behind:
            before, _ = rows.copied(text, at, len(text), final=final, most=behind)
            at = before.stop
        at = self.shape.behind_comments(text, at)
        row, _ = rows.copied(text, at, len(text), final=final, most=1)
        return at, row.stop

    def _text(self, descriptor: int, mark: RowMark, least: int) -> tuple[bytes, bool]:
        """The text from a mark on, so much of it or more; and whether that is all."""
        transcoder = Transcoder(self.encoding, self.line_ends, mark.state)
        pieces, length, at = [], 0, mark.original
        while length < least:
            content = os.pread(descriptor, _STEP_BYTES, at)
            pieces.append(transcoder(content, final=not content))
            length, at = length + len(pieces[-1]), at + len(content)
            if not content:
                return b"".join(pieces), True
        return b"".join(pieces), False

    def _original(self, descriptor: int, mark: RowMark, place: int) -> int:
        """Where in the original so much text from a mark on came from."""
        low, high = 0, place
        content = b""
        while True:  # a character may be more bytes there than in UTF-8
            content = os.pread(descriptor, high, mark.original)
            if self._length(content, mark) >= place or len(content) < high:
                break
            high *= 2
        high = len(content)
        while low < high:
            middle = (low + high) // 2
            if self._length(content[:middle], mark) >= place:
                high = middle
            else:
                low = middle + 1
        return mark.original + low

    def _length(self, content: bytes, mark: RowMark) -> int:
        return len(Transcoder(self.encoding, self.line_ends, mark.state)(content))


@contextlib.contextmanager
def dialect_copy(where: Place, config: JobConfig, header: Header) -> Iterator[DialectCopy]:
    """Copy an input into the plain dialect, on the disk that the output goes to; gone when the context is left.

    Raises:
        DiskFull: there is no room for it.
    """
    folder = folder_of_output(config)
    copy = unnamed_file(folder)
    original = open_read(where)
    try:
        marks = tuple(_copied((original, str(where.path)), (copy, str(folder.path)), header))
        yield DialectCopy(
            os.getpid(), copy, FileIdentity.of(copy), header.encoding, (), header.line_ends,
            shape=header.shape, where=where, columns=len(header.names), row_marks=marks,
        )  # fmt: skip
    finally:
        os.close(original)
        os.close(copy)


def _copied(original: tuple[int, str], copy: tuple[int, str], header: Header) -> Iterator[RowMark]:
    """Copy from one descriptor to the other; the names are that of the input, and that of the copy's folder."""
    rows = PlainRows(header.shape, len(header.names))
    transcoder = Transcoder(header.encoding, header.line_ends)
    origins: deque[tuple[int, int, tuple[bytes, int]]] = deque()  # in the text, in the original, the state there
    text, at, read, written = b"", header.data_start, 0, 0
    while True:
        origins.append((len(text), read, transcoder.state))
        with reading(original[1]):
            content = os.pread(original[0], _STEP_BYTES, read)
        text += transcoder(content, final=not content)
        read += len(content)
        for run in rows.runs(text, at, final=not content):
            here, from_there, state = _origin(origins, run.start)
            yield RowMark(written, from_there, state, run.start - here, run.broken)
            write_all(copy[0], run.content, written, copy[1])
            written += len(run.content)
            at = run.stop
        if not content:
            here, from_there, state = _origin(origins, at)
            yield RowMark(written, from_there, state, at - here)
            return
        while len(origins) > 1 and origins[1][0] <= at:
            origins.popleft()
        gone = min(origins[0][0], len(text))
        text, at = text[gone:], at - gone
        origins = deque((place - gone, there, state) for place, there, state in origins)


def _origin(origins: Sequence[tuple[int, int, tuple[bytes, int]]], place: int) -> tuple[int, int, tuple[bytes, int]]:
    """The last one at a place of the text or before it."""
    return max((one for one in origins if one[0] <= place), key=lambda one: one[0])
