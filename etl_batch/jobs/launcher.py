"""Starting supervisors so that they outlive whoever starts them."""

from __future__ import annotations

from pathlib import Path

from etl_batch.jobs.logs import opened_log
from etl_batch.machine.child_process import Limits, Surroundings, start

_UNLIMITED = Limits(open_files=0, is_private=False)  #: it is small; what it starts is confined


def launch_supervisor(home: Path) -> None:
    """Start a process that works off the queue of this home. It does not end with us; when it ends, it is reaped."""
    with opened_log(home, "supervisor") as log:
        given = Surroundings(stdout=log, stderr=log, folder=home)
        start(["etl_batch", "job-supervisor", str(home)], _UNLIMITED, given, outlives_us=True)
