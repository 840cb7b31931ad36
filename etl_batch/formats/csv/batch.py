"""The sound rows of a CSV span: rewritten as text where no types were declared, else read and formatted.

What only typed columns need is loaded only for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.errors import InputChanged
from etl_batch.formats.csv.column_types import AMOUNTS, PLACE, SKIPPED, TEXT, CellType, arrow_schema
from etl_batch.formats.csv.line_store import pack_lines
from etl_batch.formats.format import Batch, RowIds, Sampling
from etl_batch.formats.noted_facts import CellNotes
from etl_batch.kernels.csv_problems import ROW, START, STOP
from etl_batch.light_dataclass import dataclass
from etl_batch.text.numbers import is_whole_number
from etl_batch.values import Rejected

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.column_batch import ColumnBatch
    from etl_batch.formats.csv.chosen import ChosenColumns
    from etl_batch.formats.csv.columns import Cells, Columns
    from etl_batch.formats.csv.csv_file import TypedCsv
    from etl_batch.formats.csv.pieces import BadRows
    from etl_batch.formats.csv.taking import RowTaker
    from etl_batch.formats.facts import ColumnFacts
    from etl_batch.formats.output_columns import OutputColumns
    from etl_batch.kernels.columns import Column


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the rows of a batch stand in what is read of the file."""

    start: int  #: of the span, in bytes
    first_row: int  #: number of its first row within the input, from 0
    text: npt.NDArray[np.uint8]  #: the sound rows, as they stand there
    bad: BadRows  #: the rows left out of it


