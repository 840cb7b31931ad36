"""`python -m etl_batch jobs ...`: the service of jobs on the command line."""

from __future__ import annotations

from etl_batch.commands.command_table import PROG, AddParser, Row, Table

_PROG = f"{PROG} jobs"
COMMANDS = Table(
    rows={
        "start": Row(
            "etl_batch.commands.jobs.start",
            "put a job into the queue; see `python -m etl_batch run --help`",
            takes="[the flags of run]",
        ),
        "list": Row("etl_batch.commands.jobs.list", "all jobs, newest first"),
        "show": Row("etl_batch.commands.jobs.show", "one job and what happened to it", takes="ID"),
        "watch": Row(
            "etl_batch.commands.jobs.watch",
            "follow a job until it is over (Ctrl-C ends the watching, not the job)",
            takes="ID",
        ),
        "cancel": Row("etl_batch.commands.jobs.cancel", "end a job; nothing of it stays", takes="ID"),
        "resume": Row("etl_batch.commands.jobs.resume", "let an interrupted job go on where it stopped", takes="ID"),
        "again": Row("etl_batch.commands.jobs.again", "start a new job with the same options", takes="ID"),
    },
    column=27,
    unknown="there is no command {!r} of jobs",
    help=f"""\
usage: {_PROG} COMMAND [flags]

Jobs run in processes of their own: they go on when this terminal, the browser or the dashboard is closed.

commands:
{{commands}}

All take --home and --json. `{_PROG} COMMAND --help` explains the flags of each.
Exit codes of watch: 0 done, 3 failed or interrupted, 4 cancelled.
""",
)


def add_parser(add: AddParser) -> None:
    """Add the parser of `jobs`."""
    add(table=COMMANDS)
