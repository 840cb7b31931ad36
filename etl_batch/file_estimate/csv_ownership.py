"""Which rows start in a block of a CSV, although nobody read what lies before it.

A block begins outside of quotes or inside. Both are tried, strictly: behind the first line feed that would end a row, all
rows must be sound and have the right number of cells; and the first quote must be one that can open a cell, or close one.
Where both can be, more of the file is looked at; where that does not settle it, the file cannot be sampled. A block
without any quote and full of sound rows lies outside, unless the first quote behind it says otherwise: if there are
quotes at all, it is looked at.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass, field

import numpy as np

from etl_batch.file_estimate.contract import CannotSample, Integers
from etl_batch.sources.csv_file import CsvFile
from etl_batch.values import KIB, MIB

_QUOTE = ord('"')
_LINE_FEED = ord("\n")
_ROW_ENDS = (_LINE_FEED, ord("\r"))
_QUOTES_LOOKED_AT = 16  #: runs of quotes
_FARTHEST = MIB  #: behind a block, up to which the end of its last row and evidence are looked for
_NEXT_QUOTE = 64 * KIB  #: behind a block without quotes, up to which one is looked for


@dataclass
class Ownership:
    """Finds the rows of blocks of one mapped CSV. A block owns the rows that start behind its first byte, as far as its
    end; the first block owns the first row, too."""

    file: CsvFile
    mapping: mmap.mmap
    base: int  #: address of the file's first byte
    _quotes_seen: bool = False
    _unquoted: list[tuple[int, int]] = field(default_factory=list)

    def rows_of(self, begins: Integers, ends: Integers) -> tuple[Integers, Integers, Integers]:
        """Where the rows of blocks start and stop in the file, and how many they are; each of shape (blocks,).

        Raises:
            CannotSample: it cannot be told.
        """
        found = np.empty((len(begins), 3), dtype=np.int64)
        for place, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
            found[place] = self._rows_of(begin, end)
        if self._quotes_seen:
            for begin, end in self._unquoted:
                self._confirm_outside(begin, end)
            self._unquoted.clear()
        return found[:, 0], found[:, 1], found[:, 2]

    def _rows_of(self, begin: int, end: int) -> tuple[int, int, int]:
        if begin == self.file.data_start:
            return self._must(self._sound(begin, end, end), begin)
        if self.mapping.find(b'"', begin, end) < 0:
            start = self._next_row(begin, end, inside=False)
            if start is None:  # no line feed: a row longer than the block, or a cell with nothing to tell
                self._quotes_seen = True
                return self._by_both(begin, end)
            self._unquoted.append((begin, end))
            return self._must(self._sound(start, end, end), begin)
        self._quotes_seen = True
        return self._by_both(begin, end)

    def _by_both(self, begin: int, end: int) -> tuple[int, int, int]:
        """The rows by the one way to read the block that can be."""
        reach = end
        while True:
            outside = self._read_as(begin, end, reach, inside=False)
            inside = self._read_as(begin, end, reach, inside=True)
            if outside is None or inside is None:
                found = outside or inside
                return self._must(found, begin)
            if outside == inside:
                return outside
            if reach >= min(end + _FARTHEST, self.file.size):
                raise CannotSample(f"whether byte {begin} lies inside quotes cannot be told from what is around it")
            reach = min(end + 4 * max(reach - end, end - begin), end + _FARTHEST, self.file.size)

    def _read_as(self, begin: int, end: int, reach: int, *, inside: bool) -> tuple[int, int, int] | None:
        """The rows if the block begins inside quotes, or outside; None: that cannot be.

        What follows as far as `reach` is looked at, too, for what it says of the rows before.
        """
        if not self._quotes_fit(begin, min(reach + _NEXT_QUOTE, self.file.size), inside=inside):
            return None
        start = self._next_row(begin, reach, inside=inside)
        if start is None:
            return end, end, 0
        if reach > end and self._sound(start, reach, reach) is None:
            return None
        if start > end:
            return end, end, 0
        return self._sound(start, end, reach)

    def _quotes_fit(self, begin: int, limit: int, *, inside: bool) -> bool:
        """Whether the first quotes from `begin` on can be what they would have to be: opening, doubled, or closing."""
        mark, at = self.file.delimiter, begin
        for _ in range(_QUOTES_LOOKED_AT):
            first = self.mapping.find(b'"', at, limit)
            if first < 0:
                return True
            behind = first
            while behind < self.file.size and self.mapping[behind] == _QUOTE:
                behind += 1
            if not inside and self.mapping[first - 1] not in (mark, _LINE_FEED):
                return False
            inside ^= (behind - first) % 2 == 1
            if not inside and behind < self.file.size and self.mapping[behind] not in (mark, *_ROW_ENDS):
                return False
            at = behind
        return True

    def _confirm_outside(self, begin: int, end: int) -> None:
        """Make sure that a block without quotes does not lie within a long quoted cell."""
        limit = min(end + _NEXT_QUOTE, self.file.size)
        if not self._quotes_fit(begin, limit, inside=False):
            raise CannotSample(f"byte {begin} seems to lie within a quoted cell of many lines")

    def _next_row(self, begin: int, limit: int, *, inside: bool) -> int | None:
        """Where the first row starts behind `begin`; None: not before `limit`."""
        from etl_batch.kernels.csv_check import next_row

        # One byte more is looked at, for a row may start at `limit` itself, and "nowhere" is told by the end.
        stop = min(limit + 1, self.file.size)
        found = int(next_row(self.base + begin, self.base + stop, int(inside))) - self.base
        return None if found > limit or found >= self.file.size else found

    def _sound(self, start: int, last: int, reach: int) -> tuple[int, int, int] | None:
        """The rows from `start` to the first one's end behind `last`; None: one is broken."""
        from etl_batch.kernels.csv_check import check_rows

        if start >= self.file.size:
            return last, last, 0
        found = np.zeros(3, dtype=np.uint64)
        limit = min(max(reach, last) + _FARTHEST, self.file.size)
        stop = int(
            check_rows(
                self.base + start, self.base + last, self.base + limit, self.file.delimiter, self.file.columns, found
            )
        )
        return (start, stop - self.base, int(found[0])) if stop else None

    @staticmethod
    def _must(found: tuple[int, int, int] | None, begin: int) -> tuple[int, int, int]:
        if found is None:
            raise CannotSample(f"the rows behind byte {begin} are broken, or longer than 1 MiB")
        return found
