"""What jobs left beside their outputs: whether there is anything to go on with, and removing it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.pipeline.job import Job
from etl_batch.text.bounded_documents import MOST_JSON_BYTES
from etl_batch.values import JobResult


def can_go_on(config: JobConfig, job_id: str) -> bool:
    """Whether something of the job is there that a resume would take up."""
    from etl_batch.pipeline.outputs.interrupted import interrupted_jobs
    from etl_batch.pipeline.outputs.targets import targets_of

    with contextlib.suppress(EtlError):
        return any(
            interrupted.job.job_id == job_id for interrupted in interrupted_jobs(targets_of(config).outputs, config)
        )
    return False


def job_to_resume(config: JobConfig) -> Job | None:
    """The interrupted job of these outputs."""
    from etl_batch.pipeline.outputs.interrupted import interrupted_jobs
    from etl_batch.pipeline.outputs.targets import targets_of

    with contextlib.suppress(EtlError):
        for interrupted in interrupted_jobs(targets_of(config).outputs, config):
            return interrupted.job
    return None


def remove_leftovers(config: JobConfig, job_id: str) -> None:
    """Remove the part files and the journal of a job that will not go on.

    Raises:
        EtlError: another job holds its outputs, or the disk refused.
    """
    from etl_batch.pipeline.outputs.interrupted import interrupted_jobs, remove_job, remove_stale
    from etl_batch.pipeline.outputs.targets import targets_of
    from etl_batch.storage.target import Holding

    targets = targets_of(config)
    with contextlib.ExitStack() as stack:
        Holding(stack).hold(targets.held)
        left = interrupted_jobs(targets.outputs, config)
        for interrupted in left:
            if interrupted.job.job_id == job_id and not interrupted.is_publishing:
                remove_job(interrupted.targets, interrupted.job)
        if not left:
            remove_stale(targets)


def published(config: JobConfig, job_id: str) -> JobResult | EtlError | None:
    """What a job published that died before it could say so; a publication that was decided is finished first.

    Returns:
        Its result; how it failed, where it published the rows set aside and no more; None where nothing of it is to
        be seen.
    """
    from etl_batch.pipeline.outputs.metadata import result_of_json
    from etl_batch.pipeline.outputs.replaced_outputs import published_files
    from etl_batch.pipeline.outputs.start import finished_publication
    from etl_batch.pipeline.outputs.targets import targets_of
    from etl_batch.pipeline.report_file import reported
    from etl_batch.storage.paths import open_input
    from etl_batch.storage.target import Holding

    with contextlib.suppress(EtlError, ValueError, KeyError, TypeError):
        # Who holds the outputs now finishes it, too, and must not be kept waiting.
        with contextlib.ExitStack() as stack:
            finished = finished_publication(Holding(stack, patience_seconds=0.0), config, lambda _note: None)
        if finished is not None and finished.job.job_id == job_id and finished.refusal is not None:
            return finished.refusal
        targets = targets_of(config)
        with os.fdopen(open_input(targets.metadata), "rb") as file:
            result = result_of_json(file.read(MOST_JSON_BYTES + 1), targets.metadata.path)
        if result.job_id == job_id:
            files = published_files([output.path for output in result.outputs], targets)
            return reported(replace(result, published=files), config)
    return None
