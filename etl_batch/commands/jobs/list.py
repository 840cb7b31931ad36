"""`jobs list`: all jobs, newest first."""

from __future__ import annotations

import json
from argparse import Namespace

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.jobs.flags import add_home, service_of
from etl_batch.commands.jobs.text import job_as_json, list_as_text
from etl_batch.jobs.job_query import JobQuery
from etl_batch.jobs.states import State


def add_parser(add: AddParser) -> None:
    """Add the parser of `jobs list`."""
    parser = add(description="All jobs, newest first.")
    add_home(parser)
    more = parser.add_argument
    more("--state", action="append", choices=[str(state) for state in State], help="only these; repeatable")
    more("--text", default="", metavar="TEXT", help="only jobs with this in their options, name or user")
    more("--limit", type=int, default=20, metavar="N", help="so many (%(default)s)")
    more("--offset", type=int, default=0, metavar="N", help="leave out the newest N (%(default)s)")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Print the list."""
    states = tuple(State(state) for state in flags.state or ())
    query = JobQuery(states=states, text=flags.text, limit=flags.limit, offset=flags.offset)
    service, actor = service_of(flags)
    page = service.page(actor, query)
    as_json = {"total": page.total, "jobs": [job_as_json(job) for job in page.jobs]}
    print_result(json.dumps(as_json) + "\n" if flags.json else list_as_text(page))
