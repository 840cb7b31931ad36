"""Copies a CSV with each cell as what it means; in a worker, which it ends if the file is cut short under it.

Only sound rows are rewritten. Broken ones stand in the copy as they are, for the check to name them.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from functools import partial

import numpy as np

from etl_batch.formats.csv.cell_rules import CellRule, Met, RuleTable
from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.decoded_rows import NotPlain, write_decoded
from etl_batch.formats.csv.meant_runs import MeantRuns
from etl_batch.formats.mapped_file import MappedFile
from etl_batch.kernels.csv_bad_rows import find_bad_rows
from etl_batch.kernels.csv_problems import BAD_ROW_FIELDS, FOUND_FIELDS, START, STOP
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile, handed
from etl_batch.storage.part_file import write_all
from etl_batch.values import KIB

_STEP_BYTES = 256 * KIB
_ROOM = 1024  #: bad rows listed in one go


@dataclass(frozen=True, slots=True)
class Milestone:
    """Where a run of rows begins in what was read, and in the copy."""

    read: int  #: bytes
    copy: int  #: bytes
    is_sound: bool  #: rows from here on may stand otherwise in the copy; else they are the same bytes


@dataclass(frozen=True, slots=True)
class CopyTask:
    """A CSV to be copied."""

    file: CsvFile
    rules: tuple[CellRule, ...]  #: of its columns
    descriptor: int  #: of the copy, in the process that made this
    folder: str  #: of the copy, for messages

    @property
    def files(self) -> tuple[NeededFile, ...]:
        """What a worker needs."""
        return (*self.file.files, NeededFile(self._key, partial(os.dup, self.descriptor)))

    def open(self) -> int:
        """Open the copy in whichever process this is; the caller closes the descriptor."""
        found = handed(self._key)
        return os.dup(self.descriptor) if found is None else found

    @property
    def _key(self) -> tuple[str, int]:
        return "copy", self.descriptor


@dataclass(frozen=True, slots=True)
class Copied:
    """What came of it."""

    data_start: int  #: bytes; where its rows begin
    met: tuple[Met, ...]  #: what the cells of each column turned out to be
    miles: tuple[Milestone, ...]  #: empty where it was decoded on the way
    is_plain: bool = True  #: else it was to be decoded on the way, and cannot be: it is worth nothing


def copy_rows(task: CopyTask) -> Copied:
    """Write the copy.

    Raises:
        DiskFull: there is no room for it.
        InputChanged: the file is not what it was.
    """
    file, table, descriptor = task.file, RuleTable.of(task.rules), task.open()
    try:
        if file.decoded_from is None:
            miles = tuple(_copied(file, table, descriptor, task.folder))
            return Copied(file.data_start, table.met(), miles)
        try:
            start = write_decoded(file, table, (descriptor, task.folder))
        except NotPlain:
            return Copied(0, (), (), is_plain=False)
        return Copied(start, table.met(), ())
    finally:
        os.close(descriptor)


def _copied(file: CsvFile, table: RuleTable, descriptor: int, what: str) -> Iterator[Milestone]:
    """Write the copy."""
    if file.size == 0:
        return
    with file.mapped(0, min(file.size, _STEP_BYTES)) as mapped:
        writer = _Writer(file, table, mapped, (descriptor, what))
        yield writer.as_it_is(0, file.data_start)
        at = mapped.base + file.data_start
        while at < mapped.stop:
            last = min(at + _STEP_BYTES, mapped.stop - 1)
            mile, end, is_broken = writer.meant(at, last, mapped.stop)
            if end > at:
                yield mile
            at = end
            if is_broken:
                at = yield from writer.slowly(at, last)


class _Writer:
    """Writes the copy, run by run."""

    def __init__(self, file: CsvFile, table: RuleTable, mapped: MappedFile, copy: tuple[int, str]) -> None:
        self._file = file
        self._runs = MeantRuns(table, file.delimiter)
        self._mapped = mapped
        self._copy = copy
        self._written = 0
        self._row = 1

    def as_it_is(self, start: int, stop: int) -> Milestone:
        """Copy bytes."""
        mile = Milestone(start, self._written, is_sound=False)
        self._write(self._mapped.cut(start, stop))
        return mile

    def meant(self, at: int, last: int, stop: int) -> tuple[Milestone, int, bool]:
        """Copy sound rows with their cells as what they mean; see `MeantRuns.write`.

        Returns:
            Where they begin, the address behind them, and whether a broken row is near there.
        """
        mile = Milestone(at - self._mapped.base, self._written, is_sound=True)
        written = self._runs.write(at, last, stop, self._row)
        self._write(written.content)
        self._row += written.rows
        return mile, written.stop, written.is_broken

    def slowly(self, at: int, last: int) -> Generator[Milestone, None, int]:
        """Copy rows among which there are broken ones, those as they are; returns the address behind them."""
        file, mapped = self._file, self._mapped
        found = np.zeros(FOUND_FIELDS, dtype=np.uint64)
        room = np.empty((_ROOM, BAD_ROW_FIELDS), dtype=np.int64)
        end = int(find_bad_rows(mapped.base, at, last + 1, mapped.stop, file.delimiter, file.columns, room, found))
        for bad in room[: int(found[1])]:
            start, stop = int(bad[START]), int(bad[STOP])
            yield from self._sound(at, mapped.base + start)
            yield self.as_it_is(start, stop)
            self._row += 1
            at = mapped.base + stop
        yield from self._sound(at, end)
        return end

    def _sound(self, at: int, end: int) -> Iterator[Milestone]:
        """Copy the rows from one address to another, all of which are sound."""
        while at < end:
            mile, behind, is_broken = self.meant(at, end - 1, end)
            if is_broken:
                raise RuntimeError(f"rows are sound and broken at once, at byte {behind - self._mapped.base}")
            yield mile
            at = behind

    def _write(self, content: bytes | memoryview) -> None:
        write_all(self._copy[0], content, self._written, self._copy[1])
        self._written += len(content)
