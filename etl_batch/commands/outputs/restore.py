"""`outputs restore`: an old version takes its place again."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.outputs.flags import add_home, service_of
from etl_batch.text.shown_text import shown


def add_parser(add: AddParser) -> None:
    """Add the parser of `outputs restore`."""
    parser = add(
        description="Put an old version of an output in its place again, with what lay beside it. "
        "What is there now is kept in its stead."
    )
    add_home(parser)
    parser.add_argument("path", metavar="PATH", help="of the old version, as `outputs list` has it")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Restore it."""
    service, actor = service_of(flags)
    done = service.restore(actor, flags.path)
    kept = "" if done.kept is None else f"; what was there is kept as {shown(done.kept, 300)}"
    whose = "" if done.job_id is None else f", of job {done.job_id},"
    text = f"{shown(done.path, 300)}{whose} is in its place again{kept}\n"
    print_result(json.dumps(asdict(done)) + "\n" if flags.json else text)
