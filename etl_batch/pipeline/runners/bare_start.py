"""How `multiprocessing` starts processes here: with the listed variables, and not with all that whoever called us has.

It starts two of its own, the fork server and the resource tracker, whenever it finds one of them gone, and gives them
all of our environment; workers are forked from the first. Taking variables out of `os.environ` meanwhile would take
them from other threads, too, and doing it in the new process is too late for `/proc/PID/environ`. So its one way to
start a process is replaced.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from multiprocessing import util
from typing import Any

from etl_batch.machine.child_process import listed_environment

_FOR_WORKERS = ("OPENBLAS_NUM_THREADS",)  #: what we set ourselves before NumPy is loaded


def start_bare() -> None:
    """From here on, what `multiprocessing` starts of this process gets no more than the listed variables."""
    util.spawnv_passfds = _spawn


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
