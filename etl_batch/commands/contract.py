"""`python -m etl_batch contract`: whether a file keeps a contract, and one to begin with."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.looking_flags import add_looking_flags, config_to_look
from etl_batch.config import usable_cpus
from etl_batch.contracts.findings import in_words
from etl_batch.errors import EXIT_DONE, ConfigError
from etl_batch.pipeline.contract_infer import inferred_contract
from etl_batch.pipeline.dry_run import DryRun, dry_run
from etl_batch.pipeline.outputs.metadata import to_json
from etl_batch.text.number_text import counted

_CHECK, _INFER = "check", "infer"


def add_parser(add: AddParser) -> None:
    """Add the parser of `contract`."""
    parser = add(
        description="check: read a file, count what each rule of a contract comes to, and write nothing. infer: print "
        "a contract to begin with, a Table Schema: the columns of a good file with the types that all values have, "
        "which are never empty, which numbers never below 0, which texts a few words only. All rows are read."
    )
    parser.add_argument("what", metavar="check|infer", choices=(_CHECK, _INFER), help="what to do with the file")
    parser.add_argument("file", metavar="FILE", help="a file of data")
    parser.add_argument("--contract", metavar="C", help="of check: the contract, a Table Schema")
    add_looking_flags(parser)
    parser.set_defaults(do=run)


def run(flags: Namespace) -> int:
    """Print what was found; returns the exit code."""
    config = replace(config_to_look(flags, flags.file), measures=(), workers=usable_cpus())
    if flags.what == _INFER:
        print_result(to_json(inferred_contract(config)))
        return EXIT_DONE
    if flags.contract is None:
        raise ConfigError("contract check is given no contract", mend="name it: --contract FILE")
    found = dry_run(replace(config, contract=flags.contract))
    if flags.json:
        said = found.as_json()
        told = {key: said[key] for key in ("rows", "bad_rows", "contract", "succeeds", "error")}
        print_result(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        print_result(_in_words(found))
    if found.error is not None:
        raise found.error
    return EXIT_DONE


def _in_words(found: DryRun) -> str:
    rules = found.contract["rules"] if found.contract else []
    lines = [f"{counted(found.rows, 'row')}, {counted(len(rules), 'rule')}"]
    lines += [f"{'✗' if one['is_broken'] else '✓'} {one['severity']:6} {in_words(one)}" for one in rules]
    return "\n".join(lines) + "\n"
