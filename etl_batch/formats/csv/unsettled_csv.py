"""One CSV as a source whose rows are checked, counted and converted in one pass.

Where a span's first row begins is a guess at first: behind the first line feed that no quotes enclose, be it that the
span begins outside quotes, or inside. A wrong guess meets a broken row soon, as a rule. Whether a guess was right
shows where the span before it ends: the parent, which has the spans in order, compares, and has a span done again
from the right place. A row is called broken only there.

The pass begins with what the first rows look like, and with how long rows are here and there. Where that proves wrong
(a measure is of another type, or of none; a line ends otherwise; there are far more rows, or fewer), it is given up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from etl_batch.errors import EtlError
from etl_batch.formats.csv.column_types import TEXT, CellType, number_type
from etl_batch.formats.csv.csv_file import CsvFile, TypedCsv
from etl_batch.formats.csv.csv_source import CsvSource
from etl_batch.formats.format import MAX_SPAN_BYTES
from etl_batch.formats.unsettled import Unsettled
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.values import KIB, MIB, NOT_KNOWN, Span

if TYPE_CHECKING:
    from etl_batch.formats.csv.check import SoundRows
    from etl_batch.formats.csv.placed_batch import Found, PlacedBatch, Seen
    from etl_batch.formats.mapped_file import MappedFile
    from etl_batch.formats.opening import Mapper


_LF, _QUOTE = b'\n"'
_HEAD_BYTES = MIB  #: that say what measures look like
_STRETCHES, _STRETCH_BYTES = 16, 64 * KIB  #: all over a file, that say how long its rows are
_WRONG_BY = 0.1  #: that the number of rows may differ from what they say
_BEHIND_BYTES = 64 * KIB  #: that are read behind a span, since its last row mostly ends there
_FEW_ROWS = 1024  #: that a span may have beyond its share of all of them, and more


@dataclass(frozen=True, slots=True)
class Unread:
    """A CSV of which nothing but the header was read."""

    file: CsvFile

    @property
    def files(self) -> tuple[NeededFile, ...]:
        """What a worker needs to look at it."""
        return self.file.files


@dataclass(frozen=True, slots=True)
class Looks:
    """What the pass begins with."""

    classes: tuple[int, ...]  #: of each column: what the first cells of all inputs look like, bits of `Class`
    rows: Sequence[tuple[int, int]]  #: of each input: the least and the most that it probably has


@dataclass(frozen=True)
class UnsettledCsv(CsvSource, Unsettled):
    """One CSV of a job, of which only the header, and perhaps the first rows, were looked at."""

    ordinal: int
    file: CsvFile
    measures: tuple[tuple[str, CellType], ...]  #: columns of numbers, and how these are read to be added up
    looks: tuple[int, ...]  #: of each column: what the first cells of all inputs look like, bits of `Class`
    pairs: bool  #: lines end with CR and LF, as the header does; else with LF alone
    least_rows: int  #: see `Unsettled`
    rows: int  #: the same
    along: tuple[str, ...] = field(default=(), repr=False)  #: see `TypedCsv`

    @property
    def least_csv_bytes(self) -> int:
        """See `Unsettled.least_csv_bytes`: of a quoted cell of one byte, its line end two, two bytes of five stay."""
        return 2 * max(self.file.size - self.file.data_start, 0) // 5

    def settled(self, rows: int) -> UnsettledCsv:
        """See `Unsettled.settled`."""
        return replace(self, least_rows=rows, rows=rows)

    def plan(self, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
        """See `Source.plan`: stretches of bytes, as the check in a pass of its own would cut them."""
        step, first = min(chunk_bytes, MAX_SPAN_BYTES), self.file.data_start
        return [
            Span(
                ordinal=first_ordinal + number,
                source=self.ordinal,
                start=start,
                stop=min(start + step, self.file.size),
                first_row=0 if start == first else NOT_KNOWN,
                rows=NOT_KNOWN,
                part=first_part + number * step // chunk_bytes,
            )
            for number, start in enumerate(range(first, self.file.size, step))
        ]

    @contextmanager
    def read(self, span: Span) -> Iterator[PlacedBatch]:
        """See `Source.read`."""
        from etl_batch.formats.csv.placed_batch import PlacedBatch, Source, Stretch

        stop = min(span.stop + _BEHIND_BYTES, self.file.size)
        likely = int(self.rows * (1 + _WRONG_BY)) * (stop - span.start) // max(self.file.size - self.file.data_start, 1)
        likely = min(likely + _FEW_ROWS, (stop - span.start) // self.file.columns + 1)
        with self.file.mapped(span.start, stop) as mapped:
            stretch = Stretch(span, mapped.content[: stop - span.start], stop == self.file.size, likely)
            yield PlacedBatch.of(Source(self._typed, self._is_as_planned, self.look), stretch)

    def look(self, span: Span) -> Found | None:
        """The rows of a span, looked for in the file; None: none begins in it, or one is broken, as far as is known.

        Raises:
            BadRow, FormatMagic: a row is broken, and it is known that it is one.
        """
        from etl_batch.formats.csv.placed_batch import Found, Seen

        with self.file.mapped(span.start, span.stop) as mapped:
            found = self._found(span, mapped)
            if found is None:
                return None
            text = mapped.content[found.start - mapped.start : found.stop - mapped.start]
            return Found(found.start, text, found.rows, Seen(found.line_ends, found.classes))

    def _found(self, span: Span, mapped: MappedFile) -> SoundRows | None:
        """See `look`."""
        from etl_batch.formats.csv.check import sound_rows
        from etl_batch.kernels.csv_check import next_row

        at, last = mapped.base + span.start, mapped.base + span.stop
        if span.first_row != NOT_KNOWN:
            found = sound_rows(self.file, mapped, at, last)
            if found is None:
                raise self._broken(span)
            return found
        for inside in (0, 1):
            begins = int(next_row(at, min(last + 1, mapped.stop), inside))
            if begins <= last and (found := sound_rows(self.file, mapped, begins, last)) is not None:
                return found
        return None

    def _broken(self, span: Span) -> EtlError:
        """The first broken row of a span that begins where a row does."""
        from etl_batch.formats.csv.check import check
        from etl_batch.formats.csv.pieces import Piece
        from etl_batch.formats.csv.problem_text import bad_row

        piece = Piece(self.file, span.start, span.stop, at_row=True, first_only=True)
        return bad_row(self.file, span.first_row, check(piece))

    def _is_as_planned(self, found: Seen) -> bool:
        """Whether rows are what the first ones were: their lines' ends, the types of their measures."""
        with_pair, without = found.line_ends
        seen = [first | later for first, later in zip(self.looks, found.classes.tolist(), strict=True)]
        return not (without if self.pairs else with_pair) and number_types(self.file, seen) == dict(self.measures)

    @property
    def _typed(self) -> TypedCsv:
        return TypedCsv(self.file, (TEXT,) * self.file.columns, self.measures, self.along)


