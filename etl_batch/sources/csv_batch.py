"""The sound rows of a CSV span: rewritten as text where no types were declared, else read and formatted.

What only typed columns need is loaded only for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.kernels.csv_rewrite import rewrite_rows
from etl_batch.sources.csv_types import TEXT, CellType
from etl_batch.values import Rejected

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.sources.column_batch import ColumnBatch
    from etl_batch.sources.csv_columns import Cells, Columns
    from etl_batch.sources.csv_text import CsvInput


@dataclass
class CsvBatch:
    """See `contract.Batch`."""

    source: CsvInput
    text: npt.NDArray[np.uint8]  #: the sound rows
    rows: int
    rejected: Sequence[Rejected] = field(default_factory=list)

    def csv_room(self) -> int:
        """See `Batch.csv_room`."""
        if self._formatted is not None:
            return self._formatted.csv_room()
        return 5 * len(self.text) // 2 + 128

    def write_csv(self, out: int, escaped: npt.NDArray[np.uint64]) -> int:
        """See `Batch.write_csv`."""
        if self._formatted is not None:
            return self._formatted.write_csv(out, escaped)
        base, stop = self._addresses
        return int(rewrite_rows(base, stop, self.source.file.delimiter, out, escaped))

    def table(self) -> pa.Table:
        """See `Batch.table`."""
        import pyarrow as pa

        return pa.Table.from_arrays(self._read(self.source.types).arrays(), schema=self.source.schema)

    @property
    def _addresses(self) -> tuple[int, int]:
        base = int(self.text.ctypes.data)
        return base, base + len(self.text)

    @cached_property
    def _cells(self) -> Cells:
        from etl_batch.sources.csv_columns import Cells

        base, stop = self._addresses
        return Cells.of(base, stop, self.source.file.delimiter, (self.rows, self.source.file.columns))

    def _read(self, types: Sequence[CellType]) -> Columns:
        return self._cells.read(types)

    @cached_property
    def _formatted(self) -> ColumnBatch | None:
        """The rows as columns, where any column has a declared type; the others stay text."""
        from etl_batch.sources.arrow_columns import column_of
        from etl_batch.sources.column_batch import ColumnBatch

        declared = self.source.file.declared
        if not any(declared):
            return None
        arrays = self._read([kind or TEXT for kind in declared]).arrays()
        return ColumnBatch(self.rows, [column_of(array) for array in arrays], self.table)
