"""The copy of a CSV in which each cell stands as what it means, for the engine that reads our own text."""

from __future__ import annotations

import contextlib
import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import field, replace
from typing import ClassVar

from etl_batch.config import JobConfig
from etl_batch.formats.csv.cell_rules import CellRule, Met
from etl_batch.formats.csv.copied_rows import Copied, CopyTask, Milestone, copy_rows
from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.decoded_rows import NotPlain
from etl_batch.formats.csv.line_ends import AS_USUAL
from etl_batch.formats.csv.transcoded import Transcoded
from etl_batch.formats.mapped_file import MappedFile, mapped_file
from etl_batch.formats.opening import Mapper, folder_of_output
from etl_batch.formats.spool import unnamed_file
from etl_batch.kernels.csv_check import next_row
from etl_batch.kernels.csv_problems import Problem
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place


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
        mile = self.miles[bisect_right([mile.copy for mile in self.miles], position) - 1]
        if not mile.is_sound:
            return mile.read + position - mile.copy
        at, read = copy.base + mile.copy, base.base + mile.read
        while (behind := int(next_row(at, copy.stop, 0))) <= copy.base + position and at < behind:
            at, read = behind, int(next_row(read, base.stop, 0))
        return read - base.base


def meant_copies(
    files: Sequence[CsvFile], rules: Sequence[Sequence[CellRule]], config: JobConfig, run: Mapper, copies: ExitStack
) -> list[MeantCopy]:
    """Copy CSVs with their cells as what they mean.

    Args:
        files: as they are read otherwise.
        rules: of the columns of each.
        config: of the job.
        run: makes each in a process of its own; where it runs nothing, they are made here.
        copies: closes them.

    Raises:
        DiskFull: there is no room for them.
        NotPlain: one was to be decoded on the way, and a row is broken, or of megabytes.
    """
    folder = folder_of_output(config)
    tasks = []
    for file, its in zip(files, rules, strict=True):
        descriptor = unnamed_file(folder)
        copies.callback(os.close, descriptor)
        tasks.append(CopyTask(file, tuple(its), descriptor, str(folder.path)))
    made = list(run(copy_rows, tasks)) or [copy_rows(task) for task in tasks]
    if not all(one.is_plain for one in made):
        raise NotPlain
    return [_meant(task, one) for task, one in zip(tasks, made, strict=True)]


def _meant(task: CopyTask, made: Copied) -> MeantCopy:
    file, identity = task.file, FileIdentity.of(task.descriptor)
    if file.decoded_from is not None:
        return MeantCopy(
            os.getpid(), task.descriptor, identity, file.decoded_from, (),
            data_start=made.data_start, met=made.met, rules=task.rules,
        )  # fmt: skip
    below = file.copy
    return TracedCopy(
        os.getpid(), task.descriptor, identity, below.encoding if below else "utf-8", (),
        below.line_ends if below else AS_USUAL,
        data_start=made.data_start, met=made.met, rules=task.rules, base=file, miles=made.miles,
    )  # fmt: skip
