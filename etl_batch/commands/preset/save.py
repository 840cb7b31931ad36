"""`preset save`: how inputs are read, kept under a name."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.field_flags import add_flags, said
from etl_batch.commands.preset.flags import add_home, add_name
from etl_batch.commands.preset.preset_files import from_home, save_preset
from etl_batch.commands.preset.preset_text import Preset, parse_preset, preset_of, preset_text
from etl_batch.config import READING_PARTS
from etl_batch.environment import home_folder, operator
from etl_batch.errors import ConfigError, JobStoreUnavailable
from etl_batch.jobs.config_json import from_json
from etl_batch.jobs.service import JobService
from etl_batch.text.bounded_documents import MOST_TOML_BYTES
from etl_batch.values import Actor


def add_parser(add: AddParser) -> None:
    """Add the parser of `preset save`: the flags of `run` that say how inputs are read."""
    parser = add(
        description="Save how inputs are read under a name. Flags win over what --from or --from-job says.",
    )
    add_home(parser, changes=True)
    add_name(parser)
    parser.add_argument("--from-job", metavar="ID", help="as this job read its inputs")
    parser.add_argument(
        "--from", metavar="FILE", dest="from_file", help="as `preset show` printed it ('-': from there)"
    )
    parser.add_argument("--replace", action="store_true", help="also where the name is taken; the old one is kept")
    for part in READING_PARTS:
        add_flags(parser, part)
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Save it."""
    home, actor = home_folder(flags.home), operator(flags.actor)
    where = save_preset(home, actor, flags.name, _text(flags, home, actor), replace=flags.replace)
    as_json = {"name": flags.name, "path": str(where.path)}
    print_result(json.dumps(as_json, ensure_ascii=False) + "\n" if flags.json else f"saved {where.path}\n")


def _text(flags: Namespace, home: Path, actor: Actor) -> str:
    values = {name: value for part in READING_PARTS for name, value in said(part, flags).items()}
    if flags.from_file is not None and flags.from_job is not None:
        raise ConfigError("--from and --from-job both say where it comes from", mend="give one of them")
    if not (values or flags.from_file or flags.from_job):
        raise ConfigError("nothing is said of how inputs are read", mend="give flags such as --delimiter ';'")
    if flags.from_file is not None:
        text = _file_text(flags.from_file)
        base = parse_preset(text, flags.from_file, home)
        if not values:
            return text  # with its comments
    else:
        base = Preset() if flags.from_job is None else _of_job(home, actor, flags.from_job)
    return preset_text(Preset({**base.values, **from_home(home, values)}, base.fits))


def _of_job(home: Path, actor: Actor, job_id: str) -> Preset:
    options = JobService(home).view(actor, job_id).config
    try:
        preset = preset_of(from_json({**options, "actor": actor.stored()}))
    except ValueError as error:
        raise JobStoreUnavailable(f"the options of job {job_id} cannot be read ({error})") from error
    return Preset(from_home(home, dict(preset.values)), preset.fits)


def _file_text(name: str) -> str:
    """What a file holds that a flag names; of `-`, standard input."""
    try:
        if name == "-":
            return sys.stdin.read(MOST_TOML_BYTES + 1)
        with Path(name).open(encoding="utf-8-sig") as file:
            return file.read(MOST_TOML_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no text in UTF-8"
        raise ConfigError(
            f"--from {name} cannot be read ({why})", mend="name a file that `preset show` printed"
        ) from None
