"""Settings that are changed without us are on the record before they count, once."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.audit.log import AuditLog
from etl_batch.audit.settings_seen import SEEN_NAME, changed, record_settings
from etl_batch.errors import AuditUnavailable
from etl_batch.jobs.limits_in_force import limits_in_force
from etl_batch.jobs.service import JobService
from etl_batch.values import Actor
from tests.conftest import Home
from tests.data_makers.records import LAYOUT, records

WHO = Actor(name="operator", os_user="operator")
TEXTS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2", "(not set)"]))


def entries(home: Path) -> list[dict[str, Any]]:
    log = home / ".secrets" / "etl_audit.log"
    found = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    changes = [entry for entry in found if entry["action"] == "settings_changed"]
    return [
        {**entry, "detail": {name: entry["detail"][name] for name in set(entry["detail"]) - {"os_user"}}}
        for entry in changes
    ]


def test_a_change_is_recorded_once_with_what_was_before(tmp_path: Path) -> None:
    steps: list[dict[str, str]] = [{}, {"workers": "4"}, {"workers": "4"}, {"workers": "8", "days": "1"}, {"days": "1"}]
    assert [record_settings(tmp_path, WHO, "limits", step) for step in steps] == [False, True, False, True, True]
    assert [(entry["user"], entry["target"]) for entry in entries(tmp_path)] == [("operator", "limits")] * 3
    assert [entry["detail"] for entry in entries(tmp_path)] == [
        {"workers": "(not set) -> 4"},
        {"days": "(not set) -> 1", "workers": "4 -> 8"},
        {"workers": "8 -> (not set)"},
    ]


def test_groups_are_apart_and_the_note_is_a_secret(tmp_path: Path) -> None:
    for _ in range(2):
        record_settings(tmp_path, WHO, "limits", {"a": "1"})
        record_settings(tmp_path, WHO, "console", {"a": "2"}, about={"file_of": "root"})
    assert [entry["detail"] for entry in entries(tmp_path)] == [
        {"a": "(not set) -> 1"},
        {"a": "(not set) -> 2", "file_of": "root"},
    ]
    assert stat.S_IMODE((tmp_path / ".secrets" / SEEN_NAME).stat().st_mode) == 0o600


def test_many_who_meet_a_change_record_it_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: record_settings(tmp_path, WHO, "limits", {"a": "1"}), range(24)))
    assert done.count(True) == len(entries(tmp_path)) == 1


def test_what_cannot_be_recorded_was_not_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise AuditUnavailable("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(AuditLog, "record", full)
        with pytest.raises(AuditUnavailable):
            record_settings(tmp_path, WHO, "limits", {"a": "1"})
    assert record_settings(tmp_path, WHO, "limits", {"a": "1"})


@pytest.mark.parametrize("text", ["", "{", "[]", '{"limits": 1}'])
def test_a_note_that_cannot_be_read_means_an_entry_too_many(tmp_path: Path, text: str) -> None:
    record_settings(tmp_path, WHO, "limits", {"a": "1"})
    (tmp_path / ".secrets" / SEEN_NAME).write_text(text)
    record_settings(tmp_path, WHO, "limits", {"a": "1"})
    assert len(entries(tmp_path)) == 2


@given(before=TEXTS, after=TEXTS)
def test_what_differs_is_told_and_nothing_else(before: dict[str, str], after: dict[str, str]) -> None:
    changes = changed("limits", before, after).detail
    assert set(changes) == {name for name in {*before, *after} if before.get(name) != after.get(name)}


def test_limits_count_once_they_are_on_the_record(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl_batch.jobs.service.launch_supervisor", lambda _: None)
    home.put("a.bin", records(3), LAYOUT)
    service = JobService(home.path)
    job = service.start(home.config())
    assert entries(home.path) == []  # the defaults are no change
    (home.path / ".secrets" / "limits.toml").write_text("starts_per_minute = 5\n")
    service.cancel(home.config().actor, job.job_id)
    for number in range(2):
        service.start(home.config(output_csv=str(home.path / "output" / f"{number}.csv")))
    (entry,) = entries(home.path)
    assert (entry["target"], entry["detail"]["starts_per_minute"]) == ("limits", "(not set) -> 5")
    assert entry["detail"]["file_of"]


def test_limits_that_cannot_be_recorded_are_not_in_force(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    limits_in_force(home.path)
    (home.path / ".secrets" / "limits.toml").write_text("workers = 3\n")

    def full(*_: object) -> int:
        raise AuditUnavailable("the disk is full")

    monkeypatch.setattr(AuditLog, "record", full)
    with pytest.raises(AuditUnavailable):
        limits_in_force(home.path)
