"""All outputs of one job: granted in order, hashed, journaled, checked, published together or discarded."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from etl_batch.errors import EtlError, RowsDoNotAddUp
from etl_batch.formats.format import Source
from etl_batch.formats.packed_output import PackedPart, content_sha256
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.shared_buffers import Held
from etl_batch.machine.undisturbed import undisturbed
from etl_batch.pipeline.job import Job
from etl_batch.pipeline.outputs.csv_output import CsvOutput
from etl_batch.pipeline.outputs.interrupted import publish_all, publish_entry, remove_job
from etl_batch.pipeline.outputs.parquet_output import ParquetOutput
from etl_batch.pipeline.outputs.published_identities import Identities, Published
from etl_batch.pipeline.outputs.rejects import Rejects
from etl_batch.pipeline.outputs.replaced_outputs import published_files
from etl_batch.pipeline.outputs.restart_point import Totals
from etl_batch.pipeline.outputs.sample_output import Elsewhere, JobSample, sample_moves
from etl_batch.pipeline.outputs.span_journal import End, Granted, JobJournal
from etl_batch.pipeline.outputs.targets import Targets
from etl_batch.pipeline.span_job import Grant
from etl_batch.sampling.plan import SamplePlan
from etl_batch.storage.part_file import PartFile
from etl_batch.storage.publication import Move, forget_kept, keep_old, move_of, retirement_of, sync_folders
from etl_batch.storage.target import refuse_irreplaceable
from etl_batch.values import OutputSummary, PartResult, SideFile, Span


@dataclass(slots=True, kw_only=True)
class JobOutputs:
    """The part files of a job, and what went into them so far."""

    job: Job
    targets: Targets
    journal: JobJournal
    csv: CsvOutput | None
    parquet: ParquetOutput | None
    rejects: Rejects
    sample: JobSample | None = None
    totals: Totals = field(default_factory=Totals)
    done: Sequence[Span] = ()  #: before this start, by the job that was interrupted
    is_decided: bool = False  #: whether the publication only goes forward from here on

    def grant(self, result: PartResult) -> Grant:
        """See `Outputs.grant`: spans come in order, so rejects and footers do too."""
        leftovers = self.rejects.add(result)
        lines, csv_offset = self.csv.grant(result) if self.csv else (None, 0)
        part, parquet_offset = self.parquet.grant(result) if self.parquet else (None, 0)
        hint, sample_offset = None, 0
        if self.sample:
            placed = (csv_offset, result.csv_bytes) if self.csv else (None, None)
            group = len(part.footers) - 1 if part and result.parquet_footer else None
            number = self.parquet.number_of(result.span) if self.parquet else None
            csv_part = result.span.part if self.csv and self.csv.is_folder else None
            sample_offset, hint = self.sample.keep(result, (*placed, number, group, csv_part))
        self._count(result, leftovers)
        self.journal.granted(
            Granted(
                span=result.span,
                totals=self.totals,
                csv=End.now(lines),
                parquet=End.now(part),
                parquet_rows=part.rows if part else 0,
                parquet_offset=parquet_offset,
                parquet_footer=result.parquet_footer,
                rejects=End.now(self.rejects.part),
                samples=End.now(self.sample.part if self.sample else None),
            )
        )
        return Grant(csv_offset, parquet_offset, sample_offset, hint)

    def settle(self) -> None:
        """See `Outputs.settle`: to merge a span's part of the sample takes as long as to write its rows."""
        if self.sample:
            self.sample.merge()

    def written(self, result: PartResult, grant: Grant, held: Held | None = None) -> None:
        """See `Outputs.written`."""
        if self.csv:
            self.csv.written(result, grant.csv_offset, held)
        if self.parquet:
            self.parquet.written(result, grant.parquet_offset)
        if self.sample:
            self.sample.written(result, grant.sample_offset)
        self.journal.catch_up()

    def settle_sample(self, plan: SamplePlan | None) -> None:
        """All rows are counted: this is the sample that they make."""
        if self.sample and plan is not None:
            self.sample.state.plan = plan

    def count_up(self) -> Totals:
        """All spans are here: count what was left over behind them, too; returns the counts.

        Raises:
            RowsDoNotAddUp: they contradict each other.
        """
        self._count(None, self.rejects.finish())
        totals = self.totals
        if totals.rows_in != totals.rows_out + totals.rejected:
            raise RowsDoNotAddUp(f"{totals.rows_in} rows read, {totals.rows_out} written, {totals.rejected} set aside")
        return totals

    def finish(self, elsewhere: Elsewhere) -> tuple[OutputSummary, ...]:
        """End every output, and wait until the disk has it; nothing is published yet.

        Args:
            elsewhere: draws the sample.

        Raises:
            RowsDoNotAddUp: the row counts contradict each other.
            DiskFull: the disk had no room when the data reached it.
        """
        self.count_up()
        content = self._content_sha256(elsewhere)
        if self.sample:
            self.sample.begin_drawing(elsewhere)
        summaries: list[OutputSummary] = []
        if self.parquet:
            self.parquet.finish()
            summaries += self.parquet.summaries
        if self.csv:
            self.csv.finish()
            summaries = [*(replace(whole, sha256_content=content) for whole in self.csv.summaries), *summaries]
        self.journal.catch_up()
        if self.csv:
            self.csv.sync()
        if self.parquet:
            self.parquet.sync()
        if self.rejects.part:
            self.rejects.part.sync()
        if self.sample:
            self.sample.finish()
        return tuple(summaries)

    def _content_sha256(self, elsewhere: Elsewhere) -> str | None:
        """Of the CSV before it was compressed; None: it was not."""
        if self.csv is None or self.csv.packing is None:
            return None
        (found,) = elsewhere(content_sha256, [PackedPart(self.csv.hidden, self.csv.packing)])
        return str(found)

    def publish(self, metadata: str) -> Published:
        """Put everything in its place, all or nothing: once the journal says so, it only goes forward.

        Returns:
            What tells the files again.

        Raises:
            DiskFull, OutputFailed: before that, nothing is published; after it, the next start finishes it.
        """
        part = PartFile.create(self.targets.metadata, self.job.job_id, metadata.encode())
        try:
            part.sync()
        finally:
            part.close()
        with undisturbed():
            identities = self._publish(self._moves(part))
            return Published(published_files(self._published_paths(), self.targets), identities)

    def publish_rejects(self, refusal: EtlError) -> None:
        """Put the rows set aside in their place, alone: the job fails, and they say why. Whole or not at all, too.

        Args:
            refusal: how the job ends, also where a later start finishes this.

        Raises:
            DiskFull, OutputFailed: before it is decided, nothing is published; after it, the next start finishes it.
        """
        part = self.rejects.part
        if part is None:
            return
        part.sync()
        move = move_of(part.target, part.place)
        refuse_irreplaceable(move.target, folder=False)
        self._publish([move], refusal)

    def keep(self) -> bool:
        """Leave what can be taken up again; returns whether there is anything."""
        with undisturbed():
            self.close()  # the hashes come to their ends
            with contextlib.suppress(EtlError):
                self.journal.catch_up()
            self.journal.close()
            if not self.journal.spans:
                remove_job(self.targets, self.job)
            return self.journal.spans > 0

    def discard(self) -> None:
        """Remove all of it; the old outputs are as they were."""
        with undisturbed():
            self.close()
            self.journal.close()
            remove_job(self.targets, self.job)

    def close(self) -> None:
        """Close every file but the journal."""
        for part in (self.csv, self.parquet, self.rejects.part, *(self.sample.parts() if self.sample else ())):
            if part is not None:
                part.close()

    @property
    def side_files(self) -> tuple[SideFile, ...]:
        """What will lie beside the outputs, once all of it is finished."""
        parts = [self.rejects.part, *(self.sample.finished if self.sample else ())]
        return tuple(SideFile(part.target.path, part.size, part.sha256()) for part in parts if part is not None)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The inputs whose rows these are."""
        return self.rejects.sources

    def _published_paths(self) -> list[Path]:
        return [part.path for output in (self.csv, self.parquet) if output is not None for part in output.summaries]

    def _count(self, result: PartResult | None, leftovers: int) -> None:
        """Add a span, if there is one, and rows that no span counts; the rejects know their own number."""
        added = replace(self.totals, rows_in=self.totals.rows_in + leftovers, rejected=self.rejects.count)
        if result is not None:
            added = replace(
                added,
                rows_in=added.rows_in + result.rows_in,
                rows_out=added.rows_out + result.rows_out,
                cells_escaped=added.cells_escaped + result.cells_escaped,
                apostrophes_inside=added.apostrophes_inside + result.apostrophes_inside,
            )
        self.totals = added

    def _moves(self, metadata: PartFile) -> list[Move]:
        """The publication's steps: what explains the outputs is there before them, the metadata last."""
        targets = self.targets
        rejects = self.rejects.part
        first = move_of(targets.rejects, rejects.place) if rejects else retirement_of(targets.rejects)
        moves = [*([first] if first else []), *sample_moves(self.sample, targets)]
        outputs = [output for output in (self.csv, self.parquet) if output is not None]
        moves += [move_of(output.target, output.hidden, is_folder=output.is_folder) for output in outputs]
        moves.append(move_of(metadata.target, metadata.place))
        for move in moves:
            refuse_irreplaceable(move.target, folder=move.is_folder)
        return moves

    def _publish(self, moves: Sequence[Move], refusal: EtlError | None = None) -> Identities:
        sync_folders(moves)
        with undisturbed():
            self._decide(moves, publish_entry(moves, refusal))
            self.close()
            self.journal.close()
            return publish_all(moves, self.targets, self.job)

    def _decide(self, moves: Sequence[Move], entry: dict[str, Any]) -> None:
        """Write the decision; what still can fail for want of room is done before anything is replaced."""
        journal = self.journal.journal
        size, crc = journal.size, journal.crc
        self.is_decided = True  # perhaps: only the journal knows
        try:
            journal.append(entry, durable=True)
            keep_old(moves, self.job.stamp)
        except Exception:
            journal.cut(size, crc)
            forget_kept(moves, self.job.stamp)
            self.is_decided = False
            raise