@dataclass
class CsvBatch:
    """See `format.Batch`."""

    csv: TypedCsv
    text: npt.NDArray[np.uint8]  #: the sound rows
    rows: int
    rejected: Sequence[Rejected] = field(default_factory=list)
    origin: Origin | None = None  #: None: it is no span of a file
    shape: OutputColumns | None = None  #: None: it is written as it is
    _known: Columns | None = None  #: what was read last
    _is_noting: bool = False
    _notes: CellNotes | None = None  #: of all cells, where nobody declared what they are
    _of_table: Columns | None = None  #: what `table` was made of

    def csv_room(self) -> int:
        """See `Batch.csv_room`."""
        if self._formatted is not None:
            return self._formatted.csv_room()
        return 5 * len(self.text) // 2 + 128 + (self._chosen.added_bytes(self.rows) if self._chosen else 0)

    def write_csv(self, out: int, counts: int, sampling: Sampling | None = None) -> int:  # noqa: ARG002
        """See `Batch.write_csv`."""
        if self._formatted is not None:
            return self._formatted.write_csv(out, counts)
        from etl_batch.formats.csv.taking import RowTaker

        file = self.csv.file
        taker = RowTaker(file.delimiter, file.columns, file.is_utf8)
        taker.write(out, counts)
        self._choose(taker)
        notes = self._noting(taker)
        reader = None
        if self.csv.along:
            kinds = dict(zip(self.csv.along, self._placed(self.csv.along), strict=True))
            reader = self._cells.reading([kinds.get(name, SKIPPED) for name in file.names], taker)
        base, stop = self._addresses
        taken = taker.take(base, stop - 1, stop)
        if taken.rows != self.rows:  # the check has found so many, all of them sound
            raise InputChanged(f"{self.csv.file.place.path} changed while the job was reading it")
        self._known, self._notes = reader.columns() if reader else self._known, notes
        return taken.out

    def table(self) -> pa.Table:
        """See `Batch.table`."""
        import pyarrow as pa

        self._known = self._of_table = known = self._cells.read(self._wanted(self.csv.types))
        if self.shape is None:
            schema = arrow_schema(self.csv.file.names, self.csv.types)
            return pa.Table.from_arrays(known.arrays(), schema=schema)
        from etl_batch.formats.shaped_batch import shaped_table

        own = [pa.chunked_array([known.array(place)]) for place in self.shape.places]
        return shaped_table(own, self.shape, self._numbers)

    def columns_of(self, names: Sequence[str]) -> list[Column]:
        """See `Batch.columns_of`."""
        places = [self.csv.file.names.index(name) for name in names]
        kinds, placed = self._kinds_of(names), self._placed(names)
        known = self._known
        if known is None or not known.has(places, kinds):
            if known is None or not known.has(places, placed):
                known = self._read_only(dict(zip(places, placed, strict=True)))
            if any(known.used[place] for place, kind in zip(places, placed, strict=True) if kind == PLACE):
                known = self._read_only(dict(zip(places, kinds, strict=True)))
            self._known = known
        return [known.column(place) for place in places]

    def _kinds_of(self, names: Sequence[str]) -> list[CellType]:
        """How some columns are read for the sample."""
        numbers = dict(self.csv.measures)
        kinds = dict(zip(self.csv.file.names, self._kinds(), strict=True))
        return [numbers.get(name) or kinds[name] for name in names]

    def _placed(self, names: Sequence[str]) -> list[CellType]:
        """The same, but a text need not be copied to tell it from others, where it stands as it is meant."""
        return [PLACE if kind == TEXT else kind for kind in self._kinds_of(names)]

    def _read_only(self, wanted: Mapping[int, CellType]) -> Columns:
        """Read some columns, given by their places."""
        return self._cells.read([wanted.get(place, SKIPPED) for place in range(self.csv.file.columns)])

    def row_ids(self) -> RowIds:
        """See `Batch.row_ids`: where each row begins in what is read of the file."""
        origin = self.origin
        if origin is None:
            return RowIds(0, self._row_starts[:-1].astype(np.uint64))
        ids = np.add(self._as_it_stands._row_starts[:-1], np.uint64(origin.start), dtype=np.uint64)
        for gap in origin.bad:  # what stands behind a row that was left out stood so much further
            ids[ids >= np.uint64(gap[START])] += np.uint64(gap[STOP] - gap[START])
        return RowIds(0, ids)

    def note_facts(self) -> None:
        """See `Batch.note_facts`."""
        self._is_noting = True

    def facts(self) -> Sequence[ColumnFacts]:
        """See `Batch.facts`."""
        from etl_batch.formats.csv.batch_facts import facts_of

        declared = self.csv.file.declared if self._of_table is None else self.csv.types
        if all(declared):
            return facts_of(self.rows, self.written_columns())
        notes = self._notes or self._cells.noted()
        origins = range(len(declared)) if self.shape is None else [one.origin for one in self.shape.columns]
        is_untyped = all(is_whole_number(one) and declared[one] is None for one in origins)
        return facts_of(self.rows, () if is_untyped else self.written_columns(), (notes, declared, origins))

    def written_columns(self) -> Sequence[Column]:
        """See `Batch.written_columns`: of types that were declared, or that a table has."""
        from etl_batch.formats.shaped_batch import shaped_columns

        known = self._of_table or self._cells.read(self._wanted(self.csv.types))
        if self.shape is None:
            return [known.column(place) for place in range(len(known.types))]
        return shaped_columns([known.column(place) for place in self.shape.places], self.shape, self._numbers)

    def pick(self, rows: npt.NDArray[np.uint64]) -> memoryview:
        """See `Batch.pick`."""
        return pack_lines(self.text, self._row_starts, rows)

    def shaped(self, shape: OutputColumns) -> Batch:
        """See `Batch.shaped`."""
        found = copy(self)
        found.shape = shape
        return found

    def without(self, bad: Mapping[int, str], source: int) -> Batch:
        """See `Batch.without`."""
        from etl_batch.formats.csv.left_out import RowsInFile, left_out

        origin, file = self.origin, self.csv.file
        if origin is None:
            raise RuntimeError("rows of no span have no numbers")
        starts = self.row_ids().of(np.arange(self.rows, dtype=np.uint64))
        rows = RowsInFile(origin.text, self._as_it_stands._row_starts, self._numbers(), starts)
        left = left_out(file, rows, bad, source, origin.first_row)
        every = np.concatenate([origin.bad, left.bad])
        kept = Origin(origin.start, origin.first_row, left.text, every[np.argsort(every[:, START], kind="stable")])
        rejected = sorted([*self.rejected, *left.rejected], key=lambda one: one.row)
        text = left.text if origin.text is self.text else file.restored(left.text)
        return CsvBatch(self.csv, text, self.rows - len(bad), rejected, kept)

    @property
    def _as_it_stands(self) -> CsvBatch:
        """The rows in what is read of the file."""
        origin = self.origin
        return self if origin is None or origin.text is self.text else CsvBatch(self.csv, origin.text, self.rows)

    def _noting(self, taker: RowTaker) -> CellNotes | None:
        """Let what is known of cells be noted, if somebody asks for it."""
        if not self._is_noting:
            return None
        notes = CellNotes(self.csv.file.columns)
        taker.note_facts(notes.noted)
        return notes

    def _choose(self, taker: RowTaker) -> None:
        """Let rows be written in the columns of the outputs."""
        if self._chosen is not None:
            self._chosen.write(taker, self._numbers() if self._chosen.has_numbers else None)

    @cached_property
    def _chosen(self) -> ChosenColumns | None:
        """None: all columns are written, as they stand."""
        from etl_batch.formats.csv.chosen import ChosenColumns

        return None if self.shape is None else ChosenColumns.of(self.shape)

    def _wanted(self, types: Sequence[CellType]) -> Sequence[CellType]:
        """The types of the columns that are written; what is not written is not read."""
        if self.shape is None:
            return types
        places = {*self.shape.places}
        return [kind if place in places else SKIPPED for place, kind in enumerate(types)]

    def _numbers(self) -> npt.NDArray[np.uint64]:
        """Of the rows within their input, from 1."""
        if self.origin is None:
            raise RuntimeError("rows of no span have no numbers")
        bad, first = self.origin.bad, self.origin.first_row + 1
        every = np.arange(first, first + self.rows + len(bad), dtype=np.uint64)
        return np.delete(every, bad[:, ROW]) if len(bad) else every

    @property
    def _row_starts(self) -> npt.NDArray[np.uint32]:
        if self._known is None:
            self._known = self._read_only({})
        return self._known.row_starts

    def _kinds(self) -> Sequence[CellType]:
        return [kind or TEXT for kind in self.csv.file.declared]

    @property
    def _addresses(self) -> tuple[int, int]:
        base = int(self.text.ctypes.data)
        return base, base + len(self.text)

    @property
    def _cells(self) -> Cells:
        from etl_batch.formats.csv.columns import Cells

        base, stop = self._addresses
        return Cells.of(base, stop, self.csv.file.delimiter, (self.rows, self.csv.file.columns))

    @cached_property
    def _formatted(self) -> ColumnBatch | None:
        """The rows as columns, where any column has a declared type; the others stay text."""
        from etl_batch.formats.arrow.columns import arrow_column
        from etl_batch.formats.column_batch import ColumnBatch

        declared = self.csv.file.declared
        if not any(declared):
            return None
        # Of an amount each has its own digits; that all are numbers is known.
        kinds = [TEXT if kind.word in AMOUNTS else kind for kind in self._kinds()]
        read = self._cells.read(self._wanted(kinds))
        if self.shape is None:
            columns = [arrow_column(array) for array in read.arrays()]
        else:
            from etl_batch.formats.shaped_batch import shaped_columns

            own = [arrow_column(read.array(place)) for place in self.shape.places]
            columns = shaped_columns(own, self.shape, self._numbers)
        return ColumnBatch(self.rows, columns, self.table)
