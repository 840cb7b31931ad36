"""The outputs of one table of a job: its CSV, its Parquet, its sample, and what went into them so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from typing import Any

from etl_batch.accumulators.accumulator import Learned
from etl_batch.config import JobConfig
from etl_batch.formats.packed_output import PackedPart, content_sha256
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.shared_buffers import Held
from etl_batch.pipeline.job import JobPlan, TablePlan
from etl_batch.pipeline.outputs.csv_output import CsvOutput
from etl_batch.pipeline.outputs.key_output import KeyOutput
from etl_batch.pipeline.outputs.parquet_output import ParquetOutput
from etl_batch.pipeline.outputs.parted_output import PartedOutput
from etl_batch.pipeline.outputs.restart_point import RestartPoint, Totals
from etl_batch.pipeline.outputs.sample_output import Elsewhere, JobSample
from etl_batch.pipeline.outputs.span_journal import End, Granted
from etl_batch.pipeline.outputs.targets import TableTargets, Targets, is_folder_name
from etl_batch.pipeline.span_job import Grant, TableJob
from etl_batch.values import OutputSummary, PartResult


@dataclass(slots=True, kw_only=True)
class TableOutputs:
    """The part files of a table."""

    plan: TablePlan
    targets: TableTargets
    csv: CsvOutput | None = None
    parquet: ParquetOutput | None = None
    sample: JobSample | None = None
    keys: KeyOutput | None = None
    totals: Totals = field(default_factory=Totals)
    learned: list[Learned] = field(default_factory=list)  #: what each accumulator of the table came to

    @classmethod
    def of(cls, plan: TablePlan, targets: TableTargets, config: JobConfig) -> TableOutputs:
        """Those of a table, of which nothing is written yet; the sample is made when it begins, or goes on."""
        csv = parquet = None
        learned = [one.begin() for one in plan.accumulators]
        if not plan.has_outputs:
            return cls(plan=plan, targets=targets, learned=learned)
        if targets.csv is not None:
            csv = CsvOutput.of(targets.csv, plan, config, is_folder=is_folder_name(config.output_csv))
        if targets.parquet is not None:
            parquet = ParquetOutput.of(targets.parquet, plan, is_folder=is_folder_name(config.output_parquet))
        return cls(plan=plan, targets=targets, csv=csv, parquet=parquet, learned=learned)

    def own(self, restart_points: Sequence[RestartPoint]) -> list[RestartPoint]:
        """Those of some restart points that are of this table."""
        first = self.plan.first_source
        return [made for made in restart_points if first <= made.span.source < first + len(self.plan.sources)]

    def begin(self, plan: JobPlan) -> None:
        """Make its files.

        Raises:
            DiskFull, OutputFailed: they cannot be made.
        """
        for output in self.outputs:
            output.begin()
        self.sample = JobSample.begin(self.targets, plan, self.plan)
        if self.plan.keys is not None:
            self.keys = KeyOutput.begin(self.targets.span_keys, plan.job.job_id)

    def grant(self, result: PartResult, leftovers: int, rejects: End | None) -> tuple[Grant, Granted]:
        """Where the output of a span goes, and what the journal says of it.

        Args:
            result: of the span.
            leftovers: rows that were set aside before it, and that no span counts.
            rejects: the end of the rows set aside, those of the span among them.
        """
        lines, csv_offset = self.csv.grant(result) if self.csv else (None, 0)
        part, parquet_offset = self.parquet.grant(result) if self.parquet else (None, 0)
        hint, sample_offset = None, 0
        if self.sample:
            placed = (csv_offset, result.csv_bytes) if self.csv else (None, None)
            group = len(part.footers) - 1 if part and result.parquet_footer else None
            number = self.parquet.number_of(result.span) if self.parquet else None
            csv_part = result.span.part if self.csv and self.csv.is_folder else None
            sample_offset, hint = self.sample.keep(result, (*placed, number, group, csv_part))
        key_offset = self.keys.grant(result) if self.keys else 0
        self.count(result, leftovers)
        self.learn(result.learned)
        granted = Granted(
            span=result.span,
            totals=self.totals,
            csv=End.now(lines),
            parquet=End.now(part),
            parquet_rows=part.rows if part else 0,
            parquet_offset=parquet_offset,
            parquet_footer=result.parquet_footer,
            rejects=rejects,
            samples=End.now(self.sample.part if self.sample else None),
            keys=End.now(self.keys.part if self.keys else None),
            learned=result.learned,
        )
        return Grant(csv_offset, parquet_offset, sample_offset, key_offset, hint), granted

    def written(self, result: PartResult, grant: Grant, held: Held | None = None) -> None:
        """See `Outputs.written`."""
        if self.csv:
            self.csv.written(result, grant.csv_offset, held)
        if self.parquet:
            self.parquet.written(result, grant.parquet_offset)
        if self.sample:
            self.sample.written(result, grant.sample_offset)
        if self.keys:
            self.keys.written(result, grant.key_offset)

    def learn(self, parts: Sequence[bytes]) -> None:
        """Add what was learned of a span."""
        for accumulator, so_far, part in zip(self.plan.accumulators, self.learned, parts, strict=True):
            so_far.merge(accumulator.unpack(part))

    def findings(self) -> dict[str, Any]:
        """What was learned of all rows, by the fields of the result."""
        its = zip(self.plan.accumulators, self.learned, strict=True)
        return {accumulator.key: so_far.finish() for accumulator, so_far in its if accumulator.key is not None}

    def notes(self) -> tuple[str, ...]:
        """What a user should know of all rows."""
        table = "" if self.plan.name is None else f"{self.plan.name}."
        return tuple(note for so_far in self.learned for note in so_far.notes(table))

    def count(self, result: PartResult | None, leftovers: int) -> None:
        """Add a span, if there is one, and bad rows that no span counts."""
        added = replace(self.totals, rows_in=self.totals.rows_in + leftovers, rejected=self.totals.rejected + leftovers)
        if result is not None:
            added = replace(
                added,
                rows_in=added.rows_in + result.rows_in,
                rows_out=added.rows_out + result.rows_out,
                cells_escaped=added.cells_escaped + result.cells_escaped,
                rejected=added.rejected + len(result.rejected),
                apostrophes_inside=added.apostrophes_inside + result.apostrophes_inside,
            )
        self.totals = added

    def finish(self, elsewhere: Elsewhere) -> tuple[OutputSummary, ...]:
        """End all parts; the sample is being drawn meanwhile.

        Args:
            elsewhere: draws it.
        """
        content = self._content_sha256(elsewhere)
        if self.sample:
            self.sample.begin_drawing(elsewhere)
        for output in (self.parquet, self.csv):
            if output is not None:
                output.finish()
        csv = [replace(whole, sha256_content=content) for whole in self.csv.summaries] if self.csv else []
        return (*csv, *(self.parquet.summaries if self.parquet else ()))

    def _content_sha256(self, elsewhere: Elsewhere) -> str | None:
        """Of the CSV before it was compressed; None: it was not."""
        if self.csv is None or self.csv.packing is None:
            return None
        (found,) = elsewhere(content_sha256, [PackedPart(self.csv.hidden, self.csv.packing)])
        return str(found)

    @property
    def outputs(self) -> tuple[PartedOutput, ...]:
        """The CSV, the Parquet, or both."""
        return tuple(output for output in (self.csv, self.parquet) if output is not None)

    def close(self) -> None:
        """Close every file."""
        for output in self.outputs:
            output.close()
        for part in self.sample.parts() if self.sample else ():
            part.close()
        if self.keys:
            self.keys.part.close()

    def told(self) -> TableJob:
        """What workers get to know of it."""
        return TableJob(
            csv=self.csv.places if self.csv else (),
            parquet=self.parquet.places if self.parquet else (),
            sample=self.plan.sample,
            shapes=self.plan.shapes,
            span_samples=self.sample.part.place if self.sample else None,
            first_source=self.plan.first_source,
            expected=self.sample.expected if self.sample else None,
            accumulators=self.plan.accumulators,
            keys=self.plan.keys.told(self.keys) if self.plan.keys and self.keys else None,
        )


def tables_of(plan: JobPlan, targets: Targets) -> list[TableOutputs]:
    """The outputs of all tables of a job, of which nothing is written yet."""
    job_id = plan.job.job_id
    return [TableOutputs.of(table, targets.of_table(table.name, job_id), plan.config) for table in plan.tables]
