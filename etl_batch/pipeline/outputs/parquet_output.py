"""The Parquet output of a job: row groups as they come, and a footer that joins theirs behind each part's last one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.job import TablePlan
from etl_batch.pipeline.outputs.parted_output import PartedOutput
from etl_batch.pipeline.outputs.restart_point import RowGroup
from etl_batch.pipeline.outputs.targets import Growing
from etl_batch.storage.hash_follower import Mark
from etl_batch.storage.part_file import PartFile
from etl_batch.storage.roots import Place
from etl_batch.values import OutputSummary, PartResult

if TYPE_CHECKING:
    import pyarrow as pa

_MAGIC = b"PAR1"


@dataclass(slots=True)
class ParquetOutput(PartedOutput):
    """See `PartedOutput`."""

    ending: ClassVar[str] = ".parquet"

    schema: Callable[[], pa.Schema]  #: of its columns
    _schema_footer: bytes = b""

    @classmethod
    def of(cls, where: Growing, table: TablePlan, *, is_folder: bool) -> ParquetOutput:
        """The output of a table; nothing is written yet."""
        parts = table.parts if is_folder else range(1)
        return cls(where.target, where.hidden, parts, is_folder, table.schema)

    def grant(self, result: PartResult) -> tuple[PartFile, int]:
        """The part that a span goes to, and its offset there. Spans come in order, so footers do too."""
        part = self._part(self.number_of(result.span))
        offset = part.grant(result.parquet_bytes)
        part.rows += result.rows_out
        self._schema_footer = self._schema_footer or result.parquet_schema
        if result.parquet_footer:
            part.footers.append((offset, result.parquet_footer))
        return part, offset

    def written(self, result: PartResult, offset: int) -> None:
        """A span's pages are in its part."""
        if result.parquet_bytes:
            self._open[self.number_of(result.span)].written(offset, result.parquet_bytes)
        self._seal_whole_ones()

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
        parts = self._reopen([(number, own[-1].part, own[-1].rows) for number, own in by_part.items()], reopened)
        for number, own in by_part.items():
            parts[number].footers = [(group.offset, group.footer) for group in own if group.footer]
        self._seal_whole_ones()

    def _head(self) -> bytes:
        """See `PartedOutput`."""
        return _MAGIC

    def _ended(self, part: PartFile) -> OutputSummary:
        """See `PartedOutput`."""
        from etl_batch.formats.parquet.file_tail import empty_footer, joined_tail

        if not self._schema_footer:  # no row was encoded since the job was begun, or taken up again
            self._schema_footer = empty_footer(self.schema())
        part.append(joined_tail(self._schema_footer, part.footers))
        return OutputSummary(part.target.path, "parquet", part.size, part.rows, part.sha256())
