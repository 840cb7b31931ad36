"""Which rows start in a block of a CSV, although nobody read what lies before it.

A block begins outside of quotes or inside. Both are tried, strictly: behind the first line feed that would end a row,
all rows must be sound and have the right number of cells; and the first quotes must be such that open or close a cell.
Where both can be, more of the file is looked at; where that does not settle it, the file cannot be sampled. A block
without any quote and full of sound rows lies outside; if there are quotes elsewhere, the first one behind it must
agree. That no row starts in a block is believed only where the other way is ruled out by its quotes.
"""

from __future__ import annotations

import os
from dataclasses import field
from enum import Enum, auto

import numpy as np

from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.units.unit import CannotSample, Integers
from etl_batch.kernels.csv_problems import FOUND_FIELDS
from etl_batch.light_dataclass import dataclass
from etl_batch.values import KIB, MIB

_QUOTE = ord('"')
_LINE_FEED = ord("\n")
_ROW_ENDS = (_LINE_FEED, ord("\r"))
_QUOTES_LOOKED_AT = 16  #: runs of quotes
_WIDER = (64 * KIB, MIB)  #: behind a block, up to which the end of its last row and evidence are looked for
_NEXT_QUOTE = 64 * KIB  #: behind a block without quotes, up to which one is looked for

Found = tuple[int, int, int]  #: where in the file the rows start and stop, and how many there are


@dataclass(frozen=True, slots=True)
class Window:
    """Some bytes of the file in memory; places are those in the file."""

    content: bytes | bytearray
    address: int  #: of the content's first byte
    shift: int  #: place in the file of the content's first byte
    stop: int  #: place in the file behind the window's last byte

    def find(self, what: bytes, start: int, stop: int) -> int:
        """The place of the first such byte, or below 0."""
        found = self.content.find(what, start - self.shift, min(stop, self.stop) - self.shift)
        return found + self.shift if found >= 0 else -1

    def byte(self, place: int) -> int:
        """The byte at a place."""
        return self.content[place - self.shift]

    def at(self, place: int) -> int:
        """The address of a place."""
        return self.address + place - self.shift


class Unread(Enum):
    """Why there are no rows to be had by one way to read a block."""

    QUOTES = auto()  #: it cannot be: a quote is where none could be
    BROKEN = auto()  #: its rows would be broken, or very long
    NO_ROW = auto()  #: no row would start, as far as one can see: within a long row or cell, which nothing speaks for
    UNSURE = auto()  #: more must be seen


