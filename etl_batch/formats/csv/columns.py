"""Sound CSV rows in memory as typed columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.errors import InputChanged, OutOfMemory
from etl_batch.formats.csv.column_types import CellType, arrow_type
from etl_batch.formats.csv.taking import RowTaker
from etl_batch.formats.noted_facts import CellNotes
from etl_batch.kernels.cell_looks import measure_columns
from etl_batch.kernels.cell_readings import (
    BYTES,
    EXTRA,
    READ_FIELDS,
    READING,
    TEXT_SLACK,
    USED,
    VALID,
    VALUES,
    WIDTH,
    Reading,
)
from etl_batch.kernels.columns import Array, Column, Kind
from etl_batch.kernels.csv_listing import LIST_SLACK, list_cells, listing_room
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

_OFFSETS = (Reading.TEXT, Reading.BYTES)
_ROOMY_TEXTS = 3  #: as many texts are each given all of the rows' bytes as room
_LONGEST_TEXT = 2**31 - 1  #: bytes that Arrow's offsets of 32 bits reach
_LONG_ROW = "look for a quote that is never closed; to CSV alone (-o without -p) it can be copied as it is"
_LONGEST_RUN = 2**32 - 1  #: bytes that its offsets reach
_VALUE_BYTES = {
    Reading.BOOL: 1, Reading.DATE: 4, Reading.TIMESTAMP: 8, Reading.LOCAL_TIMESTAMP: 8, Reading.DECIMAL: 16,
    Reading.PLACE: 8,
}  # fmt: skip
#: how the kernels see what was read
_FORMS = {
    (Reading.TEXT, 0): Kind.TEXT, (Reading.PLACE, 0): Kind.PLACED_TEXT,
    (Reading.FLOAT, 4): Kind.F32, (Reading.FLOAT, 8): Kind.F64,
    (Reading.SIGNED, 1): Kind.I8, (Reading.SIGNED, 2): Kind.I16, (Reading.SIGNED, 4): Kind.I32,
    (Reading.SIGNED, 8): Kind.I64, (Reading.UNSIGNED, 1): Kind.U8, (Reading.UNSIGNED, 2): Kind.U16,
    (Reading.UNSIGNED, 4): Kind.U32, (Reading.UNSIGNED, 8): Kind.U64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of sound rows in memory."""

    base: int  #: address of the first row
    stop: int  #: address behind the last row, which may lack its line feed
    delimiter: int
    rows: int
    columns: int

    @classmethod
    def of(cls, base: int, stop: int, delimiter: int, shape: tuple[int, int]) -> Cells:
        """Those of the rows between two addresses; `shape` is (rows, columns)."""
        if stop - base >= _LONGEST_RUN:
            raise OutOfMemory("a row of more than 4 GiB cannot be read into typed columns", mend=_LONG_ROW)
        return cls(base, stop, delimiter, *shape)

    def starts(self) -> npt.NDArray[np.uint32]:
        """Where each begins, as offsets from the base, shape (rows * columns + 1,): each is one behind a cell's end."""
        found = np.empty(self.rows * self.columns + LIST_SLACK, dtype=np.uint32)
        list_cells(self.base, self.stop, self.delimiter, found.ctypes.data)
        return found[: self.rows * self.columns + 1]

    def classify(self, classes: npt.NDArray[np.uint8]) -> None:
        """Or the `Class` of every cell into its column's; shape (columns,)."""
        taker = RowTaker(self.delimiter, self.columns)
        taker.classify(classes)
        self._take(taker)

    def noted(self) -> CellNotes:
        """What is known of all cells."""
        notes, taker = CellNotes(self.columns), RowTaker(self.delimiter, self.columns)
        taker.note_facts(notes.noted)
        self._take(taker)
        return notes

    def read(self, types: Sequence[CellType]) -> Columns:
        """Read every cell as its column's type."""
        taker = RowTaker(self.delimiter, self.columns)
        reading = self.reading(types, taker)
        self._take(taker)
        return reading.columns()

    def reading(self, types: Sequence[CellType], taker: RowTaker, *, is_strict: bool = False) -> Reader:
        """Let every cell be read as its column's type, when the rows are taken.

        Args:
            types: of the columns.
            taker: takes them; no more than there are said to be.
            is_strict: nobody asks which rows have a cell that is not of its column's type.
        """
        lengths = np.full(self.columns, self.stop - self.base, dtype=np.uint64)
        texts = sum(kind.reading in _OFFSETS for kind in types)
        if texts > _ROOMY_TEXTS or self.stop - self.base > _LONGEST_TEXT:
            lengths[:] = 0  # of few texts, all of the rows are room enough: what is not written costs nothing
            measure_columns(self.base, self.stop, self.delimiter, self.rows, self._scratch(), lengths)
        rooms = [_Room.of(kind, self.rows, int(length)) for kind, length in zip(types, lengths, strict=True)]
        table = np.zeros((self.columns, READ_FIELDS), dtype=np.uint64)
        for line, (kind, room) in zip(table, zip(types, rooms, strict=True), strict=True):
            line[READING], line[WIDTH], line[EXTRA] = kind.reading, kind.width, kind.extra
            line[VALUES], line[VALID], line[BYTES] = (
                room.values.ctypes.data,
                room.valid.ctypes.data,
                room.text.ctypes.data,
            )
        bad = None if is_strict else np.empty(self.rows, dtype=np.int32)
        row_starts = np.empty(self.rows + 1, dtype=np.uint32)
        taker.place(self.base, row_starts)
        taker.read(table, bad)
        return Reader(self, tuple(types), rooms, table, row_starts, bad)

    def _take(self, taker: RowTaker) -> None:
        taken = taker.take(self.base, self.stop - 1, self.stop)
        if taken.rows != self.rows:
            raise InputChanged("rows of a CSV changed while the job was reading them")

    def _scratch(self) -> npt.NDArray[np.uint32]:
        return np.empty(listing_room(self.columns), dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class _Room:
    """Memory for the values of one column."""

    values: Array  #: shape (bytes of all values or offsets,)
    valid: npt.NDArray[np.uint8]  #: shape (rows,)
    text: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, kind: CellType, rows: int, length: int) -> _Room:
        if kind.reading in _OFFSETS and length > _LONGEST_TEXT:
            raise OutOfMemory("a cell of more than 2 GiB cannot be read into a typed column", mend=_LONG_ROW)
        if kind.reading is Reading.SKIPPED:
            rows = length = 0
        size = 4 * (rows + 1) if kind.reading in _OFFSETS else rows * _VALUE_BYTES.get(kind.reading, kind.width)
        text_room = length + TEXT_SLACK if kind.reading in _OFFSETS else 1
        values: Array = np.empty((size + 15) // 8 * 8, np.uint8)
        values[:4] = 0  # the first offset, which nobody writes where there are no rows
        return cls(values, np.empty(rows + 1, np.uint8), np.empty(text_room, np.uint8))


@dataclass(frozen=True, slots=True)
class Reader:
    """Cells that are read when their rows are taken."""

    cells: Cells
    types: tuple[CellType, ...]
    rooms: Sequence[_Room]
    table: npt.NDArray[np.uint64]
    row_starts: npt.NDArray[np.uint32]
    bad: npt.NDArray[np.int32] | None

    def columns(self, rows: int | None = None) -> Columns:
        """What was read, once they are; `rows`: fewer than there were said to be."""
        used = self.table[:, USED].tolist()
        bad = self.bad if self.bad is not None and (self.bad >= 0).any() else None
        row_starts = self.row_starts if rows is None else self.row_starts[: rows + 1]
        return Columns(self.types, self.rooms, used, self.cells.base, row_starts, bad)


@dataclass(frozen=True, slots=True)
class Columns:
    """What was read of some rows."""

    types: tuple[CellType, ...]
    rooms: Sequence[_Room]
    used: Sequence[int]  #: bytes of the texts of each column; of a PLACE, how many are not what they stand for
    base: int  #: address of the first row
    row_starts: npt.NDArray[np.uint32]  #: shape (rows + 1,): where each begins; a row ends where the next one begins
    bad: npt.NDArray[np.int32] | None  #: shape (rows,): the first column whose cell is not of its type, or -1

    @property
    def rows(self) -> int:
        """How many rows."""
        return len(self.row_starts) - 1

    def has(self, places: Sequence[int], types: Sequence[CellType]) -> bool:
        """Whether some columns were read as these types."""
        return all(self.types[place] == kind for place, kind in zip(places, types, strict=True))

    def arrays(self) -> list[pa.Array]:
        """The columns as Arrow arrays of their types."""
        return [self.array(column) for column in range(len(self.types))]

    def column(self, column: int) -> Column:
        """One column for the kernels; those of numbers and texts without loading Arrow."""
        kind, room = self.types[column], self.rooms[column]
        form = _FORMS.get((kind.reading, kind.width))
        if form is None:
            from etl_batch.formats.arrow.columns import arrow_column

            return arrow_column(self.array(column))
        valid = room.valid[: self.rows]
        stride, extra = kind.width, 0
        if kind.reading is Reading.TEXT:
            stride, extra = 4, room.text.ctypes.data
        elif kind.reading is Reading.PLACE:
            stride, extra = 8, self.base
        owners = (room.values.view(np.int32)[: self.rows + 1], room) if kind.reading is Reading.TEXT else (room,)
        return Column(
            form, room.values.ctypes.data, stride, extra=extra, valid=None if valid.all() else valid, owners=owners
        )

    def array(self, column: int) -> pa.Array:
        """One column as an Arrow array of its type."""
        import pyarrow as pa

        kind, room, rows = self.types[column], self.rooms[column], self.rows
        valid = room.valid[:rows]
        # A null's place in a fixed column is zeroed; in a text it is empty. So only the bits are missing.
        validity = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
        values: Array = room.values
        if kind.reading is Reading.BOOL:
            values = np.packbits(room.values[:rows], bitorder="little")
        buffers = [validity, pa.py_buffer(values)]
        if kind.reading in _OFFSETS:
            buffers.append(pa.py_buffer(room.text[: self.used[column]]))
        return pa.Array.from_buffers(arrow_type(kind), rows, buffers)
