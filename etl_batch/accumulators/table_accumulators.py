"""All that is learned of a table: the one list."""

from __future__ import annotations

from etl_batch.accumulators.accumulator import Accumulator
from etl_batch.accumulators.column_profile import ColumnProfile
from etl_batch.config import JobConfig, ProfileDepth


def accumulators_of(names: tuple[str, ...], config: JobConfig) -> tuple[Accumulator, ...]:
    """What a job learns of a table's rows.

    Args:
        names: of the columns of its outputs.
        config: of the job.
    """
    if config.profile_depth is ProfileDepth.FULL:
        from etl_batch.accumulators.full_profile import FullProfile

        return (FullProfile(names),)
    return () if config.profile_depth is ProfileDepth.OFF else (ColumnProfile(names),)
