"""All outputs of one job: granted in order, hashed, checked, published together or discarded."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from etl_batch.cell_escape import csv_cell
from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError, RowsDoNotAddUp
from etl_batch.paths import Place, make_folder, place
from etl_batch.sinks.part_file import PartFile
from etl_batch.sinks.publish import discard, keep_old, locked, opened_folder, prepare, publish, rename_keeping_old
from etl_batch.sources.contract import Source
from etl_batch.span_job import Grant
from etl_batch.values import OutputSummary, PartResult, Rejected

_BOM = b"\xef\xbb\xbf"
_REJECTS_HEADER = b"input,row,byte,reason,raw\n"


@dataclass(slots=True)
class JobOutputs:
    """The part files of a job, and what went into them so far."""

    csv: PartFile | None
    parquet: list[PartFile]
    parquet_folder: Place | None  #: where a folder of parts goes in the end; None: one file, or no Parquet
    sources: tuple[Source, ...]
    rows_in: int = 0
    rows_out: int = 0
    cells_escaped: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    summaries: list[OutputSummary] = field(default_factory=list)

    def grant(self, result: PartResult) -> Grant:
        """See `Outputs.grant`: spans come in order, so rejects and footers do too."""
        self.rows_in += result.rows_in
        self.rows_out += result.rows_out
        self.cells_escaped += result.cells_escaped
        self.rejected += result.rejected
        csv_offset = self.csv.grant(result.csv_bytes) if self.csv else 0
        parquet_offset = 0
        if self.parquet:
            part = self.parquet[result.span.part]
            parquet_offset = part.grant(result.parquet_bytes)
            part.rows += result.rows_out
            if result.parquet_footer:
                part.footers.append((parquet_offset, result.parquet_footer))
        return Grant(csv_offset, parquet_offset)

    def written(self, result: PartResult, grant: Grant) -> None:
        """See `Outputs.written`."""
        if self.csv and result.csv_bytes:
            self.csv.written(grant.csv_offset, result.csv_bytes)
        if self.parquet and result.parquet_bytes:
            self.parquet[result.span.part].written(grant.parquet_offset, result.parquet_bytes)

    def add_leftovers(self) -> None:
        """Under quarantine, an incomplete record at the end of an input is a rejected row."""
        for source in self.sources:
            leftover = source.leftover()
            if leftover is not None:
                self.rows_in += 1
                self.rejected.append(leftover)
        self.rejected.sort(key=lambda one: (one.source, one.byte))

    def publish(self, stamp: str) -> None:
        """Finish every output and put it in its place.

        Raises:
            RowsDoNotAddUp: the row counts contradict each other; nothing is published.
        """
        if self.rows_in != self.rows_out + len(self.rejected):
            raise RowsDoNotAddUp(f"{self.rows_in} rows read, {self.rows_out} written, {len(self.rejected)} set aside")
        self._finish_parquet()
        hashes = {part.place: part.sha256() for part in self._parts()}
        self._publish_rejects(stamp)
        if self.csv:
            publish(self.csv, stamp)
            self._summarise(self.csv, "csv", hashes, self.rows_out)
        for part in self.parquet:
            if self.parquet_folder is None:
                publish(part, stamp)
            else:
                os.fsync(part.descriptor)
            self._summarise(part, "parquet", hashes, part.rows)
        if self.parquet_folder is not None:
            hidden = Place(self.parquet_folder.root, PurePosixPath(self.parquet[0].place.relative.parent))
            rename_keeping_old(hidden, self.parquet_folder, stamp)

    def close(self) -> None:
        """Close every file."""
        for part in self._parts():
            part.close()

    def discard(self) -> None:
        """Remove all that was not published; the old outputs are as they were."""
        for part in self._parts():
            discard(part)
        if self.parquet_folder is not None and self.parquet:
            hidden = self.parquet[0].place.relative.parent
            with contextlib.suppress(OSError), opened_folder(self.parquet_folder) as parent:
                os.rmdir(hidden.name, dir_fd=parent)

    @property
    def rejects_place(self) -> Place:
        """Where the rows that were set aside are written."""
        target = self.csv.target if self.csv else self.parquet_folder or self.parquet[0].target
        return target.sibling(f"{target.relative.name}.rejected.csv")

    def _parts(self) -> list[PartFile]:
        return ([self.csv] if self.csv else []) + self.parquet

    def _summarise(self, part: PartFile, form: str, hashes: dict[Place, str], rows: int) -> None:
        self.summaries.append(OutputSummary(part.target.path, form, part.size, rows, hashes[part.place]))

    def _finish_parquet(self) -> None:
        if not self.parquet:
            return
        from etl_batch.sinks.parquet_table import empty_footer, joined_tail

        schema_footer = empty_footer(self.sources[0].schema)
        for part in self.parquet:
            part.append(joined_tail(schema_footer, part.footers))

    def _publish_rejects(self, stamp: str) -> None:
        target = self.rejects_place
        if not self.rejected:
            with opened_folder(target) as parent:
                keep_old(parent, target.relative.name, stamp)  # the last run's rejects are not this one's
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(target.relative.name, dir_fd=parent)
            return
        part = PartFile.create(target, stamp, _REJECTS_HEADER)
        try:
            for one in self.rejected:
                cells = (
                    str(self.sources[one.source].place.path),
                    str(one.row),
                    str(one.byte),
                    one.reason,
                    one.raw.hex(),
                )
                part.append((",".join(csv_cell(cell) for cell in cells) + "\n").encode("utf-8", "backslashreplace"))
            publish(part, stamp)
        except BaseException:
            discard(part)
            raise
        part.close()


def metadata_place(config: JobConfig) -> Place:
    """Where the metadata goes: as told, else beside the first output."""
    if config.metadata is not None:
        return _output_place(config.metadata, config)
    first = _output_place(str(config.output_csv or config.output_parquet), config)
    return first.sibling(f"{first.relative.name}.meta.json")


def refuse_clashes(config: JobConfig, sources: tuple[Source, ...]) -> None:
    """Refuse outputs that would replace one another, or an input.

    Raises:
        ConfigError: two of them are the same, or one lies inside the other.
    """
    given = [one for one in (config.output_csv, config.output_parquet) if one is not None]
    outputs = [_output_place(one, config).path for one in given]
    rejects = outputs[0].with_name(f"{outputs[0].name}.rejected.csv")
    written = [*outputs, metadata_place(config).path, rejects]
    for number, one in enumerate(written):
        for other in (*written[:number], *(source.place.path for source in sources)):
            if one == other or one in other.parents or other in one.parents:
                raise ConfigError(f"{one} would replace {other}", mend="give each output a place of its own")


@contextlib.contextmanager
def opened_outputs(
    config: JobConfig, job_id: str, sources: tuple[Source, ...], part_count: int
) -> Iterator[JobOutputs]:
    """Lock the outputs and make their part files; whatever is not published by the end is removed."""
    refuse_clashes(config, sources)
    with contextlib.ExitStack() as stack:
        outputs = JobOutputs(None, [], None, sources)
        try:
            if config.output_csv is not None:
                target = _output_place(config.output_csv, config)
                prepare(metadata_place(config))
                prepare(target)
                stack.enter_context(locked(target))
                outputs.csv = PartFile.create(target, job_id, _csv_head(sources[0], bom=config.bom))
            if config.output_parquet is not None:
                _open_parquet(config, job_id, outputs, (stack, part_count))
            yield outputs
            outputs.close()
        except BaseException:
            outputs.discard()
            raise


def _open_parquet(config: JobConfig, job_id: str, outputs: JobOutputs, rest: tuple[contextlib.ExitStack, int]) -> None:
    stack, part_count = rest
    given = str(config.output_parquet)
    target = _output_place(given, config)
    prepare(metadata_place(config))
    prepare(target, folder=given.endswith("/"))
    stack.enter_context(locked(target))
    if not given.endswith("/"):
        # One file takes the row groups of every chunk.
        outputs.parquet = [PartFile.create(target, job_id, b"PAR1")]
        return
    hidden = target.sibling(f".{target.relative.name}.part.{job_id}")
    make_folder(hidden)
    outputs.parquet_folder = target
    for number in range(part_count):
        name = f"part-{number:05d}.parquet"
        outputs.parquet.append(PartFile.create_at(target.child(name), hidden.child(name), b"PAR1"))


def _output_place(given: str, config: JobConfig) -> Place:
    return place(given, config.output_roots, purpose="output")


def _csv_head(source: Source, *, bom: bool) -> bytes:
    header = ",".join(csv_cell(name) for name in source.names) + "\n"
    return (_BOM if bom else b"") + header.encode()
