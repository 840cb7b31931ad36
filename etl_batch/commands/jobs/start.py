"""`jobs start`: a job into the queue."""

from __future__ import annotations

from argparse import Namespace

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.jobs.text import started_as_json, started_as_text
from etl_batch.commands.run_flags import as_run_parser, run_options
from etl_batch.errors import ConfigError
from etl_batch.jobs.service import JobService


def add_parser(add: AddParser) -> None:
    """Add the parser of `jobs start`: the flags of `run`."""
    as_run_parser(add()).set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Put the job into the queue."""
    options = run_options(flags)
    if options.check:
        raise ConfigError("--check starts no job", mend="use `python -m etl_batch run --check`")
    job = JobService(options.config.home).start(options.config, source="command")
    if options.json:
        print_result(started_as_json(job))
    elif not options.quiet:
        print_result(started_as_text(job))
