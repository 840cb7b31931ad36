"""What the process of a job may use, and each process below it."""

from __future__ import annotations

from etl_batch.config import JobConfig
from etl_batch.jobs.limits import JobLimits
from etl_batch.machine.child_process import Limits
from etl_batch.values import GIB

_CPU_PER_WALL = 4  #: a process has a few threads that count at the same time
_START_SECONDS = 60  #: compiling the kernels for the first time takes this much, however short the job may be
_LEAST_DATA_BYTES = GIB  #: what coordinates the workers needs little, but libraries reserve much
#: steps of priority: a job takes all that is left, and a page that somebody waits for takes what it needs before it
BEHIND_PAGES = 10


def limits_of_job(config: JobConfig, limits: JobLimits) -> Limits:
    """The limits of its process. Its workers set their own memory, which may be more; outputs follow our umask."""
    return Limits(
        data_bytes=max(config.memory_limit_bytes, _LEAST_DATA_BYTES),
        workers_may_have_more=True,
        cpu_seconds=limits.cpu_seconds or int(config.time_limit_s * _CPU_PER_WALL) + _START_SECONDS,
        open_files=limits.open_files,
        file_bytes=limits.file_bytes,
        behind=BEHIND_PAGES,
        is_private=False,
    )
