"""What holds for the process of a job and for every process below it: limits of the kernel, no new privileges."""

from __future__ import annotations

import ctypes
import os
import resource
import signal

from etl_batch.config import JobConfig
from etl_batch.errors import WorkerCrashed
from etl_batch.jobs.limits import JobLimits
from etl_batch.values import GIB

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38  #: prctl(2)
_CPU_PER_WALL = 4  #: a process has a few threads that count at the same time
_START_SECONDS = 60  #: compiling the kernels for the first time takes this much, however short the job may be
_HARD_SECONDS = 5  #: between the signal that says what it is and the kill
_LEAST_DATA_BYTES = GIB  #: what coordinates the workers needs little, but libraries reserve much


def die_with(parent: int) -> None:
    """Let the kernel kill this process when its parent dies.

    Raises:
        WorkerCrashed: the parent is dead already.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise WorkerCrashed("the process that looked after the job is gone")


def confine(config: JobConfig, limits: JobLimits) -> None:
    """Set the limits of this process; those that it starts inherit them, and may only have less.

    Not RLIMIT_AS, which forbids mapping an input larger than the limit; not RLIMIT_NPROC, which counts what else the
    user runs: a job has no more processes than `--workers` and a handful.
    """
    ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    cpu_seconds = limits.cpu_seconds or int(config.time_limit_s * _CPU_PER_WALL) + _START_SECONDS
    _lower(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + _HARD_SECONDS)
    _lower(resource.RLIMIT_NOFILE, limits.open_files, limits.open_files)
    _lower(resource.RLIMIT_CORE, 0, 0)
    if limits.file_bytes:
        _lower(resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes)
    # Soft only: workers set their own, which may be more.
    data = max(config.memory_limit_bytes, _LEAST_DATA_BYTES)
    _lower(resource.RLIMIT_DATA, data, resource.RLIM_INFINITY)


def _lower(kind: int, soft: int, hard: int) -> None:
    """Set a limit, but never above the one that is there."""
    _, most = resource.getrlimit(kind)

    def capped(value: int) -> int:
        if most == resource.RLIM_INFINITY:
            return value
        return most if value == resource.RLIM_INFINITY else min(value, most)

    resource.setrlimit(kind, (capped(soft), capped(hard)))
