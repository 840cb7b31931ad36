"""How fast a job is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.jobs.progress_rate import ProgressRate


@given(st.lists(st.tuples(st.floats(0, 60), st.integers(0, 10**9)), min_size=1, max_size=60))
def test_the_rate_is_never_negative_and_the_latest_report_stands(steps: list[tuple[float, int]]) -> None:
    rate, now, done, total = ProgressRate(), 0.0, 0, 2 * sum(step for _, step in steps)
    for seconds, step in steps:
        now, done = now + seconds, done + step
        rate.add(now, "convert", done, total, done // 64)
    latest = rate.latest
    assert (latest.done_bytes, latest.rows, latest.phase) == (done, done // 64, "convert")
    assert latest.mb_s is None or latest.mb_s >= 0
    assert latest.eta_seconds is None or latest.eta_seconds >= 0


def test_a_steady_job() -> None:
    rate = ProgressRate()
    for second in range(11):
        rate.add(float(second), "convert", second * 1_000_000, 20_000_000, 0)
    assert (rate.latest.mb_s, rate.latest.eta_seconds) == (1.0, 10.0)


def test_the_last_seconds_count() -> None:
    rate = ProgressRate()
    rate.add(0.0, "convert", 0, 1_000_000, 0)
    for second in range(100, 120):
        rate.add(float(second), "convert", (second - 99) * 10_000, 1_000_000, 0)
    assert rate.latest.mb_s == 0.01


def test_another_phase_begins_anew() -> None:
    rate = ProgressRate()
    rate.add(0.0, "check", 0, 100, 0)
    rate.add(1.0, "check", 100, 100, 0)
    rate.add(2.0, "convert", 0, 100, 0)
    assert rate.latest.mb_s is None
