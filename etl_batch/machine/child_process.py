"""The one way to start a process of ours: what it knows of its surroundings, what it may use, with whom it dies.

Every process gets the listed variables and no others, limits of the kernel, no new privileges, a process group of its
own, and (unless it is to outlive us) a lifeline: a pipe whose other end is ours. The kernel kills the whole group when
that end closes, however we end. `PR_SET_PDEATHSIG` would not do: it answers to the end of the thread that started the
process, and threads of a web server end all the time.

A process is started from the tree that this file is in, through `etl_batch/machine/confined.py`, which sets the limits
in the new process before anything of it is loaded: nothing of ours runs between fork and exec, as it must not in a
server of threads.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO

from etl_batch.light_dataclass import dataclass
from etl_batch.machine.undisturbed import in_one_piece

_ROOTS = "ETL_INPUT_ROOTS"
#: all that a process of ours may know of where it was started: no tokens, no passwords, nothing that changes Python
_PASSED_ON = {
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "XDG_CACHE_HOME",
    "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", _ROOTS,
}  # fmt: skip
_PASSED_ON_BEGINNINGS = ("ETL_LIMIT_",)
_CONFINED = Path(__file__).with_name("confined.py")
STOP_SECONDS = 10.0  #: between asking a process to end and killing it


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a process, and each one below it, may use. 0: whatever was allowed before; nothing is ever raised."""

    data_bytes: int = 0  #: private memory. Not RLIMIT_AS, which forbids mapping a file larger than the limit
    workers_may_have_more: bool = False  #: processes below it may raise `data_bytes` for themselves
    cpu_seconds: int = 0  #: a signal that says what it is; a few seconds behind it, the kill
    open_files: int = 4096
    file_bytes: int = 0  #: of each file that it writes
    behind: int = 0  #: steps of priority that it gives up (nice): who waits for an answer goes first
    is_private: bool = True  #: what it writes is for its user alone (umask 077)


@dataclass(frozen=True, slots=True)
class Child:
    """A process that was started, and its group. Whoever starts one that does not outlive us must `end` it."""

    process: subprocess.Popen[bytes]
    _lifeline: IO[bytes] | None

    @property
    def pid(self) -> int:
        """Its number, which is its group's too."""
        return self.process.pid

    def signal_group(self, number: signal.Signals) -> None:
        """Tell all of the group; nobody once the process was waited for, for then its number may be another's."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def end(self) -> int:
        """Kill what is left of the group, take note of its end so that no zombie stays, and let go of the lifeline."""
        self.signal_group(signal.SIGKILL)
        code = self.process.wait()
        for stream in (self._lifeline, self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):  # what was written to it was not read
                    stream.close()
        return code


def listed_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables that a process of ours is given; folders among them mean the same wherever it runs."""
    passed = {
        name: value
        for name, value in environment.items()
        if name in _PASSED_ON or name.startswith(_PASSED_ON_BEGINNINGS)
    }
    if roots := passed.get(_ROOTS):
        passed[_ROOTS] = os.pathsep.join(os.path.abspath(root) for root in roots.split(os.pathsep) if root)  # noqa: PTH100
    return passed


Stream = int | IO[bytes] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where its standard streams lead (what `subprocess` takes), and what else it has of us."""

    stdin: Stream = subprocess.DEVNULL
    stdout: Stream = subprocess.DEVNULL
    stderr: Stream = subprocess.DEVNULL
    folder: Path | None = None  #: its working directory; None: ours
    pass_on: Sequence[int] = ()  #: descriptors that it inherits under their numbers


def start(command: Sequence[str], limits: Limits, given: Surroundings, *, outlives_us: bool = False) -> Child:
    """Start a module of ours as a process of its own, leader of its group.

    Args:
        command: the module, as behind `python -m`, and its arguments.
        limits: see there.
        given: see there.
        outlives_us: it has a session of its own, goes on when we end, and is reaped when it ends first.

    Raises:
        OSError: it could not be started.
    """
    theirs, ours = (None, None) if outlives_us else os.pipe()
    settings = json.dumps({"limits": asdict(limits), "lifeline": theirs})
    try:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-P", str(_CONFINED), settings, *command],
            stdin=given.stdin,
            stdout=given.stdout,
            stderr=given.stderr,
            cwd=given.folder,
            env=listed_environment(),
            pass_fds=(*given.pass_on, *(() if theirs is None else (theirs,))),
            start_new_session=outlives_us,
            process_group=None if outlives_us else 0,
        )
    except BaseException:
        if ours is not None:
            os.close(ours)
        raise
    finally:
        if theirs is not None:
            os.close(theirs)
    if outlives_us:
        # A child that nobody waits for stays as a zombie. Nothing depends on the thread.
        with in_one_piece():
            threading.Thread(target=process.wait, name=f"reap-{process.pid}", daemon=True).start()
    return Child(process, None if ours is None else os.fdopen(ours, "wb", buffering=0))
