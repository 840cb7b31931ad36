"""Each start of a job that the audit log knows gets one end, whatever dies when."""

from __future__ import annotations

import contextlib
import json
from collections import Counter

import pytest

from etl_batch.audit.log import AuditLog
from etl_batch.config import JobConfig
from etl_batch.etl_core import run
from etl_batch.pipeline import audit_trail, job_notes
from etl_batch.pipeline.job import Job
from etl_batch.pipeline.job_notes import name_at_home, record_death, record_forgotten
from tests.conftest import ACTOR, Home
from tests.helpers.inline_runner import Crash, InlineRunner

LAYOUT = 'record_size = 1\n[[field]]\nname = "a"\ntype = "u8"\n'
JOB = Job("20260101T000000Z-abcdef", "2026-01-01T00:00:00.000000Z")


def _log(home: Home) -> list[dict[str, object]]:
    return [json.loads(line) for line in (home.path / ".secrets" / "etl_audit.log").read_text().splitlines()]


def _counts(home: Home, job_id: str = JOB.job_id) -> Counter[str]:
    with contextlib.suppress(FileNotFoundError):
        return Counter(str(entry["action"]) for entry in _log(home) if entry["job"] == job_id)
    return Counter()


def _notes(home: Home) -> list[str]:
    return [path.name for path in (home.path / ".secrets" / "etl_audit.open").iterdir()]


class _Death:
    """The process dies before or behind one of its calls: what it held is let go, nothing else happens."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.calls, self.is_dead = 0, 0, False
        for owner, name in (
            (AuditLog, "record_all"), (job_notes.JobNote, "begin"), (job_notes.JobNote, "add"),
            (job_notes.JobNote, "remove"),
        ):  # fmt: skip
            self._guard(monkeypatch, owner, name)

    def _guard(self, monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
        call = getattr(owner, name)

        def guarded(*arguments: object, **more: object) -> object:
            self._tick()
            done = call(*arguments, **more)
            try:
                self._tick()
            except Crash:
                if isinstance(done, job_notes.JobNote):
                    done.close()
                raise
            return done

        monkeypatch.setattr(owner, name, guarded)

    def _tick(self) -> None:
        if self.is_dead:
            raise Crash
        self.calls += 1
        if self.calls == self.at:
            self.is_dead = True
            raise Crash


@pytest.fixture
def config(home: Home) -> JobConfig:
    return home.config(home.put("few.bin", b"123", LAYOUT), measures=())


@pytest.mark.parametrize("teller", ["supervisor", "next start", "both"])
def test_one_start_one_end_whenever_it_dies(
    home: Home, config: JobConfig, monkeypatch: pytest.MonkeyPatch, teller: str
) -> None:
    """Before and behind each step that the log or the note sees."""
    death = _Death(monkeypatch)
    for at in range(1, 100):
        job = Job(f"20260101T000000Z-{at:06x}", JOB.started_at)
        death.at, death.calls = at, 0
        with contextlib.suppress(Crash):
            run(config, job=job, runner=InlineRunner())
        happened = death.is_dead
        death.at, death.is_dead = 0, False
        if teller != "next start":
            record_death(config, job.job_id, "interrupted", is_well=False)
        if teller != "supervisor":
            record_forgotten(config)
        counts = _counts(home, job.job_id)
        assert (counts["job_started"], counts["job_finished"]) in {(1, 1), (0, 1), (0, 0)}, at
        assert counts["job_finished"] == 1 or teller == "next start", at
        assert counts["output_published"] <= 1, at
        if not happened:
            break
    assert at > 10
    assert {counts[action] for action in ("job_started", "output_published", "job_finished")} == {1}


def test_a_start_that_goes_on_with_a_note_has_an_end_of_its_own(home: Home, config: JobConfig) -> None:
    """It was killed as it was about to publish: that start has ended, the next one begins and ends."""
    journal = home.output / ".out.csv.journal"
    journal.touch()
    note = job_notes.JobNote.begin(config, JOB.job_id)
    AuditLog(home.path).record(ACTOR, audit_trail._started_event(config, JOB.job_id))
    note.add({"events": [], "metadata": str(home.output / "no.json"), "journal": str(journal), "job": JOB.job_id})
    note.close()
    for _ in range(2):
        record_forgotten(config)
        record_death(config, JOB.job_id, "interrupted", is_well=False)
        assert _counts(home) == {"job_started": 1, "job_finished": 1}
        assert _notes(home) == [JOB.job_id], "what it was about to publish is still known"
    again = job_notes.JobNote.begin(config, JOB.job_id)
    AuditLog(home.path).record(ACTOR, audit_trail._started_event(config, JOB.job_id))
    again.close()
    record_forgotten(config)
    assert _counts(home) == {"job_started": 2, "job_finished": 2}


def test_the_log_names_paths_from_the_home_on(home: Home, config: JobConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    run(config, job=JOB, runner=InlineRunner())
    text = (home.path / ".secrets" / "etl_audit.log").read_text()
    assert str(home.path) not in text
    started, published, finished = _log(home)
    assert (started["target"], published["target"]) == ("output/out.csv", "output/out.csv")
    assert (started["detail"]["input"], finished["target"]) == ("data/few.bin", "output/out.csv.meta.json")  # type: ignore[index]
    monkeypatch.chdir(home.output)
    assert [name_at_home(home.path, given) for given in ("x.csv", "/elsewhere/x.csv", "")] == [
        "output/x.csv", "/elsewhere/x.csv", "",
    ]  # fmt: skip
