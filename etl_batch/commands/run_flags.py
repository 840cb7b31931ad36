"""The run command's flags, from text to a `JobConfig`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from etl_batch.commands.command_parser import Parser
from etl_batch.commands.field_flags import add_flags, said
from etl_batch.config import JobConfig, OnBadRow, usable_cpus
from etl_batch.environment import extra_input_roots, home_folder, operator, store_roots
from etl_batch.light_dataclass import dataclass
from etl_batch.text.flag import option
from etl_batch.text.packed_names import unpacked_name

_EPILOG = """\
examples:
  %(prog)s -i data/transactions.bin -o output/data.csv
  %(prog)s -i data/ -o output/all.csv -p output/all.parquet -w 8
  %(prog)s -i data/sales.csv --delimiter ';' --types price=decimal(10,2),sold=date -p output/sales.parquet
  %(prog)s -i data/monday.txt --preset bank -o output/monday.csv
  %(prog)s -i data/ --check
  %(prog)s -i data/old.bin --layout data/mainframe.toml -p output/parts/ --on-bad-row quarantine

Inputs lie beneath HOME/data or HOME/output (ETL_INPUT_ROOTS=/more:/folders adds to them), outputs beneath
HOME/output or HOME/report. Exit codes: 0 done, 2 refused, 3 failed, 4 cancelled or out of time.
"""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """A job, and how to speak about it."""

    config: JobConfig
    check: bool = option(False, "do everything but write: rows, bad rows, sizes, free space, time")
    json: bool = option(False, "print the metadata JSON on standard output")
    quiet: bool = option(False, "no progress bar and no messages, but errors and doubts")


def run_parser(prog: str) -> Parser:
    """The parser of the run command."""
    return as_run_parser(Parser(prog=prog))


def as_run_parser(parser: Parser) -> Parser:
    """Make a parser, wherever it stands, that of the run command."""
    parser.description = (
        "Merge binary records, CSV, Parquet and Arrow into one CSV, safe in a spreadsheet, and one Parquet."
    )
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_flags(parser, JobConfig)
    add_flags(parser, RunOptions)
    return parser


def parse_run(argv: Sequence[str], prog: str = "etl_core.py", *, looks: bool = False) -> RunOptions:
    """Read the flags of the run command.

    Args:
        argv: without the program's name.
        prog: that name, for messages.
        looks: see `run_options`.

    Raises:
        ConfigError: unknown or contradicting flags, or values out of range.
    """
    return run_options(run_parser(prog).parse_args(argv), looks=looks)


def run_options(flags: argparse.Namespace, *, looks: bool = True) -> RunOptions:
    """What the flags of the run command ask for.

    Args:
        flags: as they were parsed.
        looks: where no output is named, the layout is read to find one: a file of a user, which no server reads.

    Raises:
        ConfigError: contradicting flags, or values out of range.
    """
    home = home_folder(flags.home)
    found: dict[str, Any] = {
        "home": home,
        "inputs": tuple(flags.input or [str(home / "data")]),
        "actor": operator(flags.actor),
        "workers": usable_cpus() if flags.workers is None else flags.workers,
        "extra_input_roots": extra_input_roots(),
        "store_roots": store_roots(),
    }
    if flags.output_csv is None and flags.output_parquet is None:
        found["output_csv"] = str(home / "output" / "data.csv")
    if flags.on_bad_row is None and flags.max_bad_rows is not None:
        found["on_bad_row"] = OnBadRow.QUARANTINE  # a limit says that some are set aside, unless strict is asked for
    values = preset_values(home, flags.preset) | said(JobConfig, flags)
    config = JobConfig(**(values | found))
    if looks and "output_csv" in found and may_have_layout(config):
        from etl_batch.formats.described.says_types import says_types

        if says_types(config):
            config = replace(config, output_csv=folder_named_after(config))
    return RunOptions(config, **said(RunOptions, flags))


def may_have_layout(config: JobConfig) -> bool:
    """Whether the first input may be records of a layout: somebody said it, or one lies beside it."""
    given = Path(config.inputs[0])
    # Not by pathlib, which raises what is wrong with a path: that is told where the input is opened.
    folder = given if os.path.isdir(given) else given.parent  # noqa: PTH112
    own = f"{PurePosixPath(unpacked_name(given.name)).stem}.layout.toml"
    said = config.layout is not None or bool(config.record)
    return said or any(os.path.exists(folder / name) for name in (own, "layout.toml"))  # noqa: PTH110


def folder_named_after(config: JobConfig) -> str:
    """The folder of the tables of some inputs, where no output is named: `output/<input>/`."""
    name = PurePosixPath(unpacked_name(config.inputs[0])).stem or "data"
    return f"{config.home}/output/{name}/"


def preset_values(home: Path, name: str | None) -> dict[str, Any]:
    """What a saved reading says, by field; nothing, where none is named.

    Raises:
        Refused: there is no such reading, or it is not sound.
    """
    if name is None:
        return {}
    from etl_batch.commands.preset.preset_files import reading_of

    return reading_of(home, name)
