"""Jobs whose process is gone without a word: found, and brought to the state that is true."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Mapping
from typing import Any

from etl_batch.errors import EtlError, JobStateRefused
from etl_batch.jobs.config_json import config_of
from etl_batch.jobs.endings import lost
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import Ending, process_of
from etl_batch.pipeline.job_notes import record_death

STALE_SECONDS = 60.0  #: without a heartbeat of a supervisor, which beats twice a second


def settle_lost(store: JobStore, resumed: str = "") -> int:
    """End the jobs in the store that nobody looks after any more; returns how many there were.

    Args:
        store: of the jobs.
        resumed: the job that goes on here, perhaps with its publication: it is for us to say what became of it.

    Raises:
        JobStoreUnavailable: the store cannot be read or written.
    """
    lost_jobs = [row for row in store.rows("live") if _is_lost(row)]
    return sum(_settle(store, row, is_resumed=row["job_id"] == resumed) for row in lost_jobs)


def _is_lost(row: Mapping[str, Any]) -> bool:
    process = process_of(row)
    if process is None or not process.is_alive:
        return True
    # Who runs in somebody's terminal may be held there (Ctrl-Z), or may have been unable to write here: it is let live.
    if row["turn"] is None or time.monotonic() - row["beat"] <= STALE_SECONDS:
        return False
    # It hangs. It must not wake up and go on beside one that resumes the job.
    process.signal(signal.SIGKILL)
    return not process.is_alive


def _settle(store: JobStore, row: Mapping[str, Any], *, is_resumed: bool) -> bool:
    job_id = row["job_id"]
    ending = Ending(state=State.INTERRUPTED, message="its process is gone; it goes on") if is_resumed else _lost(row)
    with contextlib.suppress(JobStateRefused):  # somebody else was quicker
        with store.writing() as writing:
            if [process_of(now) for now in writing.rows("one", job_id=job_id)] != [process_of(row)]:
                return False  # somebody has taken it up meanwhile
            writing.end(job_id, ending, 0.0)
        if not is_resumed:  # the start that follows has recorded it
            record_end(row, ending.state)
        return True
    return False


def _lost(row: Mapping[str, Any]) -> Ending:
    """How it ended; what cannot be read, or no longer may be, nobody can go on with."""
    try:
        config = config_of(row)
    except EtlError as error:
        return Ending(state=State.FAILED, code=error.code, message=str(error))
    return lost(config, row["job_id"], State(row["state"]))


def record_end(row: Mapping[str, Any], state: State) -> None:
    """Put into the audit log that a job ended which could not do so itself.

    Each start gets one end: it may have said so just before it died. What happened has happened: where the log cannot
    be written, the job's own events have it.
    """
    is_well = state in {State.DONE, State.CANCELLED}
    with contextlib.suppress(EtlError):
        record_death(config_of(row), row["job_id"], str(state), is_well=is_well)
