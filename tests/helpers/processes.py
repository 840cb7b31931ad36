"""Processes of tests: what they inherit, and that none of them stays.

A test that fails, or is interrupted, leaves no process at work: whatever it has started is ended after it, orphans too,
and a test that passes but leaves some fails for it. Processes of fixtures that many tests share end with their fixture.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
from collections.abc import Iterator
from multiprocessing import forkserver, resource_tracker

import psutil

_PR_SET_CHILD_SUBREAPER = 36  #: prctl(2)
_shared: set[int] = set()  #: processes that end with a fixture, not with a test
_SECONDS_TO_END = 10.0  #: for those that were told to, by their parents' ends or by the kernel


def adopt_orphans() -> None:
    """Have this process, not init, become the parent of what processes of tests leave behind, so that it is found."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def hear_interrupts() -> None:
    """Let Ctrl-C be heard by whatever is started here: a shell's background jobs inherit that it is ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@contextlib.contextmanager
def none_left(before: set[psutil.Process] | None = None) -> Iterator[None]:
    """End what was started within and still runs a moment later.

    Args:
        before: what may stay; None: what there is now.

    Raises:
        AssertionError: something did, although nothing else failed.
    """
    before = _children() if before is None else before
    has_failed = True
    try:
        yield
        has_failed = False
    finally:
        started = _with_descendants(_children() - before)
        _, left = psutil.wait_procs([one for one in started if _is_at_work(one)], 0 if has_failed else _SECONDS_TO_END)
        names = [_name_of(process) for process in left]
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, _SECONDS_TO_END)
        _bury(started)
        if names and not has_failed:
            raise AssertionError(f"the test leaves processes at work: {names}")


def shared(process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    """Let a process outlive the test that happened to start it: its fixture ends it."""
    _shared.add(process.pid)
    return process


def _children() -> set[psutil.Process]:
    """The processes of this one and the orphans it was given, without those that outlive a test on purpose.

    What a process that many tests share starts by itself is its own affair.
    """
    # multiprocessing keeps two for all of its life
    kept = {forkserver._forkserver._forkserver_pid, resource_tracker._resource_tracker._pid}  # type: ignore[attr-defined]
    return {child for child in psutil.Process().children() if child.pid not in kept | _shared}


def _with_descendants(processes: set[psutil.Process]) -> set[psutil.Process]:
    found = set(processes)
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            found.update(process.children(recursive=True))
    return found


def _is_at_work(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _name_of(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return f"{process.pid} {' '.join(process.cmdline())[:200]}"
    return str(process.pid)


def _bury(processes: set[psutil.Process]) -> None:
    """Take orphans off the list of the dead: nobody else waits for them."""
    for process in processes:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process.pid, os.WNOHANG)
