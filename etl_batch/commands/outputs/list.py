"""`outputs list`: what lies beneath output/, and its old versions."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict

from etl_batch.commands.command_console import print_result
from etl_batch.commands.command_table import AddParser
from etl_batch.commands.outputs.flags import add_home, service_of
from etl_batch.jobs.limits import limits_of
from etl_batch.jobs.output_list import ListedOutput, OutputKind
from etl_batch.text.number_text import data_size
from etl_batch.text.shown_text import shown

_COLUMNS = 200


def add_parser(add: AddParser) -> None:
    """Add the parser of `outputs list`."""
    parser = add(description="All outputs and the old versions that were kept of them: size, whose run, since when.")
    add_home(parser)
    parser.set_defaults(do=run)


def run(flags: Namespace) -> None:
    """Print the list."""
    service, actor = service_of(flags)
    found = service.list(actor)
    keep = limits_of(service.home).keep_backups
    if flags.json:
        print_result(json.dumps({"outputs": [asdict(entry) for entry in found], "keep_backups": keep}) + "\n")
    else:
        print_result(_as_text(found, keep))


def _as_text(found: Sequence[ListedOutput], keep: int) -> str:
    if not found:
        return "There is no output yet.\n"
    rows = [(shown(entry.path, _COLUMNS), data_size(entry.bytes), _whose(entry)) for entry in found]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    lines = [f"{path.ljust(widths[0])}  {size.rjust(widths[1])}  {whose}\n" for path, size, whose in rows]
    kept = "All old versions are kept" if not keep else f"Of each output the newest {keep} old versions are kept"
    return "".join(lines) + f"{kept} (keep_backups in .secrets/limits.toml).\n"


def _whose(entry: ListedOutput) -> str:
    if entry.job_id is not None:
        whose = f"of job {entry.job_id}" + (f" ({shown(entry.run_name, 60)})" if entry.run_name else "")
    else:
        whose = "changed since a job wrote it" if entry.is_changed else "of no job that is known"
    return whose if entry.kind is OutputKind.OUTPUT else f"{whose}; replaced {(entry.replaced_at or '')[:19]}Z"
