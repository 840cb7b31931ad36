"""Processes of ours: one dies, or reaches a limit."""

from __future__ import annotations

from etl_batch.errors.base import EXIT_CANCELLED, EtlError


class OutOfMemory(EtlError):
    """A worker reached its memory limit."""

    code = "E_MEMORY"
    mend = "use smaller chunks (--chunk-bytes), or raise --memory-limit"


class WorkerCrashed(EtlError):
    """A worker process died."""

    code = "E_WORKER_CRASHED"
    mend = "start again; if it happens at the same place twice, report it with the layout"


class TimedOut(EtlError):
    """The job took longer than its time limit."""

    code = "E_TIMEOUT"
    exit_code = EXIT_CANCELLED
    mend = "raise --time-limit, or give the job more workers"


class CpuLimit(EtlError):
    """A process of the job used more processor time than it may."""

    code = "E_CPU_LIMIT"
    mend = "raise --time-limit, or cpu_seconds (see the manual, Jobs), or give the job less input"
