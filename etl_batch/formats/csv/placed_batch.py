"""The rows of a stretch of a CSV: found, checked, rewritten and read in one go, when they are written.

Where the first one begins may be a guess (see `unsettled_csv`), and where the last one ends may lie behind what is in
memory. What cannot be told from there is looked at carefully, in the file: that a row is broken, or where it ends.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import field, replace

import numpy as np
import numpy.typing as npt

from etl_batch.formats.csv.batch import CsvBatch, Origin
from etl_batch.formats.csv.check import NONE_BAD
from etl_batch.formats.csv.column_types import SKIPPED
from etl_batch.formats.csv.columns import Cells, Columns
from etl_batch.formats.csv.csv_file import TypedCsv
from etl_batch.formats.csv.taking import RowTaker, Taken
from etl_batch.formats.format import Placed, Sampling
from etl_batch.kernels.columns import Array
from etl_batch.kernels.csv_check import next_row
from etl_batch.light_dataclass import dataclass
from etl_batch.values import NOT_KNOWN, Span


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes of a CSV in memory: those of a span, and as many behind it as mostly hold the end of its last row."""

    span: Span
    content: Array  #: shape (bytes,): from the span's beginning on
    is_last: bool  #: the file ends with it
    likely_rows: int  #: there are hardly more in it


@dataclass(frozen=True, slots=True)
class Seen:
    """What is said of rows beside where they are."""

    line_ends: tuple[int, int]  #: see `Taken.line_ends`
    classes: npt.NDArray[np.uint8]  #: shape (columns,): bits of `Class` of the measures


@dataclass(frozen=True, slots=True)
class Found:
    """Sound rows side by side."""

    start: int  #: where in the file
    text: Array
    rows: int
    seen: Seen


@dataclass(frozen=True, slots=True)
class Source:
    """What the rows belong to."""

    csv: TypedCsv
    is_as_planned: Callable[[Seen], bool]
    look: Callable[[Span], Found | None]  #: finds the rows of a span in the file; see `UnsettledCsv.look`


@dataclass
class PlacedBatch(CsvBatch, Placed):
    """See `format.Placed`."""

    source: Source = field(kw_only=True)
    stretch: Stretch = field(kw_only=True)
    _room: int = 0  #: that was asked for
    _is_found: bool = False  #: where the rows are is known

    @classmethod
    def of(cls, source: Source, stretch: Stretch) -> PlacedBatch:
        """Of a stretch, none of whose rows is known."""
        return cls(source.csv, stretch.content[:0], 0, source=source, stretch=stretch)

    def csv_room(self) -> int:
        """See `Batch.csv_room`."""
        self._room = super().csv_room() if self._is_found else 5 * len(self.stretch.content) // 2 + 128
        return self._room

    def write_csv(self, out: int, counts: int, sampling: Sampling | None = None) -> int:
        """See `Placed.write_csv`.

        Raises:
            BadRow, FormatMagic: a row is broken, and it is known that it is one.
        """
        if self._is_found:
            return super().write_csv(out, counts, sampling)
        for at in self._beginnings():
            ours = np.zeros(2, dtype=np.uint64)  # a wrong guess counts nothing
            end = self._taken(at, out, ours.ctypes.data if counts else 0)
            if end:
                if counts and self.span is not None:
                    _add(counts, ours)
                return end
        if self.stretch.is_last and self.stretch.span.first_row == NOT_KNOWN:
            return out
        found = self.source.look(self.stretch.span)
        if found is None:
            return out
        self._settle(found)
        self._is_found = self.span is not None
        if not self._is_found:
            return out
        return super().write_csv(out, counts, sampling) if super().csv_room() <= self._room else 0

    def _beginnings(self) -> Iterator[int]:
        """Addresses where the first row may begin."""
        base, stop = self._reach
        if self.stretch.span.first_row != NOT_KNOWN:
            yield base
            return
        last = self._last
        for inside in (0, 1):
            begins = int(next_row(base, min(last + 1, stop), inside))
            if begins <= last:
                yield begins

    def _taken(self, at: int, out: int, counts: int) -> int:
        """Take the rows that begin at an address; returns the address behind what was written.

        0: one of them is broken, or does not end here.
        """
        stop = self._reach[1]
        room = self.stretch.likely_rows
        while True:
            classes = np.zeros(self.csv.file.columns, dtype=np.uint8)
            (taken, columns), notes = self._take(at, (out, counts), room, classes), self._notes
            if taken.is_broken or (taken.stop == stop and not self.stretch.is_last):
                return 0
            if taken.stop > self._last or taken.stop == stop:
                break
            room = (stop - at + 1) // self.csv.file.columns + 1  # as many as there can be
        base = self._reach[0]
        text = self.stretch.content[at - base : taken.stop - base]
        self._settle(Found(self.stretch.span.start + at - base, text, taken.rows, Seen(taken.line_ends, classes)))
        if taken.bad_rows:
            self.span = None
        self._known, self._notes = columns, notes
        return taken.out

    def _take(
        self, at: int, outputs: tuple[int, int], rows: int, classes: npt.NDArray[np.uint8]
    ) -> tuple[Taken, Columns | None]:
        """Take so many rows at most; `outputs` is where they and counts go."""
        file, stop, reader = self.csv.file, self._reach[1], None
        taker = RowTaker(file.delimiter, file.columns, file.is_utf8)
        taker.write(*outputs)
        self._choose(taker)
        self._notes = self._noting(taker)
        if self.csv.along:
            kinds = dict(zip(self.csv.along, self._placed(self.csv.along), strict=True))
            cells = Cells.of(at, stop, file.delimiter, (rows, file.columns))
            reader = cells.reading([kinds.get(name, SKIPPED) for name in file.names], taker, is_strict=True)
            taker.note_classes(classes)
        taken = taker.take(at, self._last, stop)
        return taken, reader.columns(taken.rows) if reader else None

    def _settle(self, found: Found) -> None:
        """These are the rows, if they are as the plan has them."""
        self.text, self.rows = found.text, found.rows
        self.origin = Origin(found.start, self.stretch.span.first_row, found.text, NONE_BAD)
        if self.source.is_as_planned(found.seen):
            stop = found.start + len(found.text)
            self.span = replace(self.stretch.span, start=found.start, stop=stop, rows=found.rows)

    @property
    def _reach(self) -> tuple[int, int]:
        """The addresses of what is in memory."""
        base = int(self.stretch.content.ctypes.data)
        return base, base + len(self.stretch.content)

    @property
    def _last(self) -> int:
        """The address up to which rows may begin that are the span's."""
        return self._reach[0] + self.stretch.span.stop - self.stretch.span.start


def _add(counts: int, more: npt.NDArray[np.uint64]) -> None:
    """Add to the counts at an address; see `Batch.write_csv`."""
    kept = (ctypes.c_uint64 * 2).from_address(counts)
    for place, added in enumerate(more.tolist()):
        kept[place] += added
