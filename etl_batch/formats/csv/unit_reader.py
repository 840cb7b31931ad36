"""CSV files: blocks of bytes drawn at random, each of which owns the rows that *start* in it.

So a row is drawn as often as any other, however long it is; to take the row behind a random byte would favour those
behind long ones. Blocks without quotes, of which there are most, are read by one compiled loop (`csv_unit_reads`); all
others one by one, for what their rows are must be found out (`csv_ownership`).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field, replace

import numpy as np
import numpy.typing as npt

from etl_batch.formats.csv.check import check
from etl_batch.formats.csv.column_types import CellType, number_type
from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.pieces import Checked, Piece
from etl_batch.formats.csv.problem_text import bad_row, rows_of
from etl_batch.formats.csv.unit_cells import CsvCells
from etl_batch.formats.csv.unit_loop import BlockLoop, can_read
from etl_batch.formats.csv.unit_ownership import Ownership, Window
from etl_batch.formats.units.footerless import FooterlessReader, refuse_changed
from etl_batch.formats.units.pages import Pages
from etl_batch.formats.units.read_ahead import useful_threads
from etl_batch.formats.units.unit import LEAST_UNITS, Integers, ReadAgain, Rows, Strata, Wanted, WholeRows
from etl_batch.kernels.cell_readings import Class
from etl_batch.light_dataclass import dataclass
from etl_batch.values import KIB, MIB

BLOCK_BYTES = 8 * KIB  #: some hundred rows: enough to make up for the way there, few enough to differ from the next
_READ_ALL_BYTES = 16 * MIB
_FIRST_LOOK_BYTES = 64 * KIB
_LINES_BEHIND = 4  #: read along with a block, for the end of its last row; so many of the mean length
_LEAST_BEHIND, _MOST_BEHIND = 128, 4 * KIB


@dataclass
class CsvReader(FooterlessReader):
    """See `unit.Reader`. A unit is a block of bytes."""

    file: CsvFile
    descriptor: int
    cells: CsvCells
    ownership: Ownership
    pages: Pages = field(init=False)
    unit: str = "block"
    size_name: str = "bytes"
    rows_population: None = None
    least_units: int = LEAST_UNITS
    at_once: int = field(default_factory=useful_threads)
    _row_bytes: float = field(init=False)  #: of the first rows, on average
    _seen: npt.NDArray[np.uint8] = field(init=False)  #: `Class` of the cells of each column, where all are read
    _one_by_one: threading.Lock = field(default_factory=threading.Lock)  #: `Ownership` remembers what it has seen

    def __post_init__(self) -> None:
        self.pages = Pages(self.file.size)
        first = os.pread(self.descriptor, _FIRST_LOOK_BYTES, self.file.data_start)
        self._seen = np.zeros(self.file.columns, np.uint8)
        self._row_bytes = len(first) / max(first.count(b"\n"), 1)

    @property
    def units(self) -> int:
        """See `Reader.units`."""
        return -(-(self.file.size - self.file.data_start) // BLOCK_BYTES)

    @property
    def size_population(self) -> float:
        """See `Reader.size_population`."""
        return float(self.file.size - self.file.data_start)

    @property
    def equal(self) -> None:
        """See `Reader.equal`: how far the rows of a block reach shows when it is read."""

    @property
    def rows_per_unit(self) -> float:
        """See `Reader.rows_per_unit`."""
        return BLOCK_BYTES / self._row_bytes

    def read(self, numbers: Sequence[int] | Integers, wanted: Wanted) -> Rows:
        """See `Reader.read`."""
        begins = self.file.data_start + np.asarray(numbers, dtype=np.int64) * BLOCK_BYTES
        ends = np.minimum(begins + BLOCK_BYTES, self.file.size)
        if not can_read(self.file, wanted):
            return self._read_one_by_one(begins, ends, wanted)
        taken = BlockLoop(self.file, self.descriptor, self._behind).read(begins, ends, wanted)
        fast = np.delete(np.arange(len(begins)), taken.slow)
        self.pages.touch(begins[fast], np.maximum(taken.stops, ends[fast]))
        rows = Rows(
            taken.per_unit, (taken.stops - taken.starts).astype(np.float64), taken.values, taken.strata, None
        )  # fmt: skip
        with self._one_by_one:
            self.ownership.take_unquoted(begins[fast], ends[fast])
        if not len(taken.slow):
            return rows
        return _joined(rows, self._read_one_by_one(begins[taken.slow], ends[taken.slow], wanted))

    @property
    def _behind(self) -> int:
        return int(min(max(_LINES_BEHIND * self._row_bytes, _LEAST_BEHIND), _MOST_BEHIND))

    def _read_one_by_one(self, begins: Integers, ends: Integers, wanted: Wanted) -> Rows:
        room = 1 + BLOCK_BYTES + _MOST_BEHIND
        buffer = bytearray(room * len(begins))
        view, address = memoryview(buffer), int(np.frombuffer(buffer, np.uint8).ctypes.data)
        text: list[memoryview] = []
        found = np.empty((len(begins), 3), dtype=np.int64)
        with self._one_by_one:
            for place, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
                slot = room * place
                length = os.preadv(self.descriptor, [view[slot : slot + room]], begin - 1)
                window = Window(buffer, address, begin - 1 - slot, begin - 1 + length)
                found[place], window = self.ownership.rows_of(begin, end, window)
                start, stop = int(found[place, 0]) - window.shift, int(found[place, 1]) - window.shift
                text.append(memoryview(window.content)[start:stop])
            self.ownership.confirm()
        starts, stops, rows = found.T
        self.pages.touch(begins, np.maximum(stops, ends))
        return self._rows(text, rows, (stops - starts).astype(np.float64), wanted)

    def read_all(self, wanted: Wanted) -> Iterator[WholeRows]:
        """See `Reader.read_all`."""
        self.pages.touch_all()
        checked: list[Checked] = []
        numbers = self.cells.numbers_of(wanted)
        file = replace(self.file, measured=tuple(self.file.names.index(name) for name in numbers))
        at = self.file.data_start
        while at < self.file.size:
            piece = check(Piece(file, at, min(at + _READ_ALL_BYTES, file.size), at_row=True))
            if len(piece.bad):
                raise bad_row(self.file, rows_of(checked), piece)
            checked.append(piece)
            kinds = self._kinds(numbers, piece.classes)
            with file.mapped(piece.start, piece.stop) as mapped:
                text = mapped.content[: piece.stop - piece.start]
                yield self.cells.whole(text, piece.rows, wanted, kinds)
            at = piece.stop

    def _kinds(self, numbers: Sequence[str], classes: npt.NDArray[np.uint8]) -> dict[str, CellType]:
        """How columns are read by what was seen of their cells so far, as a run reads them that has seen all.

        Raises:
            ReadAgain: they were read otherwise before.
        """
        before, self._seen = self._seen, self._seen | classes
        found = {}
        for name in numbers:
            place = self.file.names.index(name)
            kind = number_type(int(self._seen[place]))
            if int(before[place]) & ~Class.EMPTY and number_type(int(before[place])) != kind:
                raise ReadAgain
            if kind is not None:
                found[name] = kind
        return found

    def _rows(self, text: list[memoryview], per_unit: Integers, sizes: np.ndarray, wanted: Wanted) -> Rows:
        joined = np.frombuffer(b"".join(text), np.uint8)
        return self.cells.rows(joined, per_unit, sizes, wanted)


def _joined(rows: Rows, other: Rows) -> Rows:
    """The rows of both, without a filter's columns."""
    strata = None
    if rows.strata is not None and other.strata is not None:
        codes = np.concatenate([rows.strata.codes, other.strata.codes + len(rows.strata.values)])
        strata = Strata(codes, [*rows.strata.values, *other.strata.values])
    return Rows(
        per_unit=np.concatenate([rows.per_unit, other.per_unit]),
        sizes=np.concatenate([rows.sizes, other.sizes]),
        values={name: np.concatenate([values, other.values[name]]) for name, values in rows.values.items()},
        strata=strata,
        conditions=None,
    )


@contextmanager
def open_csv_blocks(file: CsvFile) -> Iterator[CsvReader]:
    """Open a CSV for random reading.

    Raises:
        InputChanged: it is not, or does not stay, what it was when it was opened.
    """
    descriptor = file.open()
    try:
        refuse_changed(descriptor, file.read_identity, file.place.path)
        yield CsvReader(file, descriptor, CsvCells(file), Ownership(file, descriptor))
        refuse_changed(descriptor, file.read_identity, file.place.path)
    finally:
        os.close(descriptor)
