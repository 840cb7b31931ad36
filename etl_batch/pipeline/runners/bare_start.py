"""How `multiprocessing` starts processes here: with the listed variables, and not with all that whoever called us has.

It starts the fork server, from which workers are forked, whenever it finds it gone, and gives it all of our
environment. Taking variables out of `os.environ` meanwhile would take them from other threads, too, and doing it in the
new process is too late for `/proc/PID/environ`. So its one way to start a process is replaced.

Two things it does that workers have no use for, and that a small job would wait for:

- It starts a resource tracker, a Python of its own, that removes semaphores and shared memory of its which are left
  over. Ours have none. Where somebody else in this process has some, the tracker is there, and is handed on.
- Each worker runs the program once more that was started as a file (`__mp_main__`), for what it defines. What workers
  run are functions of modules; the program may be anybody's.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from multiprocessing import forkserver, resource_tracker, spawn, util
from typing import Any

from etl_batch.machine.child_process import listed_environment

WORKER_NAMES = "etl-"  #: how the names of workers begin
_FOR_WORKERS = ("OPENBLAS_NUM_THREADS",)  #: what we set ourselves before NumPy is loaded
_PROGRAM = ("init_main_from_path", "init_main_from_name")
_preparation = spawn.get_preparation_data


class _Tracker:
    """What the fork server takes for the resource tracker."""

    def __init__(self) -> None:
        self._nowhere = -1

    def ensure_running(self) -> None:
        """It is not needed."""

    def getfd(self) -> int:
        """Where a new process reports to: to the tracker, if somebody has started it, else to nobody."""
        tracker: Any = resource_tracker._resource_tracker
        if tracker._fd is not None:
            return int(tracker.getfd())
        if self._nowhere < 0:
            self._nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        return self._nowhere


def start_bare() -> None:
    """From here on, what `multiprocessing` starts of this process gets no more than the listed variables."""
    util.spawnv_passfds = _spawn
    spawn.get_preparation_data = _without_program
    server: Any = forkserver
    if not isinstance(server.resource_tracker, _Tracker):
        server.resource_tracker = _Tracker()


def _without_program(name: str) -> dict[str, Any]:
    """As `multiprocessing.spawn.get_preparation_data`; a worker of ours does not get to know of the program."""
    data: dict[str, Any] = _preparation(name)
    return {key: value for key, value in data.items() if key not in _PROGRAM or not name.startswith(WORKER_NAMES)}


def _spawn(path: bytes, args: Sequence[Any], passfds: Sequence[int]) -> int:
    """As `multiprocessing.util.spawnv_passfds`, and with an environment; returns the number of the process."""
    ours = {name: os.environ[name] for name in _FOR_WORKERS if name in os.environ}
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        args,
        executable=path,
        pass_fds=tuple(sorted(map(int, passfds))),
        restore_signals=False,
        env=listed_environment() | ours,
    )
    process.returncode = 0  # whoever asked waits for it by its number: nobody else may
    return process.pid
