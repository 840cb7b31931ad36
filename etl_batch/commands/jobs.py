"""`python -m etl_batch jobs ...`: the service of jobs on the command line."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence

from etl_batch.commands.command_parser import Parser
from etl_batch.commands.console import print_result
from etl_batch.commands.jobs_text import job_as_json, job_as_text, list_as_text, progress_line, state_line
from etl_batch.commands.run_flags import parse_run
from etl_batch.environment import home_folder, operator
from etl_batch.errors import EXIT_CANCELLED, EXIT_DONE, EXIT_FAILED, ConfigError
from etl_batch.jobs.job_query import JobQuery
from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.service import JobService
from etl_batch.jobs.states import State
from etl_batch.values import Actor

_PROG = "python -m etl_batch jobs"
_POLL_SECONDS = 0.25
_CANCEL_SECONDS = 20.0  #: so long `cancel` waits for the end
_EXIT_CODES = {State.DONE: EXIT_DONE, State.CANCELLED: EXIT_CANCELLED}
_USAGE = f"""\
usage: {_PROG} COMMAND [flags]

Jobs run in processes of their own: they go on when this terminal, the browser or the dashboard is closed.

commands:
  start [the flags of run]   put a job into the queue; see `python -m etl_batch run --help`
  list                       all jobs, newest first
  show ID                    one job and what happened to it
  watch ID                   follow a job until it is over (Ctrl-C ends the watching, not the job)
  cancel ID                  end a job; nothing of it stays
  resume ID                  let an interrupted job go on where it stopped
  again ID                   start a new job with the same options

All take --home and --json. `{_PROG} COMMAND --help` explains the flags of each.
Exit codes of watch: 0 done, 3 failed or interrupted, 4 cancelled.
"""


def main(argv: Sequence[str]) -> int:
    """Run one of the commands; returns the exit code.

    Raises:
        EtlError: it was refused, or failed.
    """
    command, *rest = list(argv) or ["--help"]
    if command in {"-h", "--help"}:
        print_result(_USAGE)
        return EXIT_DONE
    if command not in COMMANDS:
        raise ConfigError(f"there is no command {command!r} of jobs", mend=f"see `{_PROG} --help`")
    return COMMANDS[command](rest)


def _start(argv: Sequence[str]) -> int:
    options = parse_run(argv, f"{_PROG} start")
    if options.check:
        raise ConfigError("--check starts no job", mend="use `python -m etl_batch run --check`")
    job = JobService(options.config.home).start(options.config, source="command")
    if options.json:
        print_result(json.dumps({"job_id": job.job_id, "state": str(job.state)}) + "\n")
    elif not options.quiet:
        print_result(f"{state_line(job)}   {_PROG} watch {job.job_id}\n")
    return EXIT_DONE


def _list(argv: Sequence[str]) -> int:
    parser = _parser("list", "All jobs, newest first.")
    add = parser.add_argument
    add("--state", action="append", choices=[str(state) for state in State], help="only these; repeatable")
    add("--text", default="", metavar="TEXT", help="only jobs with this in their options, name or user")
    add("--limit", type=int, default=20, metavar="N", help="so many (%(default)s)")
    add("--offset", type=int, default=0, metavar="N", help="leave out the newest N (%(default)s)")
    flags = parser.parse_args(argv)
    states = tuple(State(one) for one in flags.state or ())
    query = JobQuery(states=states, text=flags.text, limit=flags.limit, offset=flags.offset)
    service, actor = _service(flags)
    page = service.page(actor, query)
    as_json = {"total": page.total, "jobs": [job_as_json(job) for job in page.jobs]}
    print_result(json.dumps(as_json) + "\n" if flags.json else list_as_text(page))
    return EXIT_DONE


def _show(argv: Sequence[str]) -> int:
    flags = _with_id("show", "One job and what happened to it.").parse_args(argv)
    service, actor = _service(flags)
    job = service.view(actor, flags.id)
    print_result(_json(job) if flags.json else job_as_text(job, service.events(actor, flags.id)))
    return EXIT_DONE


def _watch(argv: Sequence[str]) -> int:
    flags = _with_id("watch", "Follow a job until it is over. Ctrl-C ends the watching, not the job.").parse_args(argv)
    service, actor = _service(flags)
    before = ""
    while not (job := service.view(actor, flags.id)).state.is_over:
        line = progress_line(job)
        if line != before and not flags.json:
            print_result(f"{line}\n")
        before = line
        time.sleep(_POLL_SECONDS)
    print_result(_json(job) if flags.json else state_line(job))
    return _EXIT_CODES.get(job.state, EXIT_FAILED)


def _cancel(argv: Sequence[str]) -> int:
    flags = _with_id("cancel", "End a job; nothing of it stays.").parse_args(argv)
    service, actor = _service(flags)
    job = service.cancel(actor, flags.id)
    until = time.monotonic() + _CANCEL_SECONDS
    while not job.state.is_over and time.monotonic() < until:
        time.sleep(_POLL_SECONDS / 5)
        job = service.view(actor, flags.id)
    print_result(_json(job) if flags.json else state_line(job))
    return EXIT_DONE


def _resume(argv: Sequence[str]) -> int:
    flags = _with_id("resume", "Let an interrupted job go on where it stopped.").parse_args(argv)
    service, actor = _service(flags)
    return _started(service.resume(actor, flags.id), flags)


def _again(argv: Sequence[str]) -> int:
    flags = _with_id("again", "Start a new job with the options of another.").parse_args(argv)
    service, actor = _service(flags)
    return _started(service.again(actor, flags.id), flags)


def _started(job: JobView, flags: argparse.Namespace) -> int:
    short = json.dumps({"job_id": job.job_id, "state": str(job.state)}) + "\n"
    print_result(short if flags.json else f"{state_line(job)}   {_PROG} watch {job.job_id}\n")
    return EXIT_DONE


def _json(job: JobView) -> str:
    return json.dumps(job_as_json(job), allow_nan=False) + "\n"


def _parser(command: str, description: str) -> Parser:
    parser = Parser(prog=f"{_PROG} {command}", description=description)
    parser.add_argument(
        "--home", metavar="DIR", help="the folder with data/, output/ ... (ETL_HOME, else the project's)"
    )
    parser.add_argument("--actor", metavar="NAME", help="who does this (the operating system's user)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _with_id(command: str, description: str) -> Parser:
    parser = _parser(command, description)
    parser.add_argument("id", metavar="ID", help="the name of the job, as `jobs list` has it")
    return parser


def _service(flags: argparse.Namespace) -> tuple[JobService, Actor]:
    return JobService(home_folder(flags.home)), operator(flags.actor)


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "start": _start,
    "list": _list,
    "show": _show,
    "watch": _watch,
    "cancel": _cancel,
    "resume": _resume,
    "again": _again,
}
