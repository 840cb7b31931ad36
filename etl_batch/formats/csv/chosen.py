"""The columns of the outputs, as CSV rows are written in them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from etl_batch.formats.csv.taking import RowTaker
from etl_batch.formats.output_columns import Absent, OutputColumns
from etl_batch.kernels.csv_chosen import BEHIND, KIND, LINE_WORDS, VALUE, Chosen, write_chosen
from etl_batch.light_dataclass import dataclass
from etl_batch.options.shape import SourceColumn

_LONGEST_NUMBER = 20  #: bytes


@dataclass(frozen=True, slots=True)
class ChosenColumns:
    """What is written of each row."""

    shape: OutputColumns
    _text: npt.NDArray[np.uint8]  #: the name of the file, as a cell in quotes

    @classmethod
    def of(cls, shape: OutputColumns) -> ChosenColumns:
        """The columns of the outputs."""
        quoted = '"' + shape.file.replace('"', '""') + '"'
        return cls(shape, np.frombuffer(quoted.encode(), dtype=np.uint8))

    @property
    def has_numbers(self) -> bool:
        """Whether one of the columns has the numbers of the rows."""
        return any(column.origin is SourceColumn.ROW for column in self.shape.columns)

    def added_bytes(self, rows: int) -> int:
        """The most that some rows have beside cells of their own."""
        longest = {SourceColumn.ROW: _LONGEST_NUMBER + 1, SourceColumn.FILE: 2 * len(self._text) + 4}
        added = (column.origin for column in self.shape.columns if isinstance(column.origin, SourceColumn | Absent))
        return rows * sum(1 if isinstance(origin, Absent) else longest[origin] for origin in added)

    def write(self, taker: RowTaker, numbers: npt.NDArray[np.uint64] | None) -> None:
        """Let rows be written so when they are taken.

        Args:
            taker: takes them.
            numbers: of the rows, where one of the columns has them.
        """
        table = np.zeros((len(self.shape.columns), LINE_WORDS), dtype=np.uint64)
        for line, column in zip(table, self.shape.columns, strict=True):
            if not isinstance(column.origin, SourceColumn | Absent):
                line[KIND], line[VALUE] = Chosen.CELLS, column.origin
            elif isinstance(column.origin, Absent):
                address = taker.kept(np.zeros(1, dtype=np.uint8))
                line[KIND], line[VALUE], line[BEHIND] = Chosen.TEXT, address, address
            elif column.origin is SourceColumn.FILE:
                address = taker.kept(self._text)
                line[KIND], line[VALUE], line[BEHIND] = Chosen.TEXT, address, address + len(self._text)
            elif numbers is not None:
                line[KIND], line[VALUE] = Chosen.NUMBERS, taker.kept(numbers)
        taker.choose(write_chosen.address, table)
