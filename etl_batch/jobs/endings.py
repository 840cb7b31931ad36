"""Why a start of a job ended, by what its process said last, how it died, and what was asked of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.errors import Cancelled, EtlError, TimedOut
from etl_batch.jobs.leftovers import published, remove_leftovers
from etl_batch.jobs.states import State
from etl_batch.jobs.stored_rows import Ending
from etl_batch.machine.deaths import death
from etl_batch.pipeline.outputs.metadata import files_of, metadata_of

_RESUME = "resume it, and it goes on where it stopped"


def ending_of(
    config: JobConfig, job_id: str, said: Mapping[str, Any] | None, returncode: int, stopped_for: State | None
) -> Ending:
    """How a job ended whose process is over.

    Args:
        config: of the job.
        job_id: its name.
        said: the last word of its process; None: it died without one.
        returncode: of the process, as `subprocess` has it.
        stopped_for: CANCELLED, FAILED (out of time) or INTERRUPTED where it was asked to end; None where it was not.
    """
    if said is not None and "done" in said:
        return replace(done(config, said["done"], said["report"], said["files"]), warning=said["warning"])
    if said is None and (ending := _published(config, job_id)) is not None:
        return ending
    if stopped_for is not None:
        return _stopped(config, job_id, stopped_for)
    return _died(returncode) if said is None else _said(said)


def lost(config: JobConfig, job_id: str, state: State) -> Ending:
    """How a job ended whose supervisor is gone, and with it whatever could have said why."""
    if (ending := _published(config, job_id)) is not None:
        return ending
    if state == State.CANCELLING:
        return _cancelled(config, job_id)
    return Ending(
        state=State.INTERRUPTED, message=f"its process is gone: killed, or the machine was restarted; {_RESUME}"
    )


def done(
    config: JobConfig, metadata: Mapping[str, Any], report: str | None, files: Sequence[Mapping[str, Any]] = ()
) -> Ending:
    """A job that is done; the report is named as it lies beneath HOME/report, where it does.

    Args:
        config: of the job.
        metadata: of the job.
        report: its path.
        files: the outputs, as `values.PublishedFile` has them.
    """
    folder = Path(os.path.realpath(config.home / "report"))  # raises nothing where links lead in a circle
    if report is not None and Path(report).is_relative_to(folder):
        report = str(Path(report).relative_to(folder))
    return Ending(state=State.DONE, metadata=metadata, report=report, files=files)


def _published(config: JobConfig, job_id: str) -> Ending | None:
    found = published(config, job_id)
    if found is None:
        return None
    if isinstance(found, EtlError):
        return _failed(found)
    report = found.report_paths[0] if found.report_paths else None
    ending = done(config, metadata_of(found, config), None if report is None else str(report), files_of(found))
    return replace(ending, warning=found.report_problem)


def _cancelled(config: JobConfig, job_id: str) -> Ending:
    try:
        remove_leftovers(config, job_id)
    except EtlError as error:
        return Ending(state=State.CANCELLED, message=f"its part files could not be removed: {error}")
    return Ending(state=State.CANCELLED)


def _stopped(config: JobConfig, job_id: str, stopped_for: State) -> Ending:
    if stopped_for == State.CANCELLED:
        return _cancelled(config, job_id)
    if stopped_for == State.FAILED:
        return _failed(TimedOut(f"the job reached its time limit of {config.time_limit_s:g} s"))
    return Ending(state=State.INTERRUPTED, message=f"it was told to stop, as when the machine shuts down; {_RESUME}")


def _said(said: Mapping[str, Any]) -> Ending:
    if said["failed"] == Cancelled.code:
        return Ending(state=State.INTERRUPTED, message=f"its process was told to stop; {_RESUME}")
    return Ending(state=State.FAILED, code=said["failed"], message=said["message"])


def _died(returncode: int) -> Ending:
    if returncode == -signal.SIGKILL:
        why = "its process was killed; if nobody did that, the machine ran out of memory"
        return Ending(state=State.INTERRUPTED, message=f"{why}; {_RESUME}")
    return _failed(death(returncode, "the job's process"))


def _failed(error: EtlError) -> Ending:
    return Ending(state=State.FAILED, code=error.code, message=str(error))
