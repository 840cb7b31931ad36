"""All outputs of one job: granted in order, hashed, journaled, checked, published together or discarded."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from etl_batch.errors import EtlError, RowsDoNotAddUp
from etl_batch.formats.format import Source
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.shared_buffers import Held
from etl_batch.machine.undisturbed import undisturbed
from etl_batch.pipeline.job import Job, JobPlan
from etl_batch.pipeline.outputs.data_package import Described, data_package
from etl_batch.pipeline.outputs.interrupted import publish_all, publish_entry, remove_job
from etl_batch.pipeline.outputs.metadata import to_json
from etl_batch.pipeline.outputs.published_identities import Identities, Published
from etl_batch.pipeline.outputs.rejects import Rejects
from etl_batch.pipeline.outputs.replaced_outputs import published_files
from etl_batch.pipeline.outputs.restart_point import Totals, sum_of
from etl_batch.pipeline.outputs.sample_output import Elsewhere, sample_moves
from etl_batch.pipeline.outputs.span_journal import End, JobJournal
from etl_batch.pipeline.outputs.table_outputs import TableOutputs
from etl_batch.pipeline.outputs.targets import Targets
from etl_batch.pipeline.span_job import Grant
from etl_batch.storage.part_file import PartFile
from etl_batch.storage.publication import Move, forget_kept, keep_old, move_of, retirement_of, sync_folders
from etl_batch.storage.side_names import part_place
from etl_batch.storage.target import refuse_irreplaceable
from etl_batch.values import OutputSummary, PartResult, SideFile, Span


@dataclass(slots=True, kw_only=True)
class JobOutputs:
    """The part files of a job, and what went into them so far."""

    job: Job
    targets: Targets
    journal: JobJournal
    tables: list[TableOutputs]  #: in the order of their sources
    rejects: Rejects
    done: Sequence[Span] = ()  #: before this start, by the job that was interrupted
    package: PartFile | None = None  #: what the outputs are, as a Data Package; None: not yet, or there can be none
    is_decided: bool = False  #: whether the publication only goes forward from here on

    def grant(self, result: PartResult) -> Grant:
        """See `Outputs.grant`: spans come in order, so rejects and footers do too."""
        leftovers = self.rejects.add(result)
        grant, granted = self._of(result).grant(result, leftovers, End.now(self.rejects.part))
        self.journal.granted(granted)
        return grant

    def settle(self) -> None:
        """See `Outputs.settle`: to merge a span's part of the sample takes as long as to write its rows."""
        for table in self.tables:
            if table.sample:
                table.sample.merge()

    def written(self, result: PartResult, grant: Grant, held: Held | None = None) -> None:
        """See `Outputs.written`."""
        self._of(result).written(result, grant, held)
        self.journal.catch_up()

    def settle_samples(self, plan: JobPlan) -> None:
        """All rows are counted: these are the samples that they make."""
        for table, settled in zip(self.tables, plan.tables, strict=True):
            if table.sample and settled.sample is not None:
                table.sample.state.plan = settled.sample

    @property
    def totals(self) -> Totals:
        """Of all tables together."""
        return sum_of([table.totals for table in self.tables])

    def count_up(self) -> Totals:
        """All spans are here: count what was left over behind them, too; returns the counts.

        Raises:
            RowsDoNotAddUp: they contradict each other.
        """
        self.tables[-1].count(None, self.rejects.finish())
        self._refuse_unequal()
        return self.totals

    def _refuse_unequal(self) -> None:
        for table in self.tables:
            totals = table.totals
            if totals.rows_in != totals.rows_out + totals.rejected:
                raise RowsDoNotAddUp(
                    f"{totals.rows_in} rows read, {totals.rows_out} written, {totals.rejected} set aside"
                )

    def seal(self) -> None:
        """End the parts of a share, and wait until the disk has all that it made: others put it together.

        Raises:
            RowsDoNotAddUp: the row counts contradict each other.
            DiskFull: the disk had no room when the data reached it.
        """
        self._refuse_unequal()
        beside = [self.rejects.part, *(table.sample.part for table in self.tables if table.sample)]
        for table in self.tables:
            for output in table.outputs:
                output.seal()
                output.sync()
        for part in beside:
            if part is not None:
                part.sync()
                part.sha256()  # the journal waits for it
        self.journal.catch_up()

    def finish(self, elsewhere: Elsewhere) -> tuple[OutputSummary, ...]:
        """End every output, and wait until the disk has it; nothing is published yet.

        Args:
            elsewhere: draws the samples.

        Raises:
            RowsDoNotAddUp: the row counts contradict each other.
            DiskFull: the disk had no room when the data reached it.
        """
        self.count_up()
        summaries: list[OutputSummary] = []
        for table in self.tables:
            summaries += table.finish(elsewhere)
        self.journal.catch_up()
        for table in self.tables:
            for output in table.outputs:
                output.sync()
        if self.rejects.part:
            self.rejects.part.sync()
        for table in self.tables:
            if table.sample:
                table.sample.finish()
        return tuple(summaries)

    def describe(self, plan: JobPlan) -> None:
        """Write what the finished outputs are, beside the first; there is nothing where no such document can name them.

        Raises:
            DiskFull: the disk had no room.
        """
        described = [
            Described(table.plan, output.summaries, output.is_folder)
            for table in self.tables
            for output in table.outputs
        ]
        found = data_package(plan, self.job, self.targets.first.path.parent, described)
        if found is not None:
            self.package = PartFile.create(self.targets.package, self.job.job_id, to_json(found).encode())
            self.package.sync()

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
        for table in self.tables:
            table.close()
        for part in (self.rejects.part, self.package):
            if part is not None:
                part.close()

    @property
    def is_expected(self) -> bool:
        """Whether rows may be missing that the sample needs; see `sampling.expected`."""
        return any(table.sample is not None and table.sample.expected is not None for table in self.tables)

    @property
    def side_files(self) -> tuple[SideFile, ...]:
        """What will lie beside the outputs, once all of it is finished."""
        samples = (part for table in self.tables if table.sample for part in table.sample.finished)
        parts = [self.rejects.part, *samples, self.package]
        return tuple(SideFile(part.target.path, part.size, part.sha256()) for part in parts if part is not None)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The inputs whose rows these are."""
        return self.rejects.sources

    def _of(self, result: PartResult) -> TableOutputs:
        """The table that a span belongs to."""
        return next(table for table in reversed(self.tables) if table.plan.first_source <= result.span.source)

    def _published_paths(self) -> list[Path]:
        return [part.path for table in self.tables for output in table.outputs for part in output.summaries]

    def _moves(self, metadata: PartFile) -> list[Move]:
        """The publication's steps: what explains the outputs is there before them, the metadata last."""
        targets = self.targets
        beside = ((self.rejects.part, targets.rejects), (self.package, targets.package))
        found = [move_of(target, part.place) if part else retirement_of(target) for part, target in beside]
        moves = [move for move in found if move is not None]
        moves += sample_moves([table.sample for table in self.tables], targets)
        grown = {output.target: output.hidden for table in self.tables for output in table.outputs}
        moves += [
            move_of(output, grown.get(output, part_place(output, self.job.job_id)), is_folder=targets.is_folder(output))
            for output in targets.outputs
        ]
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
