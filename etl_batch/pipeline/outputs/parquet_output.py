"""The Parquet output of a job: one file, or a folder of part files that are open only while they are written."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.job import JobPlan
from etl_batch.pipeline.outputs.restart_point import RowGroup
from etl_batch.storage.hash_follower import Mark
from etl_batch.storage.part_file import PartFile, explained, remove
from etl_batch.storage.paths import list_folder, make_folder, open_existing, open_folder
from etl_batch.storage.roots import Place
from etl_batch.storage.side_names import part_place
from etl_batch.values import OutputSummary, PartResult

if TYPE_CHECKING:
    import pyarrow as pa

_MAGIC = b"PAR1"


@dataclass(slots=True)
class ParquetOutput:
    """The part files of the Parquet output, by `Span.part`."""

    target: Place
    hidden: Place  #: what becomes the target: a file, or the folder of the part files
    part_count: int
    is_folder: bool
    schema: Callable[[], pa.Schema]  #: of its columns
    summaries: list[OutputSummary] = field(default_factory=list)  #: of the parts that are whole, in their order
    _open: dict[int, PartFile] = field(default_factory=dict)
    _created: int = 0  #: parts so far
    _schema_footer: bytes = b""

    @classmethod
    def of(cls, target: Place, plan: JobPlan, *, is_folder: bool) -> ParquetOutput:
        """The output of a job; nothing is written yet."""
        count = plan.part_count if is_folder else 1
        return cls(target, part_place(target, plan.job.job_id), count, is_folder, plan.schema)

    def begin(self) -> None:
        """Make the hidden folder, where there is one; each file is made when its first span comes."""
        if self.is_folder:
            make_folder(self.hidden)

    @property
    def places(self) -> tuple[Place, ...]:
        """Where each part is written."""
        return tuple(self._place(number) for number in range(self.part_count))

    def grant(self, result: PartResult) -> tuple[PartFile, int]:
        """The part that a span goes to, and its offset there. Spans come in order, so footers do too."""
        part = self._part(result.span.part)
        offset = part.grant(result.parquet_bytes)
        part.rows += result.rows_out
        self._schema_footer = self._schema_footer or result.parquet_schema
        if result.parquet_footer:
            part.footers.append((offset, result.parquet_footer))
        return part, offset

    def written(self, result: PartResult, offset: int) -> None:
        """A span's pages are in its part; parts before the newest that are complete are ended and closed."""
        if result.parquet_bytes:
            self._open[result.span.part].written(offset, result.parquet_bytes)
        for number in sorted(self._open):
            if number == self._created - 1 or not self._open[number].is_written:
                return
            self._seal(number)

    def finish(self) -> None:
        """End all parts. An output without any span has one part without rows."""
        for number in range(self._created, self.part_count):
            self._part(number)
        for number in sorted(self._open):
            self._seal(number)

    def sync(self) -> None:
        """Wait until the disk has all of it."""
        with explained(str(self.target.path)):
            for place in self.places:
                _sync(open_existing(place))
            if self.is_folder:
                _sync(open_folder(self.hidden))

    def restore(
        self, groups: Sequence[tuple[int, RowGroup]], reopened: Callable[[Place, Place, Mark], PartFile]
    ) -> None:
        """Go on behind the last row group of an interrupted job.

        Args:
            groups: all its row groups in order, each with its part.
            reopened: opens a part of that target, at that place, and cuts it at the mark.
        """
        by_part: dict[int, list[RowGroup]] = {}
        for number, group in groups:
            by_part.setdefault(number, []).append(group)
        self._created = len(by_part)
        self._remove_later_parts()
        for number, own in by_part.items():
            part = reopened(self._target(number), self._place(number), own[-1].part)
            part.rows = own[-1].rows
            part.footers = [(group.offset, group.footer) for group in own if group.footer]
            self._open[number] = part
            if number < self._created - 1:
                self._seal(number)

    def _remove_later_parts(self) -> None:
        if self.is_folder:
            kept = {part_name(number) for number in range(self._created)}
            for name in list_folder(self.hidden):
                if name not in kept:
                    remove(self.hidden.child(name))

    def close(self) -> None:
        """Close the parts that are open."""
        for part in self._open.values():
            part.close()

    def _part(self, number: int) -> PartFile:
        while self._created <= number:  # a part without a good row is a file, too
            target, place = self._target(self._created), self._place(self._created)
            self._open[self._created] = PartFile.create_at(target, place, _MAGIC)
            self._created += 1
        return self._open[number]

    def _seal(self, number: int) -> None:
        from etl_batch.formats.parquet.file_tail import empty_footer, joined_tail

        if not self._schema_footer:  # no row was encoded since the job was begun, or taken up again
            self._schema_footer = empty_footer(self.schema())
        part = self._open[number]
        part.append(joined_tail(self._schema_footer, part.footers))
        self.summaries.append(OutputSummary(part.target.path, "parquet", part.size, part.rows, part.sha256()))
        part.close()
        del self._open[number]

    def _target(self, number: int) -> Place:
        return self.target.child(part_name(number)) if self.is_folder else self.target

    def _place(self, number: int) -> Place:
        return self.hidden.child(part_name(number)) if self.is_folder else self.hidden


def part_name(number: int) -> str:
    """A part's name within its folder."""
    return f"part-{number:05d}.parquet"


def _sync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
