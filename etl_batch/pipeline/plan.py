"""From inputs to spans, and what the workers get to know."""

from __future__ import annotations

from dataclasses import replace

from etl_batch.accumulators.accumulator import Accumulator
from etl_batch.accumulators.table_accumulators import accumulators_of
from etl_batch.config import JobConfig, OnBadRow
from etl_batch.contracts.contract import Contract
from etl_batch.formats.format import Source
from etl_batch.pipeline.job import Job, JobPlan, TablePlan
from etl_batch.pipeline.output_shape import shapes_of
from etl_batch.pipeline.outputs.job_outputs import JobOutputs
from etl_batch.pipeline.outputs.targets import is_folder_name
from etl_batch.pipeline.picture_plan import counted_pictures
from etl_batch.pipeline.span_job import SpanJob
from etl_batch.pipeline.tables import plan_samples, refuse_single_files, tables_among
from etl_batch.values import Span


def plan_spans(sources: tuple[Source, ...], config: JobConfig) -> list[Span]:
    """The spans of all inputs, in the order of the output; of each table the parts are numbered from 0."""
    in_folder = is_folder_name(config.output_parquet) or is_folder_name(config.output_csv)
    spans: list[Span] = []
    for table in tables_among(sources):
        next_part = 0
        for source in table.sources:
            spans += source.plan(config.chunk_bytes, len(spans), next_part)
            next_part = spans[-1].part + 1 if spans and spans[-1].source == source.ordinal else next_part
    if in_folder:
        return spans
    return [replace(span, part=0) for span in spans]


def plan_job(job: Job, sources: tuple[Source, ...], config: JobConfig, contract: Contract | None = None) -> JobPlan:
    """What is to be done.

    Raises:
        ConfigError: it cannot be sampled as was asked; or there are several tables, and an output that is one file.
    """
    tables = tables_among(sources)
    refuse_single_files(tables, config)
    rules: tuple[Accumulator, ...] = ()
    keys = None
    if contract is not None:
        from etl_batch.pipeline.contract_plan import contract_rules, key_plan, refuse_incomparable

        rules = found = contract_rules(contract, tables)
        keys = key_plan(found)
    samples, notes = plan_samples(tables, config)
    spans = plan_spans(sources, config)
    parts = {span.source: span.part + 1 for span in spans}
    plans = [
        TablePlan(
            table.sources,
            shapes_of(table.sources, config) if table.has_outputs else (),
            sample,
            table.name,
            range(max(parts.get(source.ordinal, 1) for source in table.sources)),
            table.has_outputs,
        )
        for table, sample in zip(tables, samples, strict=True)
    ]
    plans = [
        replace(one, accumulators=(*rules, *accumulators_of(one.names, config), *counted_pictures(one)), keys=keys)
        if one.has_outputs
        else one
        for one in plans
    ]
    if contract is not None:
        refuse_incomparable(contract, plans[0].sources[0].names, plans[0].shapes, config)
    digest = None if contract is None else contract.digest
    return JobPlan(job, config, tuple(plans), spans, (*notes_on(sources), *notes), digest)


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
