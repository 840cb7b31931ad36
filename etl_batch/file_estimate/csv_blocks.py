"""CSV files: blocks of bytes drawn at random, each of which owns the rows that *start* in it.

So a row is drawn as often as any other, however long it is; to take the row behind a random byte would favour long ones.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from etl_batch.errors import InputChanged
from etl_batch.file_estimate.contract import Integers, Rows, Wanted
from etl_batch.file_estimate.csv_cells import CsvCells
from etl_batch.file_estimate.csv_ownership import Ownership
from etl_batch.file_estimate.pages import Pages
from etl_batch.kernels.columns import Array
from etl_batch.paths import FileIdentity
from etl_batch.sources.csv_check import Checked, Piece, check
from etl_batch.sources.csv_file import CsvFile
from etl_batch.sources.csv_prescan import bad_row
from etl_batch.values import KIB, MIB

BLOCK_BYTES = 16 * KIB  #: some hundred rows: enough to make up for the way there, few enough to differ from the next
_READ_ALL_BYTES = 16 * MIB
_ROW_GUESS_BYTES = 64


@dataclass
class CsvReader:
    """See `contract.Reader`. A unit is a block of bytes."""

    file: CsvFile
    content: Array  #: shape (bytes of the file,), mapped
    cells: CsvCells
    ownership: Ownership
    pages: Pages = field(init=False)
    unit: str = "block"
    size_name: str = "bytes"
    rows_population: None = None

    def __post_init__(self) -> None:
        self.pages = Pages(self.file.size)

    @property
    def units(self) -> int:
        """See `Reader.units`."""
        return -(-(self.file.size - self.file.data_start) // BLOCK_BYTES)

    @property
    def size_population(self) -> float:
        """See `Reader.size_population`."""
        return float(self.file.size - self.file.data_start)

    @property
    def rows_per_unit(self) -> float:
        """See `Reader.rows_per_unit`."""
        return BLOCK_BYTES / _ROW_GUESS_BYTES

    @property
    def bytes_read(self) -> int:
        """See `Reader.bytes_read`."""
        return self.pages.bytes

    def read(self, numbers: Sequence[int] | Integers, wanted: Wanted) -> Rows:
        """See `Reader.read`."""
        begins = self.file.data_start + np.asarray(numbers, dtype=np.int64) * BLOCK_BYTES
        ends = np.minimum(begins + BLOCK_BYTES, self.file.size)
        starts, stops, rows = self.ownership.rows_of(begins, ends)
        self.pages.touch(begins, np.maximum(stops, ends))
        text = [self.content[start:stop] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)]
        return self._rows(text, rows, (stops - starts).astype(np.float64), wanted)

    def read_all(self, wanted: Wanted) -> Iterator[Rows]:
        """See `Reader.read_all`."""
        self.pages.touch_all()
        checked: list[Checked] = []
        at = self.file.data_start
        while at < self.file.size:
            piece = check(Piece(self.file, at, min(at + _READ_ALL_BYTES, self.file.size), at_row=True))
            if len(piece.bad):
                raise bad_row(self.file, checked, piece)
            checked.append(piece)
            size = np.array([float(piece.stop - piece.start)])
            yield self._rows([self.content[piece.start : piece.stop]], np.array([piece.rows]), size, wanted)
            at = piece.stop

    def _rows(self, text: list[Array], per_unit: Integers, sizes: np.ndarray, wanted: Wanted) -> Rows:
        return self.cells.rows(np.concatenate(text), per_unit, sizes, wanted)


@contextmanager
def open_csv_blocks(file: CsvFile) -> Iterator[CsvReader]:
    """Map a CSV for random reading.

    Raises:
        InputChanged: it is not, or does not stay, what it was when it was opened.
    """
    descriptor = file.open()
    try:
        _refuse_changed(file, descriptor)
        mapping = mmap.mmap(descriptor, file.size, mmap.MAP_SHARED, mmap.PROT_READ)
        content = np.frombuffer(mapping, dtype=np.uint8)
        yield CsvReader(file, content, CsvCells(file), Ownership(file, mapping, int(content.ctypes.data)))
        _refuse_changed(file, descriptor)
    finally:
        os.close(descriptor)


def _refuse_changed(file: CsvFile, descriptor: int) -> None:
    if FileIdentity.of(descriptor) != (file.copy or file).identity:
        raise InputChanged(f"{file.place.path} changed while it was being read")
