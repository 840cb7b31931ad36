"""The first thing that a process of ours runs: it gives up what it may not have, and becomes the module it is to be.

`python -P .../confined.py TOLD MODULE ARGUMENTS...`, started by `child_process.start` alone. A file, not a module: so
it is of the same tree as whoever starts it, wherever that was started, and nothing of ours is loaded before the limits
hold.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import resource
import runpy
import select
import signal
import sys
from typing import Any

_PR_SET_NO_NEW_PRIVS = 38  #: prctl(2)
_F_SETSIG = 10  #: fcntl(2): which signal says that something happened to a descriptor
_HARD_SECONDS = 5  #: between the signal that says what it is and the kill
_PRIVATE = 0o077
_NO_MEMORY = 97  #: as `deaths.NO_MEMORY`, which cannot be imported yet


def confine(limits: dict[str, Any]) -> None:
    """Set the limits of this process; those that it starts inherit them.

    Not RLIMIT_NPROC, which counts what else the user runs.
    """
    ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _lower(resource.RLIMIT_CORE, 0, 0)
    if cpu := limits["cpu_seconds"]:
        _lower(resource.RLIMIT_CPU, cpu, cpu + _HARD_SECONDS)
    if files := limits["open_files"]:
        _lower(resource.RLIMIT_NOFILE, files, files)
    if size := limits["file_bytes"]:
        _lower(resource.RLIMIT_FSIZE, size, size)
        sys.dont_write_bytecode = True  # Python takes a file that was cut by this limit for a whole one, ever after
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    if data := limits["data_bytes"]:
        _lower(resource.RLIMIT_DATA, data, resource.RLIM_INFINITY if limits["workers_may_have_more"] else data)
    if steps := limits["behind"]:
        os.nice(steps)
    if limits["is_private"]:
        os.umask(_PRIVATE)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy would start threads for products of matrices


def hold(lifeline: int) -> None:
    """Have the kernel kill this process's group when the other end of the pipe closes, whatever runs here then."""
    os.set_inheritable(lifeline, False)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(lifeline, _F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    watch = select.poll()
    watch.register(lifeline, 0)
    if watch.poll(0):  # it was closed before anybody watched
        os.killpg(0, signal.SIGKILL)


def _lower(kind: int, soft: int, hard: int) -> None:
    """Set a limit, but never above the one that is there."""
    _, most = resource.getrlimit(kind)

    def capped(value: int) -> int:
        if most == resource.RLIM_INFINITY:
            return value
        return most if value == resource.RLIM_INFINITY else min(value, most)

    resource.setrlimit(kind, (capped(soft), capped(hard)))


def main() -> None:
    """Confine, then run the module as `python -m` would."""
    settings, module = json.loads(sys.argv[1]), sys.argv[2]
    if settings["lifeline"] is not None:
        hold(settings["lifeline"])
    confine(settings["limits"])
    sys.argv = sys.argv[2:]
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))  # noqa: PTH100, PTH120 - pathlib takes time to load
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except MemoryError:
        os._exit(_NO_MEMORY)  # what tidies up takes memory, too


if __name__ == "__main__":
    main()
