"""Binary files: records drawn in runs of about a page."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.binary.cutting import Cutting
from etl_batch.formats.binary.unit_columns import condition_table, measure, stratum_column, summing
from etl_batch.formats.unchanged import open_again
from etl_batch.formats.units.footerless import FooterlessReader, changed, refuse_changed
from etl_batch.formats.units.pages import PAGE_BYTES, Pages
from etl_batch.formats.units.read_ahead import useful_threads
from etl_batch.formats.units.unit import LEAST_UNITS, Integers, Rows, Strata, Wanted, WholeRows
from etl_batch.formats.unpacked import read_identity
from etl_batch.kernels.columns import Array
from etl_batch.kernels.unit_reads import read_runs
from etl_batch.layouts.occurrences import rows_each
from etl_batch.light_dataclass import dataclass
from etl_batch.values import MIB

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.layouts.layout import Field

_READ_ALL_BYTES = 16 * MIB


@dataclass
class BinaryReader(FooterlessReader):
    """See `unit.Reader`. A unit is a run of `run` records, the last one perhaps shorter."""

    source: BinaryInput
    descriptor: int
    run: int
    pages: Pages = field(init=False)
    size_name: str = "rows"
    least_units: int = LEAST_UNITS
    at_once: int = field(default_factory=useful_threads)
    _own: threading.local = field(default_factory=threading.local)
    _cutting: Cutting | None = field(init=False)  #: where records are several rows each

    def __post_init__(self) -> None:
        self.pages = Pages(self.source.identity.size)
        self._cutting = Cutting.of(self.source.layout)

    @property
    def times(self) -> int:
        """Rows of each record."""
        return rows_each(self.source.layout)

    @property
    def unit(self) -> str:
        """See `Reader.unit`."""
        return "record" if self.run * self.times == 1 else "page"

    @property
    def units(self) -> int:
        """See `Reader.units`."""
        return -(-self.source.rows // self.run)

    @property
    def size_population(self) -> float:
        """See `Reader.size_population`."""
        return float(self.source.rows * self.times)

    @property
    def rows_population(self) -> int:
        """See `Reader.rows_population`."""
        return self.source.rows * self.times

    @property
    def rows_per_unit(self) -> float:
        """See `Reader.rows_per_unit`."""
        return float(self.run * self.times)

    @property
    def equal(self) -> bool:
        """See `Reader.equal`."""
        return True

    def read(self, numbers: Sequence[int] | Integers, wanted: Wanted) -> Rows:
        """See `Reader.read`."""
        first = np.asarray(numbers, dtype=np.int64) * self.run
        per_unit = np.minimum(self.source.rows - first, self.run)
        size = self.source.layout.record_size
        starts = self.source.layout.header_bytes + first * size
        self.pages.touch(starts, starts + per_unit * size)
        lengths = per_unit * size
        buffer = self._buffer(int(lengths.sum()))
        # The last unit of the file may be shorter; nothing may lie behind it.
        order = np.argsort(-lengths, kind="stable") if lengths.min(initial=self.run) < lengths.max(initial=0) else None
        if order is not None:
            first, per_unit, starts, lengths = first[order], per_unit[order], starts[order], lengths[order]
        room = self.run * size
        read = read_runs(
            self.descriptor, starts.ctypes.data, lengths.ctypes.data, len(starts), buffer.ctypes.data, room
        )  # fmt: skip
        if read < len(starts):
            raise changed(self.source.place.path)
        return self._rows(buffer.reshape(-1, size), per_unit, wanted, first)

    def _buffer(self, size: int) -> Array:
        """Memory of this thread, used again: new memory takes its time."""
        buffer: Array | None = getattr(self._own, "buffer", None)
        if buffer is None or len(buffer) < size:
            self._own.buffer = buffer = np.empty(size, dtype=np.uint8)
        return buffer[:size]

    def read_all(self, wanted: Wanted) -> Iterator[WholeRows]:
        """See `Reader.read_all`."""
        step = max(_READ_ALL_BYTES // self.source.layout.record_size, 1)
        self.pages.touch_all()
        for at in range(0, self.source.rows, step):
            count = min(step, self.source.rows - at)
            yield self._whole(self._run(at, count), wanted, at)

    def _whole(self, records: Array, wanted: Wanted, at: int) -> WholeRows:
        """Records that follow each other, from one on."""
        records, at = self._as_rows(records), at * self.times
        count = len(records)
        where = _Places(str(self.source.place.path), np.array([at]), np.array([count]))
        strata, conditions = self._others(records, wanted, where)
        fields = self._fields
        sums = {name: summing(fields[name], records, where.name) for name in wanted.measures}
        return WholeRows(count, sums, strata, conditions)

    def _run(self, at: int, count: int) -> Array:
        size = self.source.layout.record_size
        raw = os.pread(self.descriptor, count * size, self.source.layout.header_bytes + at * size)
        return np.frombuffer(raw, np.uint8).reshape(-1, size)

    def _as_rows(self, records: Array) -> Array:
        """Records as the rows that they become."""
        return records if self._cutting is None else self._cutting.rows(records)

    def _rows(self, records: Array, per_unit: Integers, wanted: Wanted, first: Integers) -> Rows:
        records, per_unit, first = self._as_rows(records), per_unit * self.times, first * self.times
        where = _Places(str(self.source.place.path), first, per_unit)
        strata, conditions = self._others(records, wanted, where)
        values = {name: measure(self._fields[name], records, where.name) for name in wanted.measures}
        return Rows(per_unit, per_unit.astype(np.float64), values, strata, conditions)

    def _others(self, records: Array, wanted: Wanted, where: _Places) -> tuple[Strata | None, pa.Table | None]:
        """What is read beside the measures."""
        filtered = [self._fields[name] for name in wanted.conditions]
        return (
            stratum_column(self._fields[wanted.strata], records, where.name) if wanted.strata else None,
            condition_table(filtered, records, where.name) if filtered else None,
        )

    @property
    def _fields(self) -> dict[str, Field]:
        return {field.name: field for field in self.source.row_layout.fields}


@dataclass(frozen=True, slots=True)
class _Places:
    """Where rows that were read lie in the file."""

    path: str
    first: Integers  #: shape (units,): the record that each unit begins with
    per_unit: Integers

    def name(self, row: int) -> str:
        """A row that was read, for messages."""
        ends = np.cumsum(self.per_unit)
        unit = int(np.searchsorted(ends, row, side="right"))
        record = int(self.first[unit]) + row - int(ends[unit] - self.per_unit[unit])
        return f"{self.path}, row {record + 1}"


@contextmanager
def open_binary(source: BinaryInput) -> Iterator[BinaryReader]:
    """Open a file for reading pages full of records at random: a page (`PAGE_BYTES`) is what a disk reads anyway.

    Raises:
        InputChanged: it is not, or does not stay, what it was when it was opened.
    """
    descriptor, identity = open_again(source.place), read_identity(source.place, source.identity)
    try:
        refuse_changed(descriptor, identity, source.place.path)
        run = max(PAGE_BYTES // source.layout.record_size, 1)
        yield BinaryReader(source, descriptor, run)
        refuse_changed(descriptor, identity, source.place.path)
    finally:
        os.close(descriptor)
