"""Sound CSV rows in memory as typed columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.errors import OutOfMemory
from etl_batch.kernels.cell_readings import BYTES, EXTRA, READ_FIELDS, READING, USED, VALID, VALUES, WIDTH, Reading
from etl_batch.kernels.columns import Array
from etl_batch.kernels.csv_cells import classify_cells, list_cells, measure_columns, read_cells
from etl_batch.sources.csv_types import CellType, arrow_type

if TYPE_CHECKING:
    import pyarrow as pa

_OFFSETS = (Reading.TEXT, Reading.BYTES)
_LONGEST_TEXT = 2**31 - 1  #: bytes that Arrow's offsets of 32 bits reach
_LONGEST_RUN = 2**32 - 1  #: bytes that its offsets reach
_VALUE_BYTES = {Reading.BOOL: 1, Reading.DATE: 4, Reading.TIMESTAMP: 8, Reading.LOCAL_TIMESTAMP: 8, Reading.DECIMAL: 16}


@dataclass(frozen=True, slots=True)
class Cells:
    """Sound rows, and where their cells begin."""

    base: int  #: address of the first row
    starts: npt.NDArray[
        np.uint32
    ]  #: shape (rows * columns + 1,): offsets from the base; each is one behind a cell's end
    columns: int

    @classmethod
    def of(cls, base: int, stop: int, delimiter: int, shape: tuple[int, int]) -> Cells:
        """Find the cells of sound rows between two addresses; `shape` is (rows, columns)."""
        if stop - base >= _LONGEST_RUN:
            raise OutOfMemory("rows of more than 4 GiB cannot be read into typed columns")
        rows, columns = shape
        starts = np.empty(rows * columns + 1, dtype=np.uint32)
        list_cells(base, stop, delimiter, starts.ctypes.data)
        return cls(base, starts, columns)

    @property
    def rows(self) -> int:
        """How many rows."""
        return (len(self.starts) - 1) // self.columns

    def classify(self, classes: npt.NDArray[np.uint8]) -> None:
        """Or the `Class` of every cell into its column's; shape (columns,)."""
        classify_cells(self.base, self.starts.ctypes.data, self.rows, classes)

    def read(self, types: Sequence[CellType]) -> Columns:
        """Read every cell as its column's type."""
        lengths = np.full(self.columns, self.starts[-1], dtype=np.uint64)
        if sum(kind.reading in _OFFSETS for kind in types) > 1 or int(self.starts[-1]) > _LONGEST_TEXT:
            lengths[:] = 0  # of one text, all of the rows are room enough: what is not written costs nothing
            measure_columns(self.starts.ctypes.data, self.rows, lengths)
        columns = [_Room.of(kind, self.rows, int(length)) for kind, length in zip(types, lengths, strict=True)]
        table = np.zeros((self.columns, READ_FIELDS), dtype=np.uint64)
        for line, (kind, room) in zip(table, zip(types, columns, strict=True), strict=True):
            line[READING], line[WIDTH], line[EXTRA] = kind.reading, kind.width, kind.extra
            line[VALUES], line[VALID], line[BYTES] = (
                room.values.ctypes.data,
                room.valid.ctypes.data,
                room.text.ctypes.data,
            )
        bad = np.full(self.rows, -1, dtype=np.int32)
        bad_rows = int(read_cells(self.base, self.starts.ctypes.data, self.rows, table, bad))
        used = [int(line[USED]) for line in table]
        return Columns(tuple(types), columns, used, bad if bad_rows else None)


@dataclass(frozen=True, slots=True)
class _Room:
    """Memory for the values of one column."""

    values: Array  #: shape (bytes of all values or offsets,)
    valid: npt.NDArray[np.uint8]  #: shape (rows,)
    text: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, kind: CellType, rows: int, length: int) -> _Room:
        if kind.reading in _OFFSETS and length > _LONGEST_TEXT:
            raise OutOfMemory("a column has more than 2 GiB of text in one chunk")
        if kind.reading is Reading.SKIPPED:
            rows = length = 0
        size = 4 * (rows + 1) if kind.reading in _OFFSETS else rows * _VALUE_BYTES.get(kind.reading, kind.width)
        text_room = length + 8 if kind.reading in _OFFSETS else 1
        values: Array = np.empty(size + 8, np.uint8)
        values[:4] = 0  # the first offset, which nobody writes where there are no rows
        return cls(values, np.empty(rows + 1, np.uint8), np.empty(text_room, np.uint8))


@dataclass(frozen=True, slots=True)
class Columns:
    """What was read of some rows."""

    types: tuple[CellType, ...]
    rooms: Sequence[_Room]
    used: Sequence[int]  #: bytes of the texts of each column
    bad: npt.NDArray[np.int32] | None  #: shape (rows,): the first column whose cell is not of its type, or -1

    @property
    def rows(self) -> int:
        """How many rows; a column that was skipped has none."""
        return max(len(room.valid) for room in self.rooms) - 1

    def arrays(self) -> list[pa.Array]:
        """The columns as Arrow arrays of their types."""
        return [self.array(column) for column in range(len(self.types))]

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
