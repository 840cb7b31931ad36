"""How fast a job is, and when it will be through: over the last seconds, so that a slow start is forgotten. Pure."""

from __future__ import annotations

from collections import deque

from etl_batch.jobs.job_view import JobProgress

_WINDOW_SECONDS = 8.0


class ProgressRate:
    """Reports of one start of a job, and their rate."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._latest = JobProgress(phase="start")

    @property
    def latest(self) -> JobProgress:
        """How far the job is."""
        return self._latest

    def add(self, now: float, phase: str, done_bytes: int, total_bytes: int, rows: int) -> None:
        """A report.

        Args:
            now: seconds, on any clock that does not go back.
            phase: bytes are counted anew in each.
            done_bytes: of the phase.
            total_bytes: of the phase.
            rows: done.
        """
        if phase != self._latest.phase or (self._seen and done_bytes < self._seen[-1][1]):
            self._seen.clear()
        self._seen.append((now, done_bytes))
        while len(self._seen) > 2 and now - self._seen[1][0] >= _WINDOW_SECONDS:
            self._seen.popleft()
        seconds, moved = now - self._seen[0][0], done_bytes - self._seen[0][1]
        rate = moved / seconds if seconds > 0 and moved > 0 else None
        self._latest = JobProgress(
            phase=phase,
            done_bytes=done_bytes,
            total_bytes=total_bytes,
            rows=rows,
            mb_s=None if rate is None else round(rate / 1e6, 3),
            eta_seconds=None if rate is None else round(max(total_bytes - done_bytes, 0) / rate, 1),
        )
