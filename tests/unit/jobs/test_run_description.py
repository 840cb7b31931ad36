"""A run has a name and a note: found by a search, on the record, and what no list could show is refused."""

from __future__ import annotations

import json

import pytest

from etl_batch.errors import ConfigError, Forbidden
from etl_batch.jobs.job_query import JobQuery
from etl_batch.jobs.run_description import MOST_NAME_CHARACTERS, MOST_NOTE_CHARACTERS, RunDescription
from etl_batch.jobs.service import JobService
from etl_batch.jobs.store import JobStore
from etl_batch.values import Actor
from tests.conftest import ACTOR, Home
from tests.helpers.run_history import Runs


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("x" * (MOST_NAME_CHARACTERS + 1), ""),
        ("two\nlines", ""),
        (" x", ""),
        ("\u202ex", ""),
        ("", "x" * (MOST_NOTE_CHARACTERS + 1)),
    ],
)
def test_what_is_no_name_is_refused(name: str, note: str) -> None:
    with pytest.raises(ConfigError):
        RunDescription(name=name, note=note)
    RunDescription(name="x" * MOST_NAME_CHARACTERS, note="x\n" * (MOST_NOTE_CHARACTERS // 2))


def test_a_run_is_found_by_its_name_and_by_its_note(home: Home) -> None:
    runs = Runs(home, JobStore(home.path))
    first, second = runs.run("few.bin"), runs.run("more.bin")
    service = JobService(home.path)
    seen = service.describe(ACTOR, first.job_id, RunDescription(name="Übersicht June", note="ask Eve\nagain"))
    assert (seen.name, seen.note) == ("Übersicht June", "ask Eve\nagain")
    for text in ("übersicht", "ASK EVE"):
        assert [job.job_id for job in service.page(ACTOR, JobQuery(text=text)).jobs] == [first.job_id]
    assert service.page(ACTOR, JobQuery(text="few.bin")).total == 1
    assert service.view(ACTOR, second.job_id).name is None
    entry = json.loads((home.path / ".secrets" / "etl_audit.log").read_text().splitlines()[-1])
    assert (entry["action"], entry["job"], entry["detail"]) == (
        "job_described", first.job_id, {"name": "Übersicht June", "note_characters": 13, "os_user": ACTOR.os_user},
    )  # fmt: skip
    service.describe(ACTOR, first.job_id, RunDescription())
    assert service.view(ACTOR, first.job_id).name is None
    assert service.page(ACTOR, JobQuery(text="june")).total == 0


def test_only_who_may_launch_jobs_names_them(home: Home) -> None:
    run = Runs(home, JobStore(home.path)).run("few.bin")
    with pytest.raises(Forbidden):
        JobService(home.path).describe(Actor(name="otto", os_user="x", role="auditor"), run.job_id, RunDescription())