def most_rows(file: CsvFile) -> int:
    """The most that there can be: each has as many delimiters and line ends as columns, but perhaps the last one."""
    return max(file.size - file.data_start + 1, 0) // file.columns


def number_types(file: CsvFile, looks: Sequence[int]) -> Mapping[str, CellType | None]:
    """How each measure is read by what its cells look like; None: it does not hold numbers only."""
    return {file.names[column]: number_type(looks[column]) for column in file.measured}


def looks_of(files: Sequence[CsvFile], run: Mapper) -> Looks:
    """Look at the first cells of each measure, and at how long rows are; where there is no measure, nobody asks."""
    if not files[0].measured:
        return Looks((0,) * files[0].columns, [(0, most_rows(file)) for file in files])
    looked = list(run(look_at, [Unread(file) for file in files]))
    columns = zip(*(classes for classes, _ in looked), strict=True)
    return Looks(tuple(reduce(or_, column) for column in columns), [rows for _, rows in looked])


def look_at(unread: Unread) -> tuple[bytes, tuple[int, int]]:
    """What the cells of the first rows look like, a byte for each column, and how many rows there probably are.

    Of no rows, or where one of them is broken, cells look like nothing.
    """
    from etl_batch.formats.csv.check import sound_rows

    file = unread.file
    if file.size <= file.data_start:
        return bytes(file.columns), (0, 0)
    stop = min(file.data_start + _HEAD_BYTES, file.size)
    with file.mapped(file.data_start, stop) as mapped:
        found = sound_rows(file, mapped, mapped.base + file.data_start, mapped.base + stop)
        return bytes(file.columns) if found is None else found.classes.tobytes(), _probable_rows(file)


def _probable_rows(file: CsvFile) -> tuple[int, int]:
    """The least and the most, by lines here and there; a line may end within quotes, and then is no row."""
    import numpy as np

    whole, most = file.size - file.data_start, most_rows(file)
    if whole <= _STRETCHES * _STRETCH_BYTES:
        return 0, most
    lines, quotes = [], 0
    for start in range(file.data_start, file.size - _STRETCH_BYTES, whole // _STRETCHES):
        with file.mapped(start, start + _STRETCH_BYTES) as mapped:
            stretch = mapped.content[:_STRETCH_BYTES]
            lines.append(int(np.count_nonzero(stretch == _LF)))
            quotes += int(np.count_nonzero(stretch == _QUOTE))
    stretches = whole / _STRETCH_BYTES
    least = 0 if quotes else int((1 - _WRONG_BY) * max(min(lines) - 1, 0) * stretches)
    return least, min(int((1 + _WRONG_BY) * (max(lines) + 1) * stretches), most)
