"""The result of a job, as the metadata has it."""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from etl_batch.contracts.findings import in_words
from etl_batch.formats.format import Source
from etl_batch.formats.of_table import FromRecords, OfTable
from etl_batch.formats.opening import Opening
from etl_batch.formats.unpacked import file_identity
from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.job import JobPlan
from etl_batch.pipeline.outputs.job_outputs import JobOutputs
from etl_batch.pipeline.outputs.replaced_outputs import replaced_by
from etl_batch.pipeline.outputs.table_outputs import TableOutputs
from etl_batch.pipeline.progress import bytes_of
from etl_batch.pipeline.runners.runner import Usage
from etl_batch.text.moments import utc_text
from etl_batch.values import (
    KIB,
    InputSummary,
    JobResult,
    OutputSummary,
    Phase,
    TableSummary,
    TotalEstimate,
)
from etl_batch.version import versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When the phases of this start of the job ended, on `time.monotonic`."""

    began: float
    planned: float
    converted: float


def input_summary(source: Source) -> InputSummary:
    """An input as the metadata lists it."""
    rows = source.rows + (source.leftover() is not None)
    return InputSummary(source.place.path, source.format, file_identity(source.place, source.identity).size, rows)


def input_summaries(opening: Opening, sources: Sequence[Source]) -> tuple[InputSummary, ...]:
    """The inputs as the metadata lists them, with how texts were read."""
    if any(isinstance(one, OfTable) for one in sources):
        return _summaries_of_files(sources)
    return tuple(replace(input_summary(one), reading=opening.readings.get(one.ordinal)) for one in sources)


def _records_in(sources: Sequence[Source]) -> int | None:
    """All records of the inputs, those of no table and those that become no rows too; None: each is a row."""
    files = {source.place: source for source in sources}.values()
    if not any(isinstance(source, FromRecords) for source in files):
        return None
    found = sum(source.records if isinstance(source, FromRecords) else source.rows for source in files)
    return found + sum(source.leftover() is not None for source in sources)


def _summaries_of_files(sources: Sequence[Source]) -> tuple[InputSummary, ...]:
    """Each file once, whose records are in several tables."""
    found: dict[Path, InputSummary] = {}
    for source in sources:
        before = found.get(source.place.path)
        rows = before.rows if before else source.records if isinstance(source, OfTable) else source.rows
        found[source.place.path] = replace(input_summary(source), rows=rows + (source.leftover() is not None))
    return tuple(found.values())


def result_of(
    plan: JobPlan, outputs: JobOutputs, summaries: tuple[OutputSummary, ...], usage: Usage, times: Times
) -> JobResult:
    """The result of a job whose outputs are finished. Times and usage are of this start, counts of the whole job."""
    ended = time.monotonic()
    own = resource.getrusage(resource.RUSAGE_SELF)
    totals = outputs.totals
    samples = [table.sample for table in outputs.tables if table.sample]
    inputs = {source.place: source.identity.size for source in plan.sources}
    read_bytes = max(sum(inputs.values()) - bytes_of(outputs.done), 0)
    tables = _tables(outputs)
    learned = {} if tables else outputs.tables[0].findings()
    return JobResult(
        job_id=outputs.job.job_id,
        actor=plan.config.actor,
        started_at=outputs.job.started_at,
        finished_at=utc_text(datetime.now(UTC)),
        inputs=tuple(input_summary(source) for source in plan.sources),
        outputs=summaries,
        side_files=outputs.side_files,
        columns=() if tables else plan.tables[0].names,
        tables=tables,
        records_in=_records_in(plan.sources),
        rows_in=totals.rows_in,
        rows_out=totals.rows_out,
        rows_quarantined=totals.rejected,
        cells_escaped=totals.cells_escaped,
        apostrophes_inside=totals.apostrophes_inside,
        phases=(
            Phase("plan", round(times.planned - times.began, 6)),
            Phase("convert", round(times.converted - times.planned, 6)),
            Phase("publish", round(ended - times.converted, 6)),
        ),
        throughput_mb_s=round(read_bytes / 1e6 / (ended - times.began), 6),
        peak_rss_bytes=usage.peak_rss_bytes + own.ru_maxrss * KIB,
        cpu_seconds=round(usage.cpu_seconds + own.ru_utime + own.ru_stime, 6),
        versions=versions(),
        sandbox=usage.sandbox,
        estimates=tuple(one for table in outputs.tables for one in _estimates(table)),
        warnings=(*plan.notes, *(one for sample in samples for one in sample.warnings), *_broken_rules(learned)),
        replaced=replaced_by(outputs.targets, outputs.job.stamp),
        rejects_path=outputs.targets.rejects.path if totals.rejected else None,
        metadata_path=outputs.targets.metadata.path,
        **learned,
    )


def _broken_rules(learned: Mapping[str, Any]) -> list[str]:
    """The rules of a contract that rows break, though the job is done."""
    found = learned.get("contract")
    return [f"contract: {in_words(one)}" for one in found["rules"] if one["is_broken"]] if found else []


def _tables(outputs: JobOutputs) -> tuple[TableSummary, ...]:
    """Where there are several."""
    return tuple(
        TableSummary(
            name=table.plan.name,
            outputs=tuple(output.target.path for output in table.outputs),
            columns=table.plan.names,
            rows_in=table.totals.rows_in,
            rows_out=table.totals.rows_out,
            rows_quarantined=table.totals.rejected,
            estimates=table.sample.estimates if table.sample else (),
            **table.findings(),
        )
        for table in outputs.tables
        if table.plan.name is not None
    )


def _estimates(table: TableOutputs) -> tuple[TotalEstimate, ...]:
    """Of a table; where there are several, each measure with the name of its own."""
    if table.sample is None:
        return ()
    name = table.plan.name
    return tuple(
        one if name is None else replace(one, measure=f"{name}.{one.measure}") for one in table.sample.estimates
    )
