"""The pipeline: `run(config)` does a job, `main(argv)` is its command line."""

from __future__ import annotations

import sys
from pathlib import Path

if __package__ in (None, ""):  # started as a file: the folder of this file must not shadow other modules
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from etl_batch.config import JobConfig
from etl_batch.machine.garbage import look_rarely
from etl_batch.values import JobResult, Progress

if TYPE_CHECKING:
    from etl_batch.pipeline.job import Job
    from etl_batch.pipeline.runners.runner import Runner


def run(
    config: JobConfig,
    progress: Progress | None = None,
    *,
    job: Job | None = None,
    runner: Runner | None = None,
    merging: bool = False,
) -> JobResult:
    """Do one job from its inputs to its published outputs.

    Args:
        config: what to do.
        progress: called at the start and after each span with how far the job is.
        job: its name and start, where somebody has given it them already.
        runner: works through the spans in place of the pool of processes that checks the inputs.
        merging: the spans were worked through in shares, which are put together.

    Raises:
        EtlError: the job was refused, failed or was cancelled; the old outputs are as they were.
    """
    from etl_batch.pipeline.runners.ahead import ahead_of
    from etl_batch.pipeline.runners.process_pool import ProcessPool

    began = time.monotonic()
    # What the workers need is loaded while we load what we need.
    pool = ProcessPool(config.home, ahead=ahead_of(config))
    from etl_batch.formats.opening import Opening
    from etl_batch.machine.profiler import Profiler
    from etl_batch.pipeline.audit_trail import audited
    from etl_batch.pipeline.contract_plan import read_contract
    from etl_batch.pipeline.conversion import Conversion
    from etl_batch.pipeline.job import identify
    from etl_batch.pipeline.outputs.claimed_names import refuse_names
    from etl_batch.pipeline.outputs.start import finish_interrupted, may_be_unsettled
    from etl_batch.pipeline.progress import telling
    from etl_batch.pipeline.report_file import reported
    from etl_batch.pipeline.runners.runner import Limits

    job = job or identify(datetime.now(UTC))
    limits = Limits(config.workers, config.memory_limit_bytes, began + config.time_limit_s)
    with Profiler() as profiler, pool, ExitStack() as copies, audited(config, job.job_id) as audit:
        refuse_names(config)
        if config.share is None and (finished := finish_interrupted(config, telling(progress))) is not None:
            from etl_batch.pipeline.outputs.stored_outputs import committed

            finished = committed(finished, config)
            audit.published(finished)
            return reported(finished, config)
        elsewhere = partial(pool.map, limits=limits)
        opening = Opening(
            config,
            elsewhere,
            copies,
            progress,
            contract=read_contract(config),
            may_be_unsettled=config.contract is None and may_be_unsettled(config),
        )
        conversion = Conversion(
            job=job, pool=pool, runner=runner or pool, limits=limits, audit=audit, profiler=profiler, began=began
        )
        if config.share is not None:
            from etl_batch.pipeline.parts.share_run import ShareRun

            return ShareRun(conversion, config.share).result(opening)
        if merging:
            from etl_batch.pipeline.parts.merging import merged

            result = merged(conversion, opening)
        else:
            result = conversion.result(opening)
    return reported(result, config)


def main(argv: Sequence[str] | None = None, prog: str = "etl_core.py") -> int:
    """Run a job from the command line; returns the exit code."""
    from etl_batch.commands.run import done
    from etl_batch.commands.run_flags import parse_run

    return done(lambda: parse_run(sys.argv[1:] if argv is None else argv, prog, looks=True), run)


if __name__ == "__main__":
    look_rarely()
    sys.exit(main())
