"""`python -m etl_batch merge`: the shares of a folder of parts, put together and published."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from functools import partial
from pathlib import Path

from etl_batch.commands.command_table import AddParser
from etl_batch.commands.run_flags import RunOptions
from etl_batch.commands.run_text import told
from etl_batch.config import JobConfig
from etl_batch.environment import extra_input_roots, home_folder, operator, store_roots
from etl_batch.errors import ConfigError, EtlError, PartsMissing
from etl_batch.jobs.config_json import from_anywhere
from etl_batch.pipeline.outputs.targets import targets_of
from etl_batch.pipeline.parts.made_share import read_plan
from etl_batch.pipeline.parts.merging import shares_there
from etl_batch.storage.roots import Place, place
from etl_batch.storage.side_names import shards_place
from etl_batch.text.plain_values import value_of


def add_parser(add: AddParser) -> None:
    """Add the parser of `merge`."""
    parser = add(
        description="Put together what `run --shard` made of a folder of parts: all shares must be there, of one plan. "
        "The folder is published with its sample, its totals, metadata and report, as by one run; what the shares left "
        "is removed. Shares that are missing are named."
    )
    parser.add_argument(
        "folder", metavar="FOLDER", help="the output of the shares: their -o, or -p where there is no -o"
    )
    parser.add_argument("--metadata", metavar="FILE", help="metadata JSON (as the shares were told)")
    parser.add_argument("--report", metavar="FILE", help="HTML report (as the shares were told)")
    parser.add_argument("--actor", metavar="NAME", help="who does this (the operating system's user)")
    parser.add_argument(
        "--home", metavar="DIR", help="the folder with data/ and output/ (ETL_HOME, else the project's)"
    )
    parser.add_argument("--json", action="store_true", help="print the metadata JSON on standard output")
    parser.add_argument("--quiet", action="store_true", help="no messages, but errors and doubts")
    parser.set_defaults(do=run)


def run(flags: Namespace) -> int:
    """Put the shares together; returns the exit code."""
    home = home_folder(flags.home)
    target = place(flags.folder, (home / "output", home / "report"), purpose="output")
    config = _config_of(target, home)
    found = replace(
        config, actor=operator(flags.actor), extra_input_roots=extra_input_roots(), store_roots=store_roots()
    )
    found = replace(found, metadata=flags.metadata or found.metadata, report=flags.report or found.report)
    if targets_of(found).first != target:
        raise ConfigError(f"the shares beside {target.path} are of another output", mend="name that output")
    return told(RunOptions(found, json=flags.json, quiet=flags.quiet), partial(flags.pipeline, merging=True))


def _config_of(target: Place, home: Path) -> JobConfig:
    """The job that the shares of an output are put together to.

    Raises:
        PartsMissing, ConfigError: see `shares_there`.
    """
    first, *_ = shares_there(target)
    folder = shards_place(target).child(first.name)
    try:
        plan = read_plan(folder)
        values = {**plan["config"], "actor": operator(None).stored(), "shard": None}
        return replace(from_anywhere(value_of(JobConfig, values), Path(plan["folder"])), home=home)
    except (EtlError, OSError, ValueError, KeyError, TypeError) as error:
        raise PartsMissing(
            f"share {first.text}: {folder.path} does not say what it is a share of",
            mend="remove that folder, and make the share again",
        ) from error
