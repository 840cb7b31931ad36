"""Which jobs are let into the queue: new ones, and those that go on."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError, JobStateRefused, QueueFull, RateLimited
from etl_batch.jobs.config_json import as_json
from etl_batch.jobs.leftovers import can_go_on
from etl_batch.jobs.limits import JobLimits
from etl_batch.jobs.states import State
from etl_batch.jobs.stored_rows import NewJob
from etl_batch.jobs.writing import Writing
from etl_batch.pipeline.outputs.claimed_names import refuse_names
from etl_batch.pipeline.outputs.targets import targets_of
from etl_batch.values import Actor

_MINUTE_SECONDS = 60.0
_NOTHING_KEPT = "run it again: `jobs again ID`, or the button on its page"


def new_job(job_id: str, config: JobConfig, limits: JobLimits) -> NewJob:
    """A job as it enters the queue.

    Raises:
        ConfigError: it cannot be a new job, or asks for more than a job may have.
        Refused: its outputs are no places to write to.
    """
    if config.resume:
        raise ConfigError("a new job cannot resume another", mend="use `jobs resume ID`, or start without --resume")
    if config.shard is not None:
        raise ConfigError(
            f"--shard {config.shard} is a share of a job, which is no job of this queue",
            mend="make it with `run`, under the queue that has the other shares",
        )
    if config.workers > limits.workers:
        raise ConfigError(
            f"--workers is {config.workers}", mend=f"give at most {limits.workers} (see the manual, Jobs)"
        )
    refuse_names(config)
    actor = config.actor
    return NewJob(
        job_id=job_id, actor=actor.name, role=actor.role, config=as_json(config), outputs=held_outputs(config)
    )


def held_outputs(config: JobConfig) -> tuple[str, ...]:
    """What no other job may write meanwhile."""
    return tuple(str(place.path) for place in targets_of(config).held)


def refuse_too_many(writing: Writing, actor: Actor, limits: JobLimits) -> None:
    """Count this start, or refuse it.

    Raises:
        RateLimited, QueueFull: one start too many.
    """
    now = time.time()
    writing.changes("forget_launches", minute_ago=now - _MINUTE_SECONDS, now=now)
    starts, first = writing.rows("launches", actor=actor.name)[0].values()
    if starts >= limits.starts_per_minute:
        seconds = max(math.ceil(first + _MINUTE_SECONDS - now), 1)
        raise RateLimited.after(seconds, f"Rate limit exceeded: {starts} starts by {actor.name} within a minute")
    waiting = {row["state"]: row["jobs"] for row in writing.rows("counts_of_queue")}.get(State.QUEUED, 0)
    if waiting >= limits.queue_length:
        raise QueueFull(f"{waiting} jobs wait already")
    writing.changes("add_launch", actor=actor.name, now=now)


def refuse_resume(row: Mapping[str, Any], config: JobConfig) -> None:
    """Refuse to let a job go on.

    Raises:
        JobStateRefused: it is not over, it is done, or nothing of it was kept; says what to do instead.
    """
    state, job_id = State(row["state"]), row["job_id"]
    if state == State.INTERRUPTED or (state == State.FAILED and can_go_on(config, job_id)):
        return
    why = {
        State.CANCELLED: "it was cancelled, and nothing of it was kept",
        State.FAILED: "it failed, and nothing of it was kept",
        State.DONE: "it is done",
    }.get(state, f"it is {state}")
    mend = _NOTHING_KEPT if state.is_over else "wait for it to end"
    raise JobStateRefused(f"job {job_id} cannot be resumed: {why}", mend=mend)
