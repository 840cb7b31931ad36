"""A process that runs one command, and tells what it took: `python -m tests.bench.speed.measured_process JSON`.

What a job costs is the CPU time of the command and of all its descendants. The kernel adds that of a process to its
parent's only when the parent waits for it, and nobody waits for the process from which workers are forked: it ends a
moment after the job, as an orphan. So `time` misses it and its children. This process is a *subreaper*: orphans among
its descendants become its own children, and it waits for every one of them before it asks what its children took. Each
process is then waited for by its parent or by this one, and `RUSAGE_CHILDREN` has them all.

Where memory is looked at, that takes time of its own: such a run is none whose time counts.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.speed.memory import bytes_of_descendants

_PR_SET_CHILD_SUBREAPER = 36  #: prctl(2)
_LOOK_SECONDS = 0.01


def run(command: list[str], folder: str, memory_besides: str | None) -> dict[str, float]:
    """Run it to its end, and to that of all that it started.

    Args:
        command: what to run.
        folder: where.
        memory_besides: look at the memory of its processes, without mapped files beneath this folder; None: do not.
    """
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL)
    peak = _peak_bytes(process.pid, Path(memory_besides)) if memory_besides is not None else 0
    code = process.wait()
    taken = time.perf_counter() - began
    _wait_for_orphans()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"code": code, "seconds": taken, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_bytes": peak}


def _peak_bytes(pid: int, besides: Path) -> int:
    peak = 0
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        peak = max(peak, bytes_of_descendants(os.getpid(), besides))
        time.sleep(_LOOK_SECONDS)
    return peak


def _wait_for_orphans() -> None:
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    told = json.dumps(run(asked["command"], asked["folder"], asked["memory_besides"]))
    os.write(asked["tell"], told.encode())
