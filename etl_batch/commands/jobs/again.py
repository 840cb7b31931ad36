"""`jobs again`: a new job with the options of another."""

from __future__ import annotations

from argparse import Namespace

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.jobs.flags import add_job, service_of
from etl_batch.commands.jobs.text import started_as_json, started_as_text


def add_parser(add: AddParser) -> None:
    """Add the parser of `jobs again`."""
    parser = add(description="Start a new job with the options of another.")
    add_job(parser)
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Start the new job."""
    service, actor = service_of(flags)
    job = service.again(actor, flags.id)
    print_result(started_as_json(job) if flags.json else started_as_text(job))
