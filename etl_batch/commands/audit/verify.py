"""`audit verify`: every line and every checkpoint of the log, checked."""

from __future__ import annotations

import argparse
import json
from argparse import Namespace

from etl_batch.audit.reading import verify
from etl_batch.commands.audit.flags import add_home, text_of
from etl_batch.commands.audit.text import failed, in_words, verdict_json
from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.environment import home_folder, operator
from etl_batch.errors import EtlError


def add_parser(add: AddParser) -> None:
    """Add the parser of `audit verify`."""
    parser = add(
        description="Check every line of the log and every checkpoint.",
        epilog=(
            "exit codes: 0 sound, 1 tampered (with line and byte), 2 cut or forked against a checkpoint or the kept\n"
            "head, 3 unreadable (also: wrong flags), 4 a key is missing. What is not detected stands in SECURITY.md."
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        failed=failed,
    )
    add_home(parser)
    parser.add_argument("--head", metavar="FILE", help="a kept checkpoint, or many of them ('-': standard input)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quiet", action="store_true", help="print nothing; the exit code says it")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> int:
    """Check the log; returns the exit code, of errors, too."""
    try:
        kept = None if flags.head is None else text_of(flags.head)
        verdict = verify(home_folder(flags.home), operator(flags.actor), kept)
    except EtlError as error:
        return failed(error)
    if flags.json:
        print_result(json.dumps(verdict_json(verdict)) + "\n")
    elif not flags.quiet:
        print_result(in_words(verdict))
    return verdict.exit_code
