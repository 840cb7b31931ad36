"""`jobs show`: one job and what happened to it."""

from __future__ import annotations

from argparse import Namespace

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.jobs.flags import add_job, service_of
from etl_batch.commands.jobs.text import as_json_line, job_as_text


def add_parser(add: AddParser) -> None:
    """Add the parser of `jobs show`."""
    parser = add(description="One job and what happened to it.")
    add_job(parser)
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Print the job."""
    service, actor = service_of(flags)
    job = service.view(actor, flags.id)
    print_result(as_json_line(job) if flags.json else job_as_text(job, service.events(actor, flags.id)))
