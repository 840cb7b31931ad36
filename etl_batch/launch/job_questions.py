"""What the launch page asks of all rows of a job's inputs: a check, the next bad row, a contract to begin with.

Each reads all of the input, in a process of its own, which may not be the server: see `questions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from etl_batch.commands.run_flags import parse_run
from etl_batch.errors import CpuLimit, OutOfMemory, TimedOut, WorkerCrashed
from etl_batch.jobs.confinement import limits_of_job
from etl_batch.jobs.limits import limits_of
from etl_batch.launch.looks import note_check, note_end_of_check
from etl_batch.launch.options import Values, arguments
from etl_batch.machine.question import Asking, Question
from etl_batch.permissions import Permission, permit
from etl_batch.values import Actor

_GRACE_SECONDS = 5.0  #: a check notices its time limit itself; so long it may take to
_MENDS = {
    OutOfMemory: "raise --memory-limit, or give it less input",
    WorkerCrashed: "start it again; where it happens twice, check a part of the inputs",
    TimedOut: "raise --time-limit, or give it less input",
    CpuLimit: "raise --time-limit, or give it less input",
}


def ask_check(actor: Actor, values: Values, home: Path) -> Question:
    """Start the check of a job.

    Raises:
        Forbidden: the actor may not launch jobs.
        AuditUnavailable: it cannot be written down, so nothing is read.
    """
    return _ask_of_job(actor, values, home, {"task": "check"})


def ask_bad_rows(actor: Actor, values: Values, home: Path, behind: tuple[int, int]) -> Question:
    """Start the search for the next rows that do not fit, behind an input (from 0) and a row of it (from 1).

    Raises:
        Forbidden: the actor may not launch jobs.
        AuditUnavailable: it cannot be written down, so nothing is read.
    """
    return _ask_of_job(actor, values, home, {"task": "bad rows", "behind": behind})


def ask_contract(actor: Actor, values: Values, home: Path) -> Question:
    """Start to look at all rows of the inputs, for a contract to begin with.

    Raises:
        Forbidden: the actor may not launch jobs.
        AuditUnavailable: it cannot be written down, so nothing is read.
    """
    return _ask_of_job(actor, values, home, {"task": "contract"})


def _ask_of_job(actor: Actor, values: Values, home: Path, task: Mapping[str, Any]) -> Question:
    permit(actor, Permission.LAUNCH_JOBS)
    words = arguments(values, home)
    config = parse_run(words).config
    note_check(home, actor, values, words)
    how = Asking(
        command=["etl_batch.launch.asking"],
        limits=limits_of_job(config, limits_of(home)),
        seconds=config.time_limit_s + _GRACE_SECONDS,
        who="the process that checked",
        mends=_MENDS,
    )
    over = partial(note_end_of_check, home, actor, values)
    return Question(how, {**task, "arguments": words}, over)
