"""What a conversion asks of shares that others made, in the place of working through spans."""

from __future__ import annotations

from typing import Protocol

from etl_batch.pipeline.audit_trail import JobAudit
from etl_batch.pipeline.job import JobPlan
from etl_batch.pipeline.outputs.job_outputs import JobOutputs
from etl_batch.pipeline.runners.runner import Usage


class MadeElsewhere(Protocol):
    """All shares of a job."""

    def refuse_others(self, plan: JobPlan, audit: JobAudit) -> None:
        """Refuse shares that were made by another plan than this; write down those that were not."""

    def taken(self, plan: JobPlan, outputs: JobOutputs) -> Usage:
        """Let the outputs have what all shares made; returns what that took."""

    @property
    def seconds(self) -> float:
        """That all of them took, added up."""
