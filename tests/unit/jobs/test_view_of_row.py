"""A job from its row: the seconds of one that runs grow, and a verdict is of a done job alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from etl_batch.jobs.view_of_row import view_of
from etl_batch.report.verdict import Verdict

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def view(state: State, **more: Any) -> JobView:  # noqa: ANN401 - any column
    empty = dict.fromkeys(
        ("role", "started_at", "finished_at", "heartbeat_at", "pid", "rows_in", "rows_out", "rows_quarantined", "mb_s",
         "error_code", "error_message", "again_of", "report", "eta_seconds", "seconds", "verdict", "name", "note")
    )  # fmt: skip
    config = json.dumps({"workers": 2, "actor": {"name": "ana"}, "resume": True})
    row = {
        "job_id": "one", "actor": "ana", "created_at": "2026-01-01T00:00:00Z", "source": "console", "phase": "convert",
        "done_bytes": 1, "total_bytes": 4, "rows": 9, "state": str(state), "config": config,
    }  # fmt: skip
    return view_of(empty | row | more, now=NOW)


def test_what_is_there_and_what_stays_inside() -> None:
    found = view(State.RUNNING, pid=7)
    assert (found.job_id, found.pid, found.state, found.progress.share) == ("one", 7, State.RUNNING, 0.25)
    assert found.config == {"workers": 2}


@pytest.mark.parametrize("state", [State.RUNNING, State.CANCELLING])
def test_the_seconds_of_a_job_that_runs_go_on(state: State) -> None:
    found = view(state, started_at="2026-01-02T03:04:00.500000+00:00", seconds=10.0)
    assert found.seconds == 14.5
    assert view(state, started_at="2026-01-02T04:00:00+00:00", seconds=10.0).seconds == 10.0, "the clock was set back"
    assert view(state).seconds is None


@pytest.mark.parametrize("state", [State.QUEUED, State.DONE, State.INTERRUPTED])
def test_those_of_any_other_stand(state: State) -> None:
    assert view(state, started_at="2026-01-01T00:00:00+00:00", seconds=1.23456).seconds == 1.235
    assert view(state, started_at="2026-01-01T00:00:00+00:00").seconds is None


@pytest.mark.parametrize(
    ("said", "rows", "bad", "verdict"),
    [
        ("look", 10, 0, "look"),
        (None, 10, 0, "good"),
        (None, 100, 1, "look"),
        (None, 10, 5, "doubtful"),
        (None, None, None, "look"),
    ],
)
def test_the_verdict_is_what_the_job_said_else_what_its_rows_say(
    said: str | None, rows: int | None, bad: int | None, verdict: str
) -> None:
    more = {"verdict": said, "rows_in": rows, "rows_quarantined": bad}
    assert view(State.DONE, **more).verdict == Verdict(verdict)
    assert view(State.FAILED, **more).verdict is None
