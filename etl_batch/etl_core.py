"""The pipeline: `run(config)` does a job, `main(argv)` is its command line."""

from __future__ import annotations

import sys
from pathlib import Path

if __package__ in (None, ""):  # started as a file: the folder of this file must not shadow other modules
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import resource
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from etl_batch.config import JobConfig
from etl_batch.errors import EXIT_DONE, Cancelled, EtlError
from etl_batch.values import JobResult, Phase, Progress


def run(config: JobConfig, progress: Progress | None = None) -> JobResult:
    """Do one job from its inputs to its published outputs.

    Args:
        config: what to do.
        progress: called after each span with how far the job is.

    Raises:
        EtlError: the job was refused, failed or was cancelled; the old outputs are as they were.
    """
    from etl_batch.csv_inputs import CsvInputs
    from etl_batch.inputs import open_inputs
    from etl_batch.job_outputs import metadata_place, opened_outputs
    from etl_batch.job_record import identify, input_summary, versions, write_metadata
    from etl_batch.progress import CountingOutputs
    from etl_batch.runners.contract import Limits
    from etl_batch.runners.process_pool import ProcessPool
    from etl_batch.sources.unchanged import refuse_changed_since
    from etl_batch.span_plan import plan_spans, span_job

    began = time.monotonic()
    started_at = datetime.now(UTC)
    job_id = identify(started_at)
    limits = Limits(config.workers, config.memory_limit_bytes, began + config.time_limit_s)
    with ProcessPool() as pool, ExitStack() as copies:
        sources = open_inputs(CsvInputs(config, partial(pool.map, limits=limits), copies, progress))
        spans = plan_spans(sources, config)
        planned = time.monotonic()
        total_bytes = sum(source.identity.size for source in sources)
        with opened_outputs(config, job_id, sources, spans[-1].part + 1 if spans else 1) as outputs:
            counting = CountingOutputs(outputs, progress, total_bytes)
            usage = pool.run(span_job(config, sources, outputs), spans, counting, limits)
            for source in sources:
                refuse_changed_since(source)
            outputs.add_leftovers()
            worked = time.monotonic()
            outputs.publish(started_at.strftime("%Y%m%dT%H%M%SZ"))
    ended = time.monotonic()
    own = resource.getrusage(resource.RUSAGE_SELF)
    result = JobResult(
        job_id=job_id,
        actor=config.actor,
        started_at=started_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        finished_at=datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        inputs=tuple(input_summary(source) for source in sources),
        outputs=tuple(outputs.summaries),
        rows_in=outputs.rows_in,
        rows_out=outputs.rows_out,
        rows_quarantined=len(outputs.rejected),
        cells_escaped=outputs.cells_escaped,
        phases=(
            Phase("plan", round(planned - began, 6)),
            Phase("convert", round(worked - planned, 6)),
            Phase("publish", round(ended - worked, 6)),
        ),
        throughput_mb_s=round(total_bytes / 1e6 / (ended - began), 3),
        peak_rss_bytes=usage.peak_rss_bytes + own.ru_maxrss * 1024,
        cpu_seconds=round(usage.cpu_seconds + own.ru_utime + own.ru_stime, 6),
        versions=versions(),
        rejects_path=outputs.rejects_place.path if outputs.rejected else None,
    )
    return replace(result, metadata_path=write_metadata(result, config, metadata_place(config)))


def main(argv: Sequence[str] | None = None, prog: str = "etl_core.py") -> int:
    """Run a job from the command line; returns the exit code."""
    from etl_batch.command_line import parse_run
    from etl_batch.console import Console, print_result, terminated_as_cancelled

    console = Console()
    try:
        options = parse_run(sys.argv[1:] if argv is None else argv, prog)
        console = Console(quiet=options.quiet)
        with terminated_as_cancelled(), console:
            console.started(options.config)
            result = run(options.config, console.progress)
        console.finished(result)
        if options.json:
            from etl_batch.metadata import metadata_of, to_json

            print_result(to_json(metadata_of(result, options.config)))
    except KeyboardInterrupt:
        return console.failed(Cancelled("the job was cancelled"))
    except EtlError as error:
        return console.failed(error)
    return EXIT_DONE


if __name__ == "__main__":
    sys.exit(main())
