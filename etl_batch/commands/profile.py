"""`python -m etl_batch profile`: what each column of an existing file holds."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.looking_flags import add_looking_flags, config_to_look
from etl_batch.commands.profile_text import render
from etl_batch.config import ProfileDepth, usable_cpus
from etl_batch.pipeline.file_profile import file_profile


def add_parser(add: AddParser) -> None:
    """Add the parser of `profile`."""
    parser = add(
        description="Say what each column of a file holds: its type, nulls, the least and the greatest value, sums, "
        "distinct values, quantiles, the most frequent. All rows are read, as a job would read them; nothing is "
        "written, and the first bad row is refused."
    )
    parser.add_argument("file", metavar="FILE", help="a file of any kind that a job reads")
    add_looking_flags(parser)
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Print the profile."""
    config = replace(config_to_look(flags, flags.file), profile=ProfileDepth.FULL, workers=usable_cpus())
    found = file_profile(config)
    if not flags.json:
        print_result("\n".join(render(one.profile, one.name) for one in found))
    elif found[0].name is None:
        print_result(json.dumps(found[0].profile, ensure_ascii=False) + "\n")
    else:
        tables = [{"name": one.name, **one.profile} for one in found]
        print_result(json.dumps({"tables": tables}, ensure_ascii=False) + "\n")
