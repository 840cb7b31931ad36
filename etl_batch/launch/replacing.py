"""What a job would take the place of, before it begins."""

from __future__ import annotations

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.permissions import Permission, permit
from etl_batch.pipeline.outputs.replaced_outputs import replaced_by
from etl_batch.pipeline.outputs.targets import targets_of
from etl_batch.values import Actor, Replaced

_SOME_STAMP = "TIME"  #: the moment in which the job begins is not known yet


def would_replace(actor: Actor, config: JobConfig) -> tuple[Replaced, ...]:
    """What is in the places of the outputs now; of places that no job may write to, nothing.

    Raises:
        Forbidden: the actor may not launch jobs.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    try:
        return replaced_by(targets_of(config), _SOME_STAMP)
    except EtlError:
        return ()  # launching says why
