"""A job that was asked for on the command line: done, and told of. Loaded while its workers are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from etl_batch.commands.command_console import Console, print_result, terminated_as_cancelled
from etl_batch.errors import EXIT_DONE, EXIT_REFUSED, Cancelled, EtlError
from etl_batch.jobs.command_runs import recorded
from etl_batch.pipeline.outputs.metadata import metadata_of, to_json

if TYPE_CHECKING:
    from etl_batch.commands.run_flags import RunOptions
    from etl_batch.config import JobConfig
    from etl_batch.pipeline.job import Job
    from etl_batch.values import JobResult, Progress


class Pipeline(Protocol):
    """What does a job: `etl_core.run`, which stands below the commands and is handed to them."""

    def __call__(self, config: JobConfig, progress: Progress | None = None, *, job: Job | None = None) -> JobResult:
        """Do one job."""


def told(options: RunOptions, pipeline: Pipeline) -> int:
    """Do it, and say how it goes; returns the exit code."""
    console = Console(quiet=options.quiet)
    try:
        with terminated_as_cancelled(), console:
            console.started(options.config)
            if options.check:
                from etl_batch.pipeline.dry_run import dry_run

                found = dry_run(options.config, console.progress)
                console.dry_run(found)
                if options.json:
                    print_result(to_json(found.as_json()))
                return EXIT_DONE if found.succeeds else EXIT_REFUSED
            with recorded(options.config, console.warn) as record:
                result = pipeline(options.config, record.telling(console.progress), job=record.job)
                record.done(result)
        if options.config.share is None:
            console.finished(result)
        else:
            console.share_made(result, options.config.share.text)
        if options.json:
            print_result(to_json(metadata_of(result, options.config)))
    except KeyboardInterrupt as interrupt:
        return console.failed(Cancelled("the job was cancelled", mend="; ".join(getattr(interrupt, "__notes__", ()))))
    except EtlError as error:
        return console.failed(error)
    return EXIT_DONE
