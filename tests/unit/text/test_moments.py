"""Moments are written down in one way."""

from __future__ import annotations

from datetime import UTC, datetime

from etl_batch.text.moments import utc_text


def test_a_moment_has_its_microseconds_and_says_that_it_is_of_utc() -> None:
    assert utc_text(datetime(2026, 11, 30, 9, 5, tzinfo=UTC)) == "2026-11-30T09:05:00.000000Z"
