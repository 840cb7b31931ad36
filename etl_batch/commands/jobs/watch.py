"""`jobs watch`: a job, followed until it is over."""

from __future__ import annotations

import time
from argparse import Namespace

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.jobs.flags import add_job, service_of
from etl_batch.commands.jobs.text import as_json_line, progress_line, state_line
from etl_batch.errors import EXIT_CANCELLED, EXIT_DONE, EXIT_FAILED
from etl_batch.jobs.states import State

_POLL_SECONDS = 0.25
_EXIT_CODES = {State.DONE: EXIT_DONE, State.CANCELLED: EXIT_CANCELLED}


def add_parser(add: AddParser) -> None:
    """Add the parser of `jobs watch`."""
    parser = add(description="Follow a job until it is over. Ctrl-C ends the watching, not the job.")
    add_job(parser)
    parser.set_defaults(do=run)


def run(flags: Namespace) -> int:
    """Follow the job; returns the exit code, which says how it ended."""
    service, actor = service_of(flags)
    before = ""
    while not (job := service.view(actor, flags.id)).state.is_over:
        line = progress_line(job)
        if line != before and not flags.json:
            print_result(f"{line}\n")
        before = line
        time.sleep(_POLL_SECONDS)
    print_result(as_json_line(job) if flags.json else state_line(job))
    return _EXIT_CODES.get(job.state, EXIT_FAILED)
