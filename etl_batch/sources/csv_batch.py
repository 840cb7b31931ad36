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

from etl_batch.kernels.csv_problems import START, STOP
from etl_batch.kernels.csv_rewrite import rewrite_rows
from etl_batch.sources.contract import RowIds
from etl_batch.sources.csv_types import SKIPPED, TEXT, CellType
from etl_batch.sources.row_stores import pack_lines
from etl_batch.values import Rejected

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.kernels.columns import Column
    from etl_batch.sources.column_batch import ColumnBatch
    from etl_batch.sources.csv_check import BadRows
    from etl_batch.sources.csv_columns import Cells, Columns
    from etl_batch.sources.csv_text import CsvInput


@dataclass
class CsvBatch:
    """See `contract.Batch`."""

    source: CsvInput
    text: npt.NDArray[np.uint8]  #: the sound rows
    rows: int
    rejected: Sequence[Rejected] = field(default_factory=list)
    origin: tuple[int, BadRows] | None = None  #: where in the file the span begins, and the rows left out of it

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

    def columns_of(self, names: Sequence[str]) -> list[Column]:
        """See `Batch.columns_of`."""
        from etl_batch.sources.arrow_columns import column_of

        read = dict(self.source.measures)
        kinds = {name: read.get(name) or kind for name, kind in zip(self.source.names, self._kinds(), strict=True)}
        columns = self._read([kind if name in names else SKIPPED for name, kind in kinds.items()])
        return [column_of(columns.array(self.source.names.index(name))) for name in names]

    def row_ids(self) -> RowIds:
        """See `Batch.row_ids`: where each row begins in what is read of the file."""
        start, bad = self.origin or (0, ())
        ids = self._cells.starts[: -1 : self._cells.columns].astype(np.uint64) + np.uint64(start)
        for one in bad:  # what stands behind a row that was left out stood so much further
            ids[ids >= np.uint64(one[START])] += np.uint64(one[STOP] - one[START])
        return RowIds(0, ids)

    def pick(self, rows: npt.NDArray[np.uint64]) -> bytes:
        """See `Batch.pick`."""
        starts = self._cells.starts[:: self._cells.columns].astype(np.int64)
        begins, ends = starts[:-1][rows].tolist(), starts[1:][rows].tolist()
        text = self.text.data
        lines = [bytes(text[begin:end]) for begin, end in zip(begins, ends, strict=True)]
        # The last row of a file may lack its line feed.
        return pack_lines([line if line.endswith(b"\n") else line + b"\n" for line in lines])

    def _kinds(self) -> Sequence[CellType]:
        return [kind or TEXT for kind in self.source.file.declared]

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
        arrays = self._read(self._kinds()).arrays()
        return ColumnBatch(self.rows, [column_of(array) for array in arrays], self.table)
