"""Rows of a CSV in memory, written with their cells as what they mean, a stretch after the other."""

from __future__ import annotations

from dataclasses import field

import numpy as np
import numpy.typing as npt

from etl_batch.formats.csv.cell_rules import RuleTable
from etl_batch.kernels import csv_run_job as job
from etl_batch.kernels.columns import Array
from etl_batch.kernels.meant_rows import FIRST_ROW, ROOM_STOP, write_meant_rows
from etl_batch.light_dataclass import dataclass
from etl_batch.values import MIB

_ROOM_BYTES = 16 * MIB  #: of which only what is written is memory; more, where a row may need it
#: delimiters that may stand in what a cell means
_WITHIN_VALUES = frozenset(".-+:TZtruefalsNaiInfEe0123456789")


@dataclass(frozen=True, slots=True)
class Written:
    """A stretch of rows."""

    stop: int  #: address behind it
    rows: int
    content: memoryview  #: what is written for them; good until the next stretch
    is_broken: bool  #: in the run of rows that begins there one is broken


@dataclass(slots=True)
class MeantRuns:
    """Writes rows, as long as they are sound."""

    table: RuleTable
    delimiter: int
    is_utf8: bool = False  #: the rows are known to be
    _room: Array = field(init=False)
    _job: npt.NDArray[np.uint64] = field(init=False)
    _meant: npt.NDArray[np.uint64] = field(init=False)
    _lists: list[Array] = field(init=False)

    def __post_init__(self) -> None:
        columns, room = len(self.table.rules), job.list_room(len(self.table.rules))
        made = self._job = np.zeros(job.JOB_FIELDS, dtype=np.uint64)
        self._lists = [np.empty(room, dtype=np.uint64) for _ in range(2)]
        made[job.DELIMITER], made[job.COLUMNS], made[job.ROOM] = self.delimiter, columns, room
        made[job.IS_UTF8] = self.is_utf8
        made[job.STARTS], made[job.MARKS] = (one.ctypes.data for one in self._lists)
        chosen = [column for column, rule in enumerate(self.table.rules) if not rule.is_plain]
        pairs = [(column, self.table.words[column].ctypes.data) for column in chosen]
        is_within = chr(self.delimiter) in _WITHIN_VALUES
        self._meant = np.array([is_within, 0, 0, *(word for pair in pairs for word in pair)], dtype=np.uint64)
        made[job.CHOSEN], made[job.CHOSEN_COLUMNS] = self._meant.ctypes.data, len(chosen)
        self._room = np.empty(_ROOM_BYTES, dtype=np.uint8)

    def write(self, at: int, last: int, stop: int, first_row: int) -> Written:
        """Write the rows from an address on.

        Args:
            at: where a row begins.
            last: address: they end behind the first line feed outside quotes that lies here or later, or before.
            stop: the end of the file, where the last row may lack its line feed.
            first_row: its number, from 1.
        """
        made = self._job
        while True:
            out = self._room.ctypes.data
            made[job.AT], made[job.LAST], made[job.STOP] = at, last, stop
            made[job.ROWS], made[job.BROKEN], made[job.OUT] = 0, 0, out
            self._meant[FIRST_ROW], self._meant[ROOM_STOP] = first_row, out + len(self._room)
            write_meant_rows(made.ctypes.data)
            is_broken = bool(made[job.BROKEN])
            if int(made[job.AT]) > at or is_broken:
                content = self._room[: int(made[job.OUT]) - out].data
                return Written(int(made[job.AT]), int(made[job.ROWS]), content, is_broken)
            self._room = np.empty(2 * len(self._room), dtype=np.uint8)
