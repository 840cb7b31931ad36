"""Pieces of a row group that is too large to be decoded whole: one after the other, from its start on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from etl_batch.errors import FormatCorrupt
from etl_batch.formats.parquet.errors import explained
from etl_batch.formats.parquet.footer import Footer, RowGroup, parquet_file
from etl_batch.formats.parquet.reader import Losses, losses, normalised_table, place_of, refuse_contradictions
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_ROWS = 65_536  #: decoded at once, where the piece is not shorter


@dataclass(slots=True)
class _Rows:
    """Rows of a row group, streamed."""

    batches: Iterator[pa.RecordBatch]
    at: int = 0  #: the next row, within the row group
    _left: pa.RecordBatch | None = None  #: of the last batch, what was not taken yet

    def take(self, first: int, count: int) -> list[pa.RecordBatch]:
        """Some rows, from one that was not passed yet; fewer where the row group ends."""
        taken: list[pa.RecordBatch] = []
        while self.at < first + count:
            batch = self._left if self._left is not None else next(self.batches, None)
            self._left = None
            if batch is None:
                break
            skipped = min(max(first - self.at, 0), batch.num_rows)
            wanted = min(batch.num_rows - skipped, first + count - self.at - skipped)
            if wanted:
                taken.append(batch.slice(skipped, wanted))
            if skipped + wanted < batch.num_rows:
                self._left = batch.slice(skipped + wanted)
            self.at += skipped + wanted
        return taken


@dataclass(slots=True)
class PieceReader:
    """A row group that is decoded piece by piece; it keeps a descriptor of its own."""

    footer: Footer
    group: RowGroup
    path: Path
    columns: Sequence[str] | None = None  #: those to decode; None: all
    _open: ExitStack = field(default_factory=ExitStack)
    _rows: _Rows | None = None
    _finer: _Rows | None = None  #: its INT96 timestamps as nanoseconds

    @property
    def at(self) -> int:
        """The next row, within the file."""
        return self.group.first_row + (self._rows.at if self._rows else 0)

    def open(self, descriptor: int, batch_rows: int | None = None) -> None:
        """Begin at the start of the row group.

        Args:
            descriptor: the file; it is duplicated.
            batch_rows: to be decoded at once; None: a good many.
        """
        batch_rows = batch_rows or _BATCH_ROWS
        own = os.dup(descriptor)
        self._open.callback(os.close, own)
        self._rows = self._stream(own, batch_rows, self.columns, "us")
        names = self.footer.schema.names if self.columns is None else self.columns
        int96 = [name for name in names if name in self.footer.int96]
        if int96:
            self._finer = self._stream(own, batch_rows, int96, "ns")

    def read(self, first_row: int, count: int) -> tuple[pa.Table, Losses]:
        """Some rows that were not passed yet, and which of them lose digits.

        Args:
            first_row: within the file.
            count: how many.

        Raises:
            FormatCorrupt, FormatUnsupported, OutOfMemory: see `parquet_reader.read_row_groups`.
        """
        where = place_of(self.path, [self.group.number])
        first = first_row - self.group.first_row
        with explained(where):
            table = normalised_table(self._taken(self._rows, first, count), self.footer, where, self.columns)
            if table.num_rows != count:
                raise FormatCorrupt(f"{where}: {first + table.num_rows} rows, {self.group.rows} expected")
            refuse_contradictions(self.footer.metadata, self.group.number, where, self.columns)
            lost = losses(table, self._taken(self._finer, first, count), where) if self._finer else {}
        return table, lost

    def close(self) -> None:
        """Forget the row group."""
        self._open.close()

    def _stream(self, descriptor: int, batch_rows: int, columns: Sequence[str] | None, unit: str) -> _Rows:
        opened = parquet_file(descriptor, self.footer.metadata, int96_unit=unit, streamed=True)
        file = self._open.enter_context(opened)
        chosen = None if columns is None else list(columns)
        return _Rows(file.iter_batches(batch_rows, row_groups=[self.group.number], columns=chosen, use_threads=False))

    def _taken(self, rows: _Rows | None, first: int, count: int) -> pa.Table:
        import pyarrow as pa

        taken = rows.take(first, count) if rows else []
        table = pa.Table.from_batches(taken) if taken else self.footer.schema.empty_table()
        table.validate()
        return table


def first_rows(descriptor: int, footer: Footer, path: Path, columns: Sequence[str], most: int) -> pa.Table:
    """The first rows of an open file, however long its row groups are; for showing them, so nothing is set aside."""
    group = next((group for group in footer.groups if group.rows), None)
    if group is None:
        return footer.schema.empty_table().select(columns)
    count = min(most, group.rows)
    reader = PieceReader(footer, group, path, columns)
    try:
        reader.open(descriptor, count)
        return reader.read(group.first_row, count)[0]
    finally:
        reader.close()
