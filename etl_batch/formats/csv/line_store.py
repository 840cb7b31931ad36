"""Rows that were picked from the spans of a CSV, kept as lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.kernels.columns import Array
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.csv.column_types import CellType
    from etl_batch.formats.csv.columns import Cells
    from etl_batch.formats.csv.csv_file import TypedCsv
    from etl_batch.formats.format import Places, RowStore


@dataclass(slots=True)
class LineStore:
    """See `format.RowStore`: sound rows of a CSV, side by side."""

    csv: TypedCsv
    types: Sequence[CellType] | None = None  #: of the columns; None: as the CSV has them
    _texts: list[Array] = field(default_factory=list)  #: bytes
    _lengths: list[Places] = field(default_factory=list)  #: of the rows in each of them

    def add(self, picked: bytes | memoryview) -> None:
        """See `RowStore.add`."""
        count = int(np.frombuffer(picked, np.int64, 1)[0])
        self._lengths.append(np.frombuffer(picked, np.int64, count, 8))
        self._texts.append(np.frombuffer(picked, np.uint8, offset=8 * (count + 1)))

    def keep(self, places: Places) -> None:
        """See `RowStore.keep`."""
        from etl_batch.kernels.copy_rows import copy_rows

        every = np.concatenate([np.empty(0, dtype=np.int64), *self._lengths])
        kept = every[places]
        text: Array = np.empty(int(kept.sum()), dtype=np.uint8)
        out, stops = int(text.ctypes.data), np.append(0, np.cumsum(kept))
        first = 0
        for piece, lengths in zip(self._texts, self._lengths, strict=True):
            start, stop = np.searchsorted(places, (first, first + len(lengths)))
            row_starts = np.zeros(len(lengths) + 1, dtype=np.uint32)
            np.cumsum(lengths, out=row_starts[1:])
            base = int(piece.ctypes.data)
            wanted = (places[start:stop] - first).astype(np.uint64)
            copy_rows(base, base + len(piece), row_starts, wanted, out + int(stops[start]))
            first += len(lengths)
        self._texts, self._lengths = [text], [kept]

    def settle(self, stores: Sequence[RowStore]) -> None:
        """See `RowStore.settle`: an integer or a float where every cell is written as we would write one, else text."""
        if self.types is None:
            lines = [store for store in stores if isinstance(store, LineStore)]
            types = _types_of(lines)
            for store in lines:
                store.types = [types[name] for name in store.csv.file.names]

    @property
    def schema(self) -> pa.Schema:
        """See `RowStore.schema`."""
        from etl_batch.formats.csv.column_types import arrow_schema

        return arrow_schema(self.csv.file.names, self.types or self.csv.types)

    def table(self) -> pa.Table:
        """See `RowStore.table`."""
        import pyarrow as pa

        cells, _text = self._cells()
        return pa.Table.from_arrays(cells.read(self.types or self.csv.types).arrays(), schema=self.schema)

    def classify(self, classes: npt.NDArray[np.uint8]) -> None:
        """Or what the cells of each column look like into `classes`, shape (columns,)."""
        cells, _text = self._cells()
        cells.classify(classes)

    def _whole(self) -> tuple[Array, Places]:
        """All rows, and their lengths."""
        if len(self._texts) != 1:
            self._texts = [np.concatenate([np.empty(0, dtype=np.uint8), *self._texts])]
            self._lengths = [np.concatenate([np.empty(0, dtype=np.int64), *self._lengths])]
        return self._texts[0], self._lengths[0]

    def _cells(self) -> tuple[Cells, Array]:
        """The cells, and the text that they lie in."""
        from etl_batch.formats.csv.columns import Cells

        text, lengths = self._whole()
        base, file = int(text.ctypes.data), self.csv.file
        return Cells.of(base, base + len(text), file.delimiter, (len(lengths), file.columns)), text


def _types_of(stores: Sequence[LineStore]) -> dict[str, CellType]:
    """The type of each column by its name: a store need not have all of them, nor have them in the same order."""
    from etl_batch.formats.csv.column_types import inferred

    classes: dict[str, int] = {}
    known: dict[str, CellType] = {}
    for store in stores:
        file = store.csv.file
        seen = np.zeros(file.columns, dtype=np.uint8)
        store.classify(seen)
        for name, its in zip(file.names, seen.tolist(), strict=True):
            classes[name] = classes.get(name, 0) | its
        settled = store.csv.types if file.classify else file.declared
        known |= {name: kind for name, kind in zip(file.names, settled, strict=True) if kind}
        known |= dict(store.csv.measures)
    return dict(zip(classes, inferred(list(classes.values())), strict=True)) | known


def pack_lines(text: Array, row_starts: npt.NDArray[np.uint32], rows: npt.NDArray[np.uint64]) -> memoryview:
    """Some rows of text as one run of bytes: how many, their lengths, the rows.

    Args:
        text: all the rows; the last one may lack its line feed, and is given one.
        row_starts: shape (all rows + 1,): where each begins; the last one ends where the next one would begin.
        rows: which, ascending.
    """
    from etl_batch.kernels.copy_rows import copy_rows

    lengths = row_starts[rows + rows.dtype.type(1)] - row_starts[rows]
    head = 8 * (len(rows) + 1)
    packed = np.empty(head + int(lengths.sum(dtype=np.int64)), dtype=np.uint8)
    numbers = packed[:head].view(np.int64)
    numbers[0], numbers[1:] = len(rows), lengths
    base = int(text.ctypes.data)
    copy_rows(base, base + len(text), row_starts, rows, packed.ctypes.data + head)
    return packed.data
