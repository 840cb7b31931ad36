"""CSV rows in memory, taken in one pass: checked, and on the way rewritten, read as typed values, looked at.

What is wanted of the rows is said once; then stretches of them can be taken one after the other, and each goes on where
the one before has ended: in what is written, and in the rows that are read.
"""

from __future__ import annotations

from dataclasses import field

import numpy as np
import numpy.typing as npt

from etl_batch.formats.noted_facts import Noted
from etl_batch.kernels import csv_run_job as job
from etl_batch.kernels.cell_facts import note_cells
from etl_batch.kernels.cell_looks import classify_run
from etl_batch.kernels.columns import Array
from etl_batch.kernels.csv_cells import read_run
from etl_batch.kernels.csv_run_job import JOB_FIELDS, list_room
from etl_batch.kernels.csv_runs import take_rows
from etl_batch.light_dataclass import dataclass

_ANY_ROWS = 2**62


@dataclass(frozen=True, slots=True)
class Taken:
    """The rows that were taken, of all stretches so far."""

    stop: int  #: address behind the last one
    rows: int
    is_broken: bool  #: the run of rows that begins there has a broken one; nothing of that run was taken
    quoted: bool  #: there are quotes
    line_ends: tuple[int, int]  #: lines that end with CR and LF, and with LF alone
    out: int  #: address behind what was written
    bad_rows: int  #: have a cell that is not of its column's type; so many cells, if rows are not asked for


@dataclass(frozen=True, slots=True)
class RowTaker:
    """Takes rows of a CSV that lie in memory, as long as they are sound."""

    delimiter: int
    columns: int
    is_utf8: bool = False  #: the rows are known to be
    _job: npt.NDArray[np.uint64] = field(init=False)
    _owners: list[Array] = field(init=False, default_factory=list)  #: of the memory that the job names

    def __post_init__(self) -> None:
        made = np.zeros(JOB_FIELDS, dtype=np.uint64)
        object.__setattr__(self, "_job", made)
        room = list_room(self.columns)
        made[job.DELIMITER], made[job.COLUMNS], made[job.ROOM] = self.delimiter, self.columns, room
        made[job.STARTS], made[job.MARKS] = (self.kept(np.empty(room, dtype=np.uint64)) for _ in range(2))
        made[job.CAPACITY], made[job.IS_UTF8] = _ANY_ROWS, self.is_utf8

    def write(self, out: int, counts: int) -> None:
        """Write them in our dialect.

        Args:
            out: address with room for `5 * bytes // 2 + 128` bytes: a cell grows by three, and by one for each
                separator within it that stands before another byte.
            counts: what the apostrophes are added to; see `cell_text.write_text`; 0: nothing is escaped.
        """
        self._job[job.OUT], self._job[job.COUNTS] = out, counts

    def choose(self, code: int, table: npt.NDArray[np.uint64]) -> None:
        """Write some columns only, or others beside them.

        Args:
            code: address of that of `csv_chosen.write_chosen`.
            table: shape (columns written, LINE_WORDS), as it is described there.
        """
        self._job[job.CHOOSE], self._job[job.CHOSEN] = code, self.kept(table)
        self._job[job.CHOSEN_COLUMNS] = len(table)

    def place(self, base: int, row_starts: npt.NDArray[np.uint32]) -> None:
        """Note where they begin.

        Args:
            base: address from which is counted; it is the first row's.
            row_starts: shape (rows + 1,): set, the last one to where the next row would begin.
        """
        row_starts[0] = 0
        self._job[job.BASE], self._job[job.ROW_STARTS] = base, self.kept(row_starts)
        self._job[job.CAPACITY] = min(int(self._job[job.CAPACITY]), len(row_starts) - 1)

    def read(self, table: npt.NDArray[np.uint64], bad: npt.NDArray[np.int32] | None) -> None:
        """Read their cells as values: see `csv_cells.read_run`.

        Args:
            table: shape (columns, READ_FIELDS).
            bad: shape (rows,): set; None: it is enough to know how many cells are.
        """
        self._job[job.READ], self._job[job.TABLE] = read_run.address, self.kept(table)
        if bad is not None:
            self._job[job.BAD] = self.kept(bad)
            self._job[job.CAPACITY] = min(int(self._job[job.CAPACITY]), len(bad))

    def note_classes(self, classes: npt.NDArray[np.uint8]) -> None:
        """Or the `Class` of every cell that is read into its column's, shape (columns,); see `csv_cells.read_run`."""
        self._job[job.CLASSES] = self.kept(classes)

    def classify(self, classes: npt.NDArray[np.uint8]) -> None:
        """Or the `Class` of every cell into its column's, shape (columns,)."""
        self._job[job.CLASSIFY], self._job[job.CLASSES] = classify_run.address, self.kept(classes)

    def note_facts(self, noted: Noted) -> None:
        """Note what is known of their columns: see `cell_facts.note_cells`."""
        self._job[job.NOTE_FACTS] = note_cells.address
        self._job[job.FACTS], self._job[job.FACTS_SCRATCH] = self.kept(noted.lines), self.kept(noted.scratch)

    def take(self, at: int, last: int, stop: int) -> Taken:
        """Take the rows from an address on.

        Args:
            at: where a row begins.
            last: address: they end behind the first line feed outside quotes that lies here or later.
            stop: the end of the file, where the last row may lack its line feed.
        """
        made = self._job
        made[job.AT], made[job.LAST], made[job.STOP], made[job.BROKEN] = at, last, stop, 0
        take_rows(made.ctypes.data)
        pairs, alone = int(made[job.CR_LF]), int(made[job.LF_ALONE])
        return Taken(
            stop=int(made[job.AT]),
            rows=int(made[job.ROWS]),
            is_broken=bool(made[job.BROKEN]),
            quoted=bool(made[job.QUOTED]),
            line_ends=(pairs, alone),
            out=int(made[job.OUT]),
            bad_rows=int(made[job.BAD_ROWS]),
        )

    def kept(self, array: Array) -> int:
        """Its address, which stays good as long as we live."""
        self._owners.append(array)
        return int(array.ctypes.data)
