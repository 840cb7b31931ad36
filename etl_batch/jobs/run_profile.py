"""What the machine did over a run; nothing of what the run was about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from etl_batch.light_dataclass import dataclass
from etl_batch.values import ProfilePoint


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProfile:
    """A run, as those see it who look at the machine."""

    job_id: str
    state: State
    started_at: str | None  #: UTC, ISO 8601
    seconds: float | None  #: it ran, or has run so far
    points: tuple[ProfilePoint, ...] = ()
    throughput_mb_s: float | None = None  #: of a done run, as the next two; see `JobResult`
    cpu_seconds: float | None = None
    peak_rss_bytes: int | None = None


def profile_of(
    job: JobView, metadata: Mapping[str, Any] | None = None, points: tuple[ProfilePoint, ...] = ()
) -> RunProfile:
    """The profile of a job. Pure.

    Args:
        job: which.
        metadata: of a job that is done; its profile is in there.
        points: of any other job, as far as it came.
    """
    known = metadata or {}
    kept = (known.get("profile") or {}).get("points", ())
    return RunProfile(
        job_id=job.job_id,
        state=job.state,
        started_at=job.started_at,
        seconds=job.seconds,
        points=tuple(ProfilePoint(**point | {"cpu_percent": tuple(point["cpu_percent"])}) for point in kept) or points,
        throughput_mb_s=known.get("throughput_mb_s"),
        cpu_seconds=known.get("cpu_seconds"),
        peak_rss_bytes=known.get("peak_rss_bytes"),
    )
