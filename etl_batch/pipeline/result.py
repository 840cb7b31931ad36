"""The result of a job, as the metadata has it."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from etl_batch.formats.format import Source
from etl_batch.formats.opening import Opening
from etl_batch.formats.unpacked import file_identity
from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.job import JobPlan
from etl_batch.pipeline.outputs.job_outputs import JobOutputs
from etl_batch.pipeline.outputs.replaced_outputs import replaced_by
from etl_batch.pipeline.progress import bytes_of
from etl_batch.pipeline.runners.runner import Usage
from etl_batch.values import KIB, InputSummary, JobResult, OutputSummary, Phase, utc_text
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
    return tuple(replace(input_summary(one), reading=opening.readings.get(one.ordinal)) for one in sources)


def result_of(
    plan: JobPlan, outputs: JobOutputs, summaries: tuple[OutputSummary, ...], usage: Usage, times: Times
) -> JobResult:
    """The result of a job whose outputs are finished. Times and usage are of this start, counts of the whole job."""
    ended = time.monotonic()
    own = resource.getrusage(resource.RUSAGE_SELF)
    totals = outputs.totals
    samples = [table.sample for table in outputs.tables if table.sample]
    read_bytes = sum(source.identity.size for source in plan.sources) - bytes_of(outputs.done)
    return JobResult(
        job_id=outputs.job.job_id,
        actor=plan.config.actor,
        started_at=outputs.job.started_at,
        finished_at=utc_text(datetime.now(UTC)),
        inputs=tuple(input_summary(source) for source in plan.sources),
        outputs=summaries,
        side_files=outputs.side_files,
        columns=plan.tables[0].names,
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
        estimates=tuple(one for sample in samples for one in sample.estimates),
        warnings=(*plan.notes, *(one for sample in samples for one in sample.warnings)),
        replaced=replaced_by(outputs.targets, outputs.job.stamp),
        rejects_path=outputs.targets.rejects.path if totals.rejected else None,
        metadata_path=outputs.targets.metadata.path,
    )
