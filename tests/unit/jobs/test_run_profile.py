"""What the machine did over a run: of a done one from its metadata, of any other as far as it came."""

from __future__ import annotations

from dataclasses import asdict

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.run_profile import profile_of
from etl_batch.jobs.states import State
from etl_batch.values import ProfilePoint
from tests.data_makers.golden import results

JOB = JobView(job_id="one", state=State.DONE, actor="ana", role=None, created_at="2026", started_at="2026", seconds=3.0)
POINTS = results.profile(4).points


def as_json(points: tuple[ProfilePoint, ...]) -> list[dict[str, object]]:
    return [asdict(point) | {"cpu_percent": list(point.cpu_percent)} for point in points]


def test_a_done_run() -> None:
    metadata = {"profile": {"points": as_json(POINTS)}, "throughput_mb_s": 7.5, "cpu_seconds": 2.0, "peak_rss_bytes": 9}
    found = profile_of(JOB, metadata, points=POINTS[:1])
    assert found.points == POINTS
    assert (found.throughput_mb_s, found.cpu_seconds, found.peak_rss_bytes) == (7.5, 2.0, 9)
    assert (found.job_id, found.state, found.started_at, found.seconds) == ("one", State.DONE, "2026", 3.0)


def test_a_run_that_was_not_profiled_or_is_not_done() -> None:
    for metadata in (None, {}, {"profile": None}):
        found = profile_of(JOB, metadata, POINTS[:2])
        assert (found.points, found.throughput_mb_s, found.peak_rss_bytes) == (POINTS[:2], None, None)
