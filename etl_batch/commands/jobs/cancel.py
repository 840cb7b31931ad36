"""`jobs cancel`: the end of a job of which nothing stays."""

from __future__ import annotations

import time
from argparse import Namespace

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.jobs.flags import add_job, service_of
from etl_batch.commands.jobs.text import as_json_line, state_line

_POLL_SECONDS = 0.05
_CANCEL_SECONDS = 20.0  #: so long it waits for the end


def add_parser(add: AddParser) -> None:
    """Add the parser of `jobs cancel`."""
    parser = add(description="End a job; nothing of it stays.")
    add_job(parser)
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """End the job, and wait a while until it has ended."""
    service, actor = service_of(flags)
    job = service.cancel(actor, flags.id)
    until = time.monotonic() + _CANCEL_SECONDS
    while not job.state.is_over and time.monotonic() < until:
        time.sleep(_POLL_SECONDS)
        job = service.view(actor, flags.id)
    print_result(as_json_line(job) if flags.json else state_line(job))
