"""The copy of a CSV in which each cell stands as what it means, for the engine that reads our own text.

Only sound rows are rewritten. Broken ones stand in it as they are, for the check to name them.
"""

from __future__ import annotations

import contextlib
import os
from bisect import bisect_right
from collections.abc import Generator, Iterator, Sequence
from dataclasses import field, replace
from typing import ClassVar

import numpy as np

from etl_batch.config import JobConfig
from etl_batch.formats.csv.cell_rules import CellRule, Met, RuleTable
from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.line_ends import AS_USUAL
from etl_batch.formats.csv.transcoded import Transcoded
from etl_batch.formats.mapped_file import MappedFile, mapped_file
from etl_batch.formats.opening import folder_of_output
from etl_batch.formats.spool import unnamed_file
from etl_batch.kernels.csv_problems import BAD_ROW_FIELDS, FOUND_FIELDS, START, STOP, Problem
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.storage.part_file import write_all
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
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
class MeantCopy(Transcoded):
    """A copy with cells as what they mean; all of its rows are sound and fit, so that none is looked for elsewhere."""

    is_utf8: ClassVar[bool] = True
    data_start: int = field(kw_only=True)  #: bytes; where its rows begin
    met: tuple[Met, ...] = field(kw_only=True, repr=False)  #: what the cells of each column turned out to be
    rules: tuple[CellRule, ...] = field(kw_only=True, repr=False)  #: of the columns, as they were read

    def instead_of(self, file: CsvFile) -> CsvFile:
        """A file as it is read now."""
        return replace(file, copy=self, data_start=self.data_start, decoded_from=None)


@dataclass(frozen=True, slots=True)
class TracedCopy(MeantCopy):
    """A copy with cells as what they mean, whose rows are found again in what was read for it."""

    is_utf8: ClassVar[bool] = False
    base: CsvFile = field(kw_only=True, repr=False)  #: that was read
    miles: tuple[Milestone, ...] = field(kw_only=True, repr=False)

    @property
    def more_files(self) -> tuple[NeededFile, ...]:
        """See `Transcoded.more_files`."""
        below = self.base.copy
        return (below.needed, *below.more_files) if below else ()

    def originals(self, where: Place, positions: Sequence[int]) -> Iterator[int]:  # noqa: ARG002 - the base knows it
        """See `Transcoded.originals`: a place in a row that stands otherwise in the file is where that row begins."""
        with self._both() as (copy, base):
            found = [self._read_at(copy, base, position) for position in positions]
        yield from self.base.original_places(found)

    def row(self, start: int, stop: int) -> bytes | None:
        """See `Transcoded.row`."""
        with self._both() as (copy, base):
            begin, end = self._read_at(copy, base, start), self._read_at(copy, base, stop)
            below = self.base.copy.row(begin, end) if self.base.copy else None
            return base.cut(begin, end) if below is None else below

    def told(self, start: int, problem: Problem) -> tuple[Problem, int] | None:
        """See `Transcoded.told`: broken rows stand in the copy as they were read."""
        if self.base.copy is None:
            return None
        with self._both() as (copy, base):
            return self.base.copy.told(self._read_at(copy, base, start), problem)

    @contextlib.contextmanager
    def _both(self) -> Iterator[tuple[MappedFile, MappedFile]]:
        with (
            mapped_file(self.open(), self.identity, (0, 0), "the copy") as copy,
            self.base.mapped(0, 0) as base,
        ):
            yield copy, base

    def _read_at(self, copy: MappedFile, base: MappedFile, position: int) -> int:
        """Where what was read has the row in which a place of the copy lies."""
        from etl_batch.kernels.csv_check import next_row

        mile = self.miles[bisect_right([mile.copy for mile in self.miles], position) - 1]
        if not mile.is_sound:
            return mile.read + position - mile.copy
        at, read = copy.base + mile.copy, base.base + mile.read
        while (behind := int(next_row(at, copy.stop, 0))) <= copy.base + position and at < behind:
            at, read = behind, int(next_row(read, base.stop, 0))
        return read - base.base


@contextlib.contextmanager
def meant_copy(file: CsvFile, rules: Sequence[CellRule], config: JobConfig) -> Iterator[MeantCopy]:
    """Copy a CSV with its cells as what they mean; the copy is gone when the context is left.

    Args:
        file: the CSV, as it is read otherwise.
        rules: of its columns.
        config: of the job.

    Raises:
        DiskFull: there is no room for it.
        NotPlain: it was to be decoded on the way, and a row is broken, or of megabytes.
    """
    folder = folder_of_output(config)
    descriptor = unnamed_file(folder)
    try:
        table = RuleTable.of(rules)
        yield (_traced if file.decoded_from is None else _decoded)(file, table, (descriptor, str(folder.path)))
    finally:
        os.close(descriptor)


def _traced(file: CsvFile, table: RuleTable, copy: tuple[int, str]) -> TracedCopy:
    miles = tuple(_copied(file, table, *copy))
    return TracedCopy(
        process=os.getpid(),
        descriptor=copy[0],
        identity=FileIdentity.of(copy[0]),
        encoding=file.copy.encoding if file.copy else "utf-8",
        marks=(),
        line_ends=file.copy.line_ends if file.copy else AS_USUAL,
        data_start=file.data_start,
        base=file,
        miles=miles,
        met=table.met(),
        rules=table.rules,
    )


def _decoded(file: CsvFile, table: RuleTable, copy: tuple[int, str]) -> MeantCopy:
    from etl_batch.formats.csv.decoded_rows import write_decoded

    start = write_decoded(file, table, copy)
    return MeantCopy(
        process=os.getpid(),
        descriptor=copy[0],
        identity=FileIdentity.of(copy[0]),
        encoding=file.decoded_from or "utf-8",
        marks=(),
        data_start=start,
        met=table.met(),
        rules=table.rules,
    )


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
        from etl_batch.formats.csv.meant_runs import MeantRuns

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
        from etl_batch.kernels.csv_bad_rows import find_bad_rows

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
