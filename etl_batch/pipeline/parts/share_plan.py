"""From the plan of a job to that of one share: which parts, and where they grow."""

from __future__ import annotations

from dataclasses import replace

from etl_batch.config import JobConfig
from etl_batch.options.share import Share
from etl_batch.pipeline.job import JobPlan
from etl_batch.pipeline.outputs.targets import targets_of
from etl_batch.storage.roots import Place
from etl_batch.storage.side_names import shards_place


def share_folder(config: JobConfig, share: Share) -> Place:
    """What a share leaves until it is put together with the others; beside the first output, hidden."""
    return shards_place(targets_of(config).first).child(share.name)


def share_config(config: JobConfig, share: Share, *, resume: bool = False) -> JobConfig:
    """The same job, whose outputs grow in the folder of the share.

    Args:
        config: of the job.
        share: of it.
        resume: whether it goes on.
    """
    folder = share_folder(config, share).path
    return replace(
        config,
        output_csv=None if config.output_csv is None else f"{folder}/csv/",
        output_parquet=None if config.output_parquet is None else f"{folder}/parquet/",
        metadata=None,
        report=None,
        shard=None,
        resume=resume,
    )


def plan_of_share(plan: JobPlan, share: Share, config: JobConfig) -> JobPlan:
    """Its parts, and the spans that go to them; rows that a source leaves over are of the share that comes behind it.

    Args:
        plan: of the job, of one table.
        share: of its parts.
        config: see `share_config`.
    """
    (table,) = plan.tables
    numbers = share.of(len(table.parts))
    before = [span.source for span in plan.spans if span.part < numbers.start]
    return replace(
        plan,
        config=config,
        tables=(replace(table, parts=numbers),),
        spans=[span for span in plan.spans if span.part in numbers],
        leftovers_of=max(before, default=0),
    )
