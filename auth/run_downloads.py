"""The outputs of a run as downloads: the bytes that the run left, wherever they are today, and never any others."""

from __future__ import annotations

import os
from collections.abc import Iterator

from etl_batch.errors import Refused
from etl_batch.jobs.output_states import OutputState, RunOutput
from etl_batch.jobs.service import JobService
from etl_batch.permissions import Permission, may
from etl_batch.storage.paths import FileIdentity, open_input
from etl_batch.storage.roots import Place, place
from etl_batch.values import Actor

_WHY = {
    OutputState.REPLACED: "it was replaced by job {by}, and what this run wrote is kept nowhere that is known",
    OutputState.EDITED: "somebody changed it since",
    OutputState.DELETED: "it is gone",
    OutputState.UNKNOWN: "nobody can tell any more whether what is there is what this run wrote",
    OutputState.INTACT: "it was replaced at this moment; ask again",
}


class NotTheRuns(Refused):
    """What is there is not what the run wrote."""


def opened_output(jobs: JobService, actor: Actor, where: Place, job_id: str) -> int:
    """Open what a run left; the caller closes it.

    Args:
        jobs: of the home.
        actor: who asks.
        where: the place that the run wrote to.
        job_id: the run.

    Returns:
        A file descriptor.

    Raises:
        NotTheRuns: the bytes are not there any more, or nobody knows whether they are the same.
        Refused: there is no such job, or the file may not be opened.
    """
    there = _found(jobs, actor, where, job_id)
    descriptor = open_input(there)
    try:
        is_same = _found(jobs, actor, where, job_id) == there  # checked again: a job may have ended meanwhile
        if not is_same or not _is_under(there, descriptor):
            raise NotTheRuns(_sentence(where, RunOutput(path=where.path, state=OutputState.INTACT)))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _found(jobs: JobService, actor: Actor, where: Place, job_id: str) -> Place:
    """Where the bytes are today."""
    output = next((candidate for candidate in _left_by(jobs, actor, job_id) if candidate.path == where.path), None)
    if output is None:
        raise NotTheRuns(f"Run {job_id} wrote no {where.relative.name}.")
    path = output.path if output.state is OutputState.INTACT else output.kept
    if path is None:
        raise NotTheRuns(_sentence(where, output))
    return place(path, [where.root], purpose="output")


def _left_by(jobs: JobService, actor: Actor, job_id: str) -> Iterator[RunOutput]:
    """What can be asked for of a run: its outputs; and the rows that it set aside, which name whole paths."""
    yield from jobs.outputs(actor, job_id)
    if may(actor.role, Permission.LAUNCH_JOBS) and (rejects := jobs.rejects(actor, job_id)) is not None:
        yield rejects


def _is_under(where: Place, descriptor: int) -> bool:
    """Whether what was opened is still under its name."""
    again = open_input(where)
    try:
        return FileIdentity.of(again) == FileIdentity.of(descriptor)
    finally:
        os.close(again)


def _sentence(where: Place, output: RunOutput) -> str:
    return f"{where.relative.name} is not handed out as this run's: {_WHY[output.state].format(by=output.by)}."
