"""`python -m etl_batch estimate`: totals of an existing file."""

from __future__ import annotations

import json
from argparse import Namespace

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.estimate_flags import as_estimate_parser, estimate_options


def add_parser(add: AddParser) -> None:
    """Add the parser of `estimate`."""
    as_estimate_parser(add()).set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Answer what the flags ask."""
    options = estimate_options(flags)
    from etl_batch.commands.estimate_text import render
    from etl_batch.file_estimate.estimate_file import estimate_file

    answer = estimate_file(options.config, options.question)
    as_json = json.dumps(answer.as_json(), ensure_ascii=False, allow_nan=False) + "\n" if options.json else ""
    print_result(as_json or render(answer))