@dataclass
class Ownership:
    """Finds the rows of blocks of one open CSV.

    A block owns the rows that start behind its first byte, as far as its end; the first one owns the first row, too.
    """

    file: CsvFile
    descriptor: int
    _quotes_seen: bool = False
    _unquoted: list[tuple[int, int]] = field(default_factory=list)
    _read_elsewhere: list[tuple[Integers, Integers]] = field(default_factory=list)

    def rows_of(self, begin: int, end: int, window: Window) -> tuple[Found, Window]:
        """The rows of a block, and a window that holds them all.

        Args:
            begin: of the block, place in the file.
            end: behind the block.
            window: from the byte before the block to some way behind it.

        Raises:
            CannotSample: nobody can say.
        """
        found = self._unquoted_rows(begin, end, window)
        if found is not None:
            return found, window
        self._quotes_seen |= window.find(b'"', begin, end) >= 0
        for more in (0, *_WIDER):
            if more:
                window = self._wider(begin, end + more)
            found = self._settled(begin, end, window)
            if found is not None:
                return found, window
        raise CannotSample(
            f"what the rows behind byte {begin} are cannot be told from what is around them: they are broken, longer "
            "than 1 MiB, or quoted in a way that reads both ways"
        )

    def take_unquoted(self, begins: Integers, ends: Integers) -> None:
        """Remember blocks without quotes, whose rows were read elsewhere, for `confirm`."""
        self._read_elsewhere.append((begins, ends))
        self.confirm()

    def confirm(self) -> None:
        """Look once more at the blocks without quotes, if there are quotes in the file.

        Raises:
            CannotSample: one of them lies within a quoted cell.
        """
        if not self._quotes_seen:
            return
        for begins, ends in self._read_elsewhere:
            self._unquoted += zip(begins.tolist(), ends.tolist(), strict=True)
        self._read_elsewhere.clear()
        for begin, end in self._unquoted:
            if begin == self.file.data_start:
                continue
            if not self._quotes_fit(begin, self._wider(begin, end + _NEXT_QUOTE), inside=False):
                raise CannotSample(f"byte {begin} lies within a quoted cell of many lines")
        self._unquoted.clear()

    def _unquoted_rows(self, begin: int, end: int, window: Window) -> Found | None:
        """The rows of a block without quotes; None: that is not so simple."""
        start = begin
        if begin > self.file.data_start:
            if window.find(b'"', begin, end) >= 0:
                return None
            start = window.find(b"\n", begin, end) + 1
            if start <= 0:
                return None
            self._unquoted.append((begin, end))
        return self._sound(start, end, window)

    def _settled(self, begin: int, end: int, window: Window) -> Found | None:
        """The rows by the one way to read the block that can be; None: none can, or both."""
        if begin == self.file.data_start:
            return self._sound(begin, end, window)
        while begin < end and window.byte(begin - 1) == window.byte(begin) == _QUOTE:
            begin += 1  # a doubled quote is no state to begin in; no row starts within it
        if begin == end:
            return end, end, 0
        outside, inside = (self._read_as(begin, end, window, inside=inside) for inside in (False, True))
        for found, other in ((outside, inside), (inside, outside)):
            if not isinstance(found, Unread) and other in (Unread.QUOTES, Unread.BROKEN):
                return found
            if found is Unread.NO_ROW and other is Unread.QUOTES:
                return end, end, 0
        return None

    def _read_as(self, begin: int, end: int, window: Window, *, inside: bool) -> Found | Unread:
        """The rows if the block begins inside quotes, or outside.

        What follows in the window is looked at, too, for what it says of the rows before.
        """
        if not self._quotes_fit(begin, window, inside=inside):
            return Unread.QUOTES
        wide = window.stop == self.file.size or window.stop - end >= _WIDER[0]
        reach = (end + window.stop) // 2 if window.stop - end >= _WIDER[0] else end
        start = self._next_row(begin, reach, window, inside=inside)
        if start is None:
            return Unread.NO_ROW
        found = self._sound(start, max(start, reach), window)
        if found is None:
            return Unread.BROKEN if wide else Unread.UNSURE
        return (end, end, 0) if start > end else self._sound(start, end, window) or Unread.UNSURE

    def _quotes_fit(self, begin: int, window: Window, *, inside: bool) -> bool:
        """Whether the first quotes from `begin` on can be what they would have to be: opening, doubled, or closing."""
        mark, at = self.file.delimiter, begin
        if not inside and window.byte(begin - 1) == _QUOTE and window.byte(begin) not in (mark, *_ROW_ENDS):
            return False
        for _ in range(_QUOTES_LOOKED_AT):
            first = window.find(b'"', at, window.stop)
            if first < 0:
                return True
            behind = first
            while behind < window.stop and window.byte(behind) == _QUOTE:
                behind += 1
            if behind == window.stop:
                return True
            if not inside and window.byte(first - 1) not in (mark, _LINE_FEED):
                return False
            inside ^= (behind - first) % 2 == 1
            if not inside and window.byte(behind) not in (mark, *_ROW_ENDS):
                return False
            at = behind
        return True

    def _next_row(self, begin: int, limit: int, window: Window, *, inside: bool) -> int | None:
        """Where the first row starts behind `begin`; None: not before `limit`."""
        from etl_batch.kernels.csv_check import next_row

        # One byte more is looked at, for a row may start at `limit` itself, and "nowhere" is told by the end.
        stop = min(limit + 1, window.stop)
        found = int(next_row(window.at(begin), window.at(stop), int(inside))) - window.at(0)
        return None if found > limit or found >= self.file.size else found

    def _sound(self, start: int, last: int, window: Window) -> Found | None:
        """The rows from `start` to the first one's end behind `last`; None: one is broken or too long."""
        from etl_batch.kernels.csv_check import check_rows

        if start >= self.file.size:
            return last, last, 0
        found = np.zeros(FOUND_FIELDS, dtype=np.uint64)
        delimiter, columns = self.file.delimiter, self.file.columns
        stop = int(check_rows(window.at(start), window.at(last), window.at(window.stop), delimiter, columns, found))
        if not stop:
            return None
        stop -= window.at(0)
        if stop == window.stop < self.file.size and (stop <= last or window.byte(stop - 1) != _LINE_FEED):
            return None  # the window ends within the last row, or before it
        return start, stop, int(found[0])

    def _wider(self, begin: int, stop: int) -> Window:
        content = os.pread(self.descriptor, stop - begin + 1, begin - 1)
        address = int(np.frombuffer(content, np.uint8).ctypes.data)
        return Window(content, address, begin - 1, begin - 1 + len(content))
