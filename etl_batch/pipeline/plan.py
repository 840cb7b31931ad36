"""From inputs to spans, and what the workers get to know."""

from __future__ import annotations

from dataclasses import replace

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.formats.format import Source
from etl_batch.pipeline.job import Job, JobPlan, TablePlan
from etl_batch.pipeline.output_shape import shapes_of
from etl_batch.pipeline.outputs.job_outputs import JobOutputs
from etl_batch.pipeline.outputs.targets import is_folder_name
from etl_batch.pipeline.span_job import SpanJob
from etl_batch.sampling.sample_plan import plan_sample
from etl_batch.values import Span


def plan_spans(sources: tuple[Source, ...], config: JobConfig) -> list[Span]:
    """The spans of all inputs, in the order of the output."""
    in_folder = is_folder_name(config.output_parquet) or is_folder_name(config.output_csv)
    spans: list[Span] = []
    for source in sources:
        next_part = spans[-1].part + 1 if spans else 0
        spans += source.plan(config.chunk_bytes, len(spans), next_part)
    if in_folder:
        return spans
    return [replace(span, part=0) for span in spans]


def plan_job(job: Job, sources: tuple[Source, ...], config: JobConfig) -> JobPlan:
    """What is to be done.

    Raises:
        ConfigError: it cannot be sampled as was asked.
    """
    sample, notes = plan_sample(sources, config)
    spans = plan_spans(sources, config)
    part_count = spans[-1].part + 1 if spans else 1
    table = TablePlan(sources, shapes_of(sources, config), sample, part_count=part_count)
    return JobPlan(job, config, (table,), spans, (*notes_on(sources), *notes))


def notes_on(sources: tuple[Source, ...]) -> tuple[str, ...]:
    """What a user should know who sees the outputs."""
    if any(source.rows or source.leftover() is not None for source in sources):
        return ()
    return ("the inputs hold no rows: the outputs have their columns, and nothing else",)


def span_job(plan: JobPlan, outputs: JobOutputs) -> SpanJob:
    """What every worker of this job needs to know."""
    return SpanJob(
        sources=plan.sources,
        tables=tuple(table.told() for table in outputs.tables),
        quarantine=plan.config.on_bad_row == OnBadRow.QUARANTINE,
        escape=plan.config.escapes,
        packing=plan.config.csv_packing,
        dialect=plan.config.other_dialect,
    )
