"""Works off the queue: takes the oldest job, looks after it until it is over, takes the next, until there is none.

It is small, loads nothing that could crash, and is the only one that knows why the process of a job ended: it waits
for it. Should it be killed itself, the kernel kills the process of the job with it (`child_process`, the lifeline).
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from etl_batch.errors import EtlError, JobStateRefused
from etl_batch.jobs.config_json import config_of
from etl_batch.jobs.limits_in_force import limits_in_force
from etl_batch.jobs.retention import tidy
from etl_batch.jobs.settle import record_end, settle_lost
from etl_batch.jobs.signals import Signals
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import Ending
from etl_batch.jobs.supervised import Supervised
from etl_batch.machine.process_identity import ProcessIdentity


def work_off_queue(home: Path) -> None:
    """Do queued jobs until there are none, or enough other processes do them.

    Raises:
        EtlError: the store or the limits cannot be read, or a change of these cannot be written down.
    """
    store, signals, me = JobStore(home), Signals(), ProcessIdentity.mine()
    while not signals.must_stop:
        limits = limits_in_force(home)
        settle_lost(store)  # those hold places that are free
        with store.writing() as writing:
            row = writing.claim(me, limits.jobs_at_once)
            if row is None:
                return
            writing.event(row["job_id"], State.RUNNING, "its process starts")
        try:
            supervised = Supervised(store, limits, row, signals)
        except EtlError as error:
            _end_unreadable(store, row, error)
            continue
        supervised.look_after()
        tidy(store, config_of(row), limits)


def _end_unreadable(store: JobStore, row: Mapping[str, Any], error: EtlError) -> None:
    """End a job of which nobody knows what it is to do: those behind it go on."""
    with contextlib.suppress(JobStateRefused), store.writing() as writing:  # somebody else was quicker
        writing.end(row["job_id"], Ending(state=State.FAILED, code=error.code, message=str(error)), 0.0)
    record_end(row, State.FAILED)
