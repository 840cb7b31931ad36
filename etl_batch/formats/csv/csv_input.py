"""One checked CSV as a source: planned and read by spans, rewritten as text or read as typed columns."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.csv.column_types import TEXT, CellType
from etl_batch.formats.csv.csv_file import CsvFile, TypedCsv
from etl_batch.formats.csv.csv_source import CsvSource
from etl_batch.formats.csv.pieces import BadRows, Checked
from etl_batch.formats.csv.problem_text import reason
from etl_batch.formats.mapped_file import MappedFile
from etl_batch.kernels.columns import Array
from etl_batch.kernels.csv_problems import ROW, START, STOP
from etl_batch.light_dataclass import dataclass
from etl_batch.values import Rejected, Span

if TYPE_CHECKING:
    from etl_batch.formats.csv.batch import CsvBatch

_FIRST_ROWS = 1000  #: that are looked at, to advise a type


@dataclass(frozen=True)
class CsvInput(CsvSource):
    """One CSV of a job, as the check found it."""

    ordinal: int
    file: CsvFile
    pieces: tuple[Checked, ...] = field(repr=False)  #: those with rows, in order
    types: tuple[CellType, ...]  #: of the columns in the Parquet: the declared ones, and those inferred
    measures: tuple[tuple[str, CellType], ...] = ()  #: columns of numbers, and how these are read to be added up
    along: tuple[str, ...] = field(default=(), repr=False)  #: see `TypedCsv`
    marks: tuple[bool, ...] = field(default=(), repr=False)  #: see `Source.marked`; empty: nobody asked
    is_typed: bool = field(default=False, repr=False)  #: see `CsvSource.is_typed`

    @cached_property
    def rows(self) -> int:
        """See `Source.rows`."""
        return sum(piece.rows for piece in self.pieces)

    def marked(self) -> Sequence[bool]:
        """See `Source.marked`: where a type says so, or every cell proves it."""
        return self.marks or super().marked()

    @property
    def _typed(self) -> TypedCsv:
        return TypedCsv(self.file, self.types, self.measures, self.along)

    @cached_property
    def _first_rows(self) -> list[int]:
        return list(itertools.accumulate((piece.rows for piece in self.pieces), initial=0))

    def plan(self, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
        """See `Source.plan`: a span is a piece as it was checked."""
        return [
            Span(
                ordinal=first_ordinal + number,
                source=self.ordinal,
                start=piece.start,
                stop=piece.stop,
                first_row=first_row,
                rows=piece.rows,
                part=first_part + (piece.start - self.pieces[0].start) // chunk_bytes,
            )
            for number, (piece, first_row) in enumerate(zip(self.pieces, self._first_rows, strict=False))
        ]

    @contextmanager
    def read(self, span: Span) -> Iterator[CsvBatch]:
        """See `Source.read`."""
        from etl_batch.formats.csv.batch import CsvBatch, Origin

        piece = self.pieces[bisect_right(self._first_rows, span.first_row) - 1]
        with self.file.mapped(span.start, span.stop) as mapped:
            rows = _good_rows(mapped, span, piece.bad)
            rejected = list(self._rejected(mapped, span, piece.bad))
            text = self.file.restored(rows)
            origin = Origin(span.start, span.first_row, rows, piece.bad)
            yield CsvBatch(self._typed, text, span.rows - len(piece.bad), rejected, origin)

    def _rejected(self, mapped: MappedFile, span: Span, bad: BadRows) -> Iterator[Rejected]:
        places = self.file.original_places([int(listed[START]) for listed in bad])
        for listed, byte in zip(bad, places, strict=True):
            raw = mapped.cut(int(listed[START]), int(listed[STOP]))
            row = span.first_row + int(listed[ROW]) + 1
            said = reason(self.file, listed, raw)
            stands = self.file.row_as_it_stands(raw, int(listed[START]), int(listed[STOP]))
            yield Rejected(self.ordinal, row, byte, said, stands)


def _good_rows(mapped: MappedFile, span: Span, bad: BadRows) -> npt.NDArray[np.uint8]:
    """The bytes of the sound rows of a span: as they are mapped, or, if some are left out, side by side."""
    whole: Array = mapped.content[span.start - mapped.start : span.stop - mapped.start]
    if not len(bad):
        return whole
    starts = [span.start, *map(int, bad[:, STOP])]
    stops = [*map(int, bad[:, START]), span.stop]
    runs = [whole[start - span.start : stop - span.start] for start, stop in zip(starts, stops, strict=True)]
    return np.concatenate(runs)


def first_cells(file: CsvFile, piece: Checked, names: Sequence[str]) -> dict[str, list[str | None]]:
    """The cells of some columns in the first sound rows of a piece, as text.

    Args:
        file: of the piece.
        piece: as it was checked.
        names: of the columns.
    """
    source = CsvInput(0, file, (piece,), (TEXT,) * file.columns, ())
    store = source.row_store()
    for span in source.plan(piece.stop - piece.start, 0, 0):
        with source.read(span) as batch:
            if batch.rows:
                store.add(batch.pick(np.arange(min(batch.rows, _FIRST_ROWS), dtype=np.uint64)))
    table = store.table()
    return {name: table.column(file.names.index(name)).to_pylist() for name in names}
