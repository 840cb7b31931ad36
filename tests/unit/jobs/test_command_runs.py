"""A run from the command line is written down once its workers are at work, whatever the clock says."""

from __future__ import annotations

import pytest

from etl_batch.jobs import command_runs
from etl_batch.jobs.store import JobStore
from etl_batch.values import ProgressReport
from tests.conftest import Home
from tests.helpers.job_helpers import until


@pytest.mark.io
def test_a_run_is_entered_as_soon_as_its_workers_are_at_work(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """At its end it would wait for that, with nothing else to do."""
    monkeypatch.setattr(command_runs, "_START_SECONDS", 86_400.0)
    said: list[ProgressReport] = []
    told: list[str] = []
    config = home.config()
    with command_runs.recorded(config, told.append) as run:
        tell = run.telling(said.append)
        tell(ProgressReport("start", 0, 0, 0, "a note"))
        assert not run._under_way.is_set()  # a note says nothing of workers
        tell(ProgressReport("convert", 0, 1, 0))
        until(lambda: JobStore(config.home).rows("one", job_id=run.job.job_id))
    assert (len(said), told) == (2, [])
