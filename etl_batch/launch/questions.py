"""What the launch page asks of processes of their own.

A check reads all of the input, and an input may be made to break what reads it: neither belongs into the server.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from etl_batch.commands.run_flags import parse_run
from etl_batch.config import JobConfig, usable_cpus
from etl_batch.errors import CpuLimit, OutOfMemory, TimedOut, WorkerCrashed
from etl_batch.jobs.confinement import limits_of_job
from etl_batch.jobs.limits import limits_of
from etl_batch.launch.first_rows import ShownCell
from etl_batch.launch.looks import note_check, note_end_of_check
from etl_batch.launch.options import Values, arguments
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.raw_records import RawRecords
from etl_batch.layouts.toml_text import layout_text
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.child_process import Limits
from etl_batch.machine.question import Asking, Question, ask
from etl_batch.permissions import Permission, permit
from etl_batch.storage.closed_folders import homes_kept_closed
from etl_batch.storage.roots import Place
from etl_batch.text.first_rows import MOST_ROWS, FirstRows
from etl_batch.values import GIB, Actor

LOOK_SECONDS = 30.0  #: for first rows
LOOK_BYTES = 2 * GIB  #: of memory
_ANSWERS = ["etl_batch.launch.asking"]
_GRACE_SECONDS = 5.0  #: a check notices its time limit itself; so long it may take to
_MENDS = {
    OutOfMemory: "raise --memory-limit, or give it less input",
    WorkerCrashed: "start it again; where it happens twice, check a part of the inputs",
    TimedOut: "raise --time-limit, or give it less input",
    CpuLimit: "raise --time-limit, or give it less input",
}
_LOOK_MENDS = {
    OutOfMemory: "the file cannot be shown here; `run` may still read it",
    WorkerCrashed: "look again in a minute; where it happens twice, check the file",
    TimedOut: "look again in a minute, when less is running",
    CpuLimit: "look again in a minute, when less is running",
}


def ask_check(actor: Actor, values: Values, home: Path) -> Question:
    """Start the check of a job.

    Raises:
        Forbidden: the actor may not launch jobs.
        AuditUnavailable: it cannot be written down, so nothing is read.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    words = arguments(values, home)
    config = parse_run(words).config
    note_check(home, actor, values, words)
    how = Asking(
        command=_ANSWERS,
        limits=limits_of_job(config, limits_of(home)),
        seconds=config.time_limit_s + _GRACE_SECONDS,
        who="the process that checked",
        mends=_MENDS,
    )
    over = partial(note_end_of_check, home, actor, values)
    return Question(how, {"task": "check", "arguments": words}, over)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file is taken for."""

    format: str  #: as metadata have it
    because: str  #: in words, where its name does not say it
    rows: FirstRows | None  #: its first rows; None: they show by a layout only


def first_rows(actor: Actor, where: Place, config: JobConfig, rows: int = MOST_ROWS) -> Seen:
    """What a file is, and its first rows; of a CSV as a job reads it, and not checked yet.

    Raises:
        EtlError: as a job on this file would; or how the process ended that looked at it.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    names = ("format", "layout", "delimiter", "encoding", "header", "names", "skip_lines", "member")
    said = {name: getattr(config, name) for name in names}
    found = _look(where, {"task": "rows", **said, "roots": _roots(config), "rows": rows})
    return Seen(found["format"], found["because"], None if found["rows"] is None else _rows(found["rows"]))


def first_records(
    actor: Actor, where: Place, config: JobConfig, layout: Layout, rows: int = MOST_ROWS
) -> tuple[RawRecords, tuple[tuple[ShownCell, ...], ...]]:
    """The first whole records of a binary file, where the layout says that they begin, and what they hold by it.

    Raises:
        EmptyInput: there is not one whole record.
        EtlError: as a job on this file would; or how the process ended that looked at it.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    task = {
        "task": "records",
        "layout": layout_text(layout),
        "roots": _roots(config),
        "rows": rows,
        "member": config.member,
    }
    found = _look(where, task)
    raw = RawRecords(
        size=found["size"],
        start=layout.header_bytes,
        raw=base64.b64decode(found["raw"]),
        record_size=layout.record_size,
    )
    cells = tuple(
        tuple(ShownCell(field, *cell) for field, cell in zip(layout.fields, row, strict=True)) for row in found["cells"]
    )
    return raw, cells


def _rows(found: Mapping[str, Any]) -> FirstRows:
    return FirstRows(**{**found, "names": tuple(found["names"]), "rows": tuple(map(tuple, found["rows"]))})


def _roots(config: JobConfig) -> list[str]:
    return [str(root) for root in config.input_roots]


def _look(where: Place, task: Mapping[str, Any]) -> Mapping[str, Any]:
    limits = Limits(data_bytes=LOOK_BYTES, cpu_seconds=int(LOOK_SECONDS) * usable_cpus())
    how = Asking(command=_ANSWERS, limits=limits, seconds=LOOK_SECONDS, who="the process that looked at the file",
                 mends=_LOOK_MENDS)  # fmt: skip
    homes = [str(home) for home in homes_kept_closed()]
    return ask(how, {**task, "path": str(where.path), "homes": homes})
