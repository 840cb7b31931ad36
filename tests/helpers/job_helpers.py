"""Jobs in tests: waiting for them, finding their processes, knowing whether an output is whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.service import JobService
from tests.conftest import ACTOR, Home
from tests.data_makers.records import LAYOUT, records

PATIENCE_SECONDS = 240.0  #: on a busy machine


def until(found: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:  # noqa: ANN401 - whatever is found
    """What `found` gives, as soon as it is true."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)
    return value


def until_over(service: JobService, job_id: str) -> JobView:
    """The job when it is over."""

    def over() -> JobView | None:
        job = service.view(ACTOR, job_id)
        return job if job.state.is_over else None

    return until(over)  # type: ignore[no-any-return]


def put_rows(home: Home, rows: int, name: str = "a.bin") -> Path:
    """An input of so many rows."""
    block = records(10_000)
    return home.put(name, block * (rows // 10_000), LAYOUT)


def sha256(path: Path) -> str:
    """Of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def in_session(leader: int) -> list[psutil.Process]:
    """Processes of a supervisor's session that still run, it among them."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (ProcessLookupError, psutil.Error):
            continue
    return found


def engine_of(supervisor: int) -> psutil.Process | None:
    """The process of the job that a supervisor looks after."""
    try:
        return next(
            (one for one in psutil.Process(supervisor).children() if "job-engine" in one.cmdline()),
            None,
        )
    except psutil.Error:
        return None


def workers_of(engine: psutil.Process) -> list[psutil.Process]:
    """The processes of its pool that convert: children of the process that they are forked from.

    The kernel's own lists are read, not all processes of the machine: a short job could be over meanwhile.
    """
    found = []
    for worker in (worker for child in _children(engine.pid) for worker in _children(child)):
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(worker)
            if process.name().startswith("etl-worker"):
                found.append(process)
    return found


def paused(engine: psutil.Process, count: int = 1) -> list[psutil.Process]:
    """The workers of a job, once there are so many, stopped in the middle of what they do."""
    workers: list[psutil.Process] = until(lambda: len(found := workers_of(engine)) >= count and found)
    for worker in workers:
        worker.suspend()
    return workers


def spans_done(home: Home, output: str = "out.csv") -> int:
    """How many spans the journal of a job knows."""
    journal = home.output / f".{output}.journal"
    try:
        return journal.read_bytes().count(b'"span"')
    except FileNotFoundError:
        return 0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += map(int, children.read_text().split())
    return found


def supervised(home: Home, script: str = "") -> subprocess.Popen[bytes]:
    """A supervisor in which some lines are run first, such as shorter times."""
    lines = f"""
import etl_batch.jobs.supervised as supervised
{script}
from pathlib import Path
from etl_batch.jobs.supervisor import work_off_queue
work_off_queue(Path({str(home.path)!r}))
"""
    return subprocess.Popen([sys.executable, "-c", lines], start_new_session=True)
