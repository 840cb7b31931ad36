"""The CSV output of a job: lines as they come, behind the names of the columns, which each part begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from etl_batch.config import JobConfig
from etl_batch.formats.packed_output import packed_stream
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.shared_buffers import Held
from etl_batch.pipeline.job import TablePlan
from etl_batch.pipeline.outputs.csv_head import csv_dialect, csv_head
from etl_batch.pipeline.outputs.parted_output import PartedOutput
from etl_batch.pipeline.outputs.targets import Growing
from etl_batch.storage.hash_follower import Mark
from etl_batch.storage.part_file import PartFile
from etl_batch.storage.roots import Place
from etl_batch.values import OutputSummary, PartResult


@dataclass(slots=True)
class CsvOutput(PartedOutput):
    """See `PartedOutput`."""

    ending: ClassVar[str] = ".csv"

    head: bytes  #: of each part
    dialect: Mapping[str, str]  #: as a reader has to be told
    packing: str | None = None  #: how it is compressed; None: it is not

    @classmethod
    def of(cls, where: Growing, table: TablePlan, config: JobConfig, *, is_folder: bool) -> CsvOutput:
        """The output of a table; nothing is written yet."""
        parts = table.parts if is_folder else range(1)
        head, packing = csv_head(table.names, config), config.csv_packing
        if packing is not None:
            head = packed_stream(head, packing)
        return cls(where.target, where.hidden, parts, is_folder, head, csv_dialect(config), packing)

    def begin(self) -> None:
        """See `PartedOutput`; a single file is made at once, with the names of its columns."""
        PartedOutput.begin(self)
        if not self.is_folder:
            self._part(0)

    def grant(self, result: PartResult) -> tuple[PartFile, int]:
        """The part that a span goes to, and its offset there."""
        part = self._part(self.number_of(result.span))
        offset = part.grant(result.csv_bytes)
        part.rows += result.rows_out
        return part, offset

    def written(self, result: PartResult, offset: int, held: Held | None = None) -> None:
        """A span's lines are in its part.

        Args:
            result: of the span.
            offset: of its lines.
            held: the lines, where they are still in memory.
        """
        if result.csv_bytes:
            self._open[self.number_of(result.span)].written(offset, result.csv_bytes, held)
        self._seal_whole_ones()

    def restore(
        self, ends: Sequence[tuple[int, Mark, int]], reopened: Callable[[Place, Place, Mark], PartFile]
    ) -> None:
        """Go on behind the last span of an interrupted job.

        Args:
            ends: of all its spans in order: the part, where the span ends there, how many rows it has.
            reopened: opens a part of that target, at that place, and cuts it at the mark.
        """
        last: dict[int, tuple[Mark, int]] = {}
        for number, mark, rows in ends:
            last[number] = mark, rows + (last[number][1] if number in last else 0)
        self._reopen([(number, mark, rows) for number, (mark, rows) in last.items()], reopened)
        self._seal_whole_ones()

    def _head(self) -> bytes:
        """See `PartedOutput`."""
        return self.head

    def _ended(self, part: PartFile) -> OutputSummary:
        """See `PartedOutput`."""
        return OutputSummary(part.target.path, "csv", part.size, part.rows, part.sha256(), dialect=self.dialect)
