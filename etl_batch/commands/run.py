"""`python -m etl_batch run`, and `etl_core.py`: a job from its flags to what is said of its end."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from etl_batch.commands.command_console import Console, print_result, terminated_as_cancelled
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.run_flags import RunOptions, as_run_parser, run_options
from etl_batch.errors import EXIT_DONE, EXIT_REFUSED, Cancelled, EtlError
from etl_batch.jobs.command_runs import recorded
from etl_batch.pipeline.outputs.metadata import metadata_of, to_json

if TYPE_CHECKING:
    from etl_batch.config import JobConfig
    from etl_batch.pipeline.job import Job
    from etl_batch.values import JobResult, Progress


class Pipeline(Protocol):
    """What does a job: `etl_core.run`, which stands below the commands and is handed to them."""

    def __call__(self, config: JobConfig, progress: Progress | None = None, *, job: Job | None = None) -> JobResult:
        """Do one job."""


def add_parser(add: AddParser) -> None:
    """Add the parser of `run`."""
    as_run_parser(add()).set_defaults(do=run)


def run(flags: Namespace) -> int:
    """Do the job that the flags ask for; returns the exit code."""
    return done(lambda: run_options(flags), flags.pipeline)


def done(asked: Callable[[], RunOptions], pipeline: Pipeline) -> int:
    """Do a job, and say how it goes; returns the exit code.

    Args:
        asked: reads the flags; what is wrong with them is said as any other error.
        pipeline: does it.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy would start threads for products of matrices
    console = Console()
    try:
        options = asked()
        console = Console(quiet=options.quiet)
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
        console.finished(result)
        if options.json:
            print_result(to_json(metadata_of(result, options.config)))
    except KeyboardInterrupt as interrupt:
        return console.failed(Cancelled("the job was cancelled", mend="; ".join(getattr(interrupt, "__notes__", ()))))
    except EtlError as error:
        return console.failed(error)
    return EXIT_DONE
