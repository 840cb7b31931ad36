"""The service: who may do what, how much, and what lists show. Nobody works off the queue here."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from etl_batch.errors import (
    AuditUnavailable,
    ConfigError,
    Forbidden,
    JobStateRefused,
    NoSuchJob,
    OutputBusy,
    PathTraversal,
    QueueFull,
    RateLimited,
    StoreUnsupported,
)
from etl_batch.jobs.job_query import JobQuery
from etl_batch.jobs.service import JobService
from etl_batch.jobs.signals import LOOK
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import Ending, NewJob
from etl_batch.jobs.without_options import without_options
from etl_batch.machine.process_identity import ProcessIdentity
from etl_batch.permissions import ANALYST, AUDITOR, SUPER_ADMIN
from etl_batch.values import Actor, ProfilePoint
from tests.conftest import Home

ADMIN = Actor(name="ada", os_user="web", role=SUPER_ADMIN, ip="127.0.0.1")
AUDIT = Actor(name="otto", os_user="web", role=AUDITOR)
ANA = Actor(name="ana", os_user="web", role=ANALYST)


def _start(service: JobService, home: Home, name: str = "out.csv", actor: Actor = ADMIN) -> str:
    config = home.config(output_csv=str(home.output / name))
    return service.start(replace(config, actor=actor)).job_id


def _log(home: Home) -> list[dict[str, object]]:
    return [json.loads(line) for line in (home.path / ".secrets" / "etl_audit.log").read_text().splitlines()]


_READING: list[Callable[[JobService, Actor, str], object]] = [
    lambda service, actor, _: service.page(actor),
    lambda service, actor, job: service.events(actor, job),
    lambda service, actor, job: service.log_tail(actor, job),
    lambda service, actor, _: service.counts(actor),
]
_DOING: list[Callable[[JobService, Actor, str], object]] = [
    lambda service, actor, job: service.cancel(actor, job),
    lambda service, actor, job: service.resume(actor, job),
    lambda service, actor, job: service.again(actor, job),
]


def test_roles(service: JobService, home: Home) -> None:
    job = _start(service, home)
    for call in (*_READING, *_DOING):
        with pytest.raises(Forbidden):
            call(service, ANA, job)
    for call in _READING:
        call(service, AUDIT, job)
        call(service, ADMIN, job)
    whole = service.view(ADMIN, job)
    assert service.view(AUDIT, job) == whole
    assert service.view(ANA, job) == without_options(whole) != whole
    with pytest.raises(Forbidden):
        service.view(replace(ANA, role="nobody"), job)
    for call in _DOING:
        with pytest.raises(Forbidden):
            call(service, AUDIT, job)
    for actor in (ANA, AUDIT):
        with pytest.raises(Forbidden):
            _start(service, home, "other.csv", actor)
    assert service.page(ADMIN).total == 1


def test_profiles_are_for_those_who_read_reports_too(service: JobService, store: JobStore, home: Home) -> None:
    """Of runs in any state, and nothing of what they were about."""
    queued, failed = _start(service, home), _start(service, home, "other.csv")
    point = ProfilePoint(seconds=1.0, cpu_percent=(5.0, 9.0), rss_bytes=7, read_mb_s=1.0, write_mb_s=2.0)
    with store.writing() as writing:
        writing.move(failed, State.FAILED)
        writing.requeue(failed, {"actor": {}})
        writing.rows("start_here", job_id=failed, now="2026-01-01T00:00:00Z", beat=0.0, pid=1, pid_started=1, boot="")
        writing.point(failed, point)
        writing.end(failed, Ending(state=State.FAILED, code="E_DISK_FULL", message="no room"), 1.5)
    assert [profile.job_id for profile in service.profiles(ANA)] == [failed]
    found = service.profile(ANA, failed)
    assert (found.state, found.points, found.seconds) == (State.FAILED, (point,), 1.5)
    assert service.profile(ANA, queued).points == ()
    assert service.profile(AUDIT, failed) == service.profile(ADMIN, failed) == found
    with pytest.raises(Forbidden):
        service.profiles(AUDIT)
    with pytest.raises(Forbidden):
        service.profile(replace(ANA, role="nobody"), failed)


def test_a_start_is_queued_written_down_and_somebody_is_sent(
    service: JobService, home: Home, launched: list[object]
) -> None:
    job = service.view(ADMIN, _start(service, home))
    assert (job.state, job.actor, job.role, job.pid, job.seconds) == (State.QUEUED, "ada", SUPER_ADMIN, None, None)
    assert job.config["output_csv"] == str(home.output / "out.csv")
    assert launched == [home.path]
    assert [(entry["action"], entry["user"], entry["job"], entry["ip"]) for entry in _log(home)] == [
        ("job_configured", "ada", job.job_id, "127.0.0.1"),
        ("job_launched", "ada", job.job_id, "127.0.0.1"),
    ]


def test_no_more_are_sent_than_may_be_at_work(
    service: JobService, home: Home, launched: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ETL_LIMIT_JOBS_AT_ONCE", "2")
    for number in range(3):
        _start(service, home, f"{number}.csv")
    with JobStore(home.path).writing() as writing:
        writing.claim(ProcessIdentity.mine(), 2)
    launched.clear()
    service.drain()
    assert len(launched) == 1


def test_what_cannot_be_written_down_is_not_done(
    service: JobService, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise AuditUnavailable("the log is full")

    monkeypatch.setattr("etl_batch.audit.log.AuditLog.record", full)
    with pytest.raises(AuditUnavailable):
        _start(service, home)
    assert service.page(ADMIN).total == 0


def test_the_eleventh_start_within_a_minute(service: JobService, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10):
        _start(service, home, f"{number}.csv")
    with pytest.raises(
        RateLimited, match=r"Rate limit exceeded: 10 starts by ada within a minute; start it again in \d+ s"
    ) as r:
        _start(service, home, "x.csv")
    assert 1 <= r.value.retry_after <= 60
    assert _log(home)[-1]["outcome"] == "refused"
    _start(service, home, "x.csv", replace(ADMIN, name="eve"))
    now = time.time()
    monkeypatch.setattr("etl_batch.jobs.admission.time.time", lambda: now + 61)
    _start(service, home, "y.csv")


def test_refusals(service: JobService, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _start(service, home)
    with pytest.raises(OutputBusy, match=first):
        _start(service, home)
    with pytest.raises(PathTraversal):
        service.start(replace(home.config(output_csv="/etc/passwd"), actor=ADMIN))
    with pytest.raises(ConfigError, match="cannot resume another"):
        service.start(home.config(output_csv=str(home.output / "r.csv"), resume=True))
    with pytest.raises(ConfigError, match=r"--workers is 65; give at most 64"):
        service.start(home.config(output_csv=str(home.output / "r.csv"), workers=65))
    with pytest.raises(ConfigError, match=r"--shard 0/2 is a share of a job, which is no job of this queue"):
        service.start(home.config(output_csv=f"{home.output}/r/", shard="0/2"))
    monkeypatch.setenv("ETL_LIMIT_QUEUE_LENGTH", "1")
    with pytest.raises(QueueFull, match="1 jobs wait already"):
        _start(service, home, "q.csv")
    for call in (*_DOING, _READING[2], JobService.view):
        with pytest.raises(NoSuchJob, match="'nope'"):
            call(service, ADMIN, "nope")
    assert service.page(ADMIN).total == 1


def test_cancel_before_it_began(service: JobService, home: Home) -> None:
    job = _start(service, home)
    assert service.cancel(ADMIN, job).state == State.CANCELLED
    with pytest.raises(JobStateRefused, match="it was cancelled, and nothing of it was kept; run it again"):
        service.resume(ADMIN, job)
    again = service.again(replace(ADMIN, name="eve"), job)
    assert (again.again_of, again.actor, again.state) == (job, "eve", State.QUEUED)
    assert [entry["action"] for entry in _log(home)] == [
        "job_configured", "job_launched", "job_cancelled", "job_configured", "job_launched",
    ]  # fmt: skip


def test_a_job_whose_process_is_gone_is_interrupted_and_can_be_resumed(
    service: JobService, home: Home, launched: list[object], dead: ProcessIdentity
) -> None:
    job = _start(service, home)
    with JobStore(home.path).writing() as writing:
        writing.claim(dead, 1)
    launched.clear()
    lost = service.view(ADMIN, job)
    assert lost.state == State.INTERRUPTED
    assert "its process is gone" in str(lost.error_message)
    assert "resume it" in str(lost.error_message)
    assert _log(home)[-1]["action"] == "job_finished"
    resumed = service.resume(ADMIN, job)
    assert (resumed.state, resumed.error_message, launched) == (State.QUEUED, None, [home.path])
    assert _log(home)[-1]["action"] == "job_resumed"
    with pytest.raises(JobStateRefused, match="it is queued; wait for it to end"):
        service.resume(ADMIN, job)
    assert service.counts(ADMIN)[State.QUEUED] == 1


def test_cancel_in_the_moment_in_which_its_turn_comes(
    service: JobService, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looked as if it waited, and is at work already: it is asked to end, and not taken for over."""
    job, sent = _start(service, home), []
    settled = JobService._settled

    def turn_comes(self: JobService, job_id: str) -> dict[str, object]:
        row = settled(self, job_id)
        with JobStore(home.path).writing() as writing:
            writing.claim(ProcessIdentity.mine(), 1)
        return row

    monkeypatch.setattr(JobService, "_settled", turn_comes)
    monkeypatch.setattr(ProcessIdentity, "signal", lambda _self, number: sent.append(number))
    assert service.cancel(ADMIN, job).state == State.CANCELLING
    assert sent == [LOOK]


def test_cancelling_and_the_process_is_gone(service: JobService, home: Home, dead: ProcessIdentity) -> None:
    job = _start(service, home)
    with JobStore(home.path).writing() as writing:
        writing.claim(dead, 1)
        writing.move(job, State.CANCELLING)
    assert service.view(ADMIN, job).state == State.CANCELLED


def test_an_interrupted_job_is_cancelled(service: JobService, home: Home, dead: ProcessIdentity) -> None:
    job = _start(service, home)
    with JobStore(home.path).writing() as writing:
        writing.claim(dead, 1)
    assert service.cancel(ADMIN, job).state == State.CANCELLED


def test_lists_are_searched_paged_and_newest_first(service: JobService, home: Home) -> None:
    store = JobStore(home.path)
    states = [State.DONE, State.FAILED]
    with store.writing() as writing:
        for number in range(30):
            config = {"output_csv": f"/out/Größe {number}%.csv", "inputs": [], "actor": {"name": "hidden"}}
            actor = "ada" if number % 2 else "eve"
            new = NewJob(job_id=f"job-{number:02}", actor=actor, role=None, config=config, outputs=())
            writing.add(replace(new, process=ProcessIdentity.mine()))
            writing.end(new.job_id, Ending(state=states[number % 3 == 0]), 1.0)
    page = service.page(ADMIN, JobQuery(limit=4, offset=2))
    assert ([job.job_id for job in page.jobs], page.total) == (["job-27", "job-26", "job-25", "job-24"], 30)
    assert service.page(ADMIN, JobQuery(text="GRÖSSE 7%")).total == 0
    assert [job.job_id for job in service.page(ADMIN, JobQuery(text="GRÖßE 7%")).jobs] == ["job-07"]
    assert service.page(ADMIN, JobQuery(text="hidden")).total == 0
    assert service.page(ADMIN, JobQuery(text="'; DROP TABLE job; --")).total == 0
    assert service.page(ADMIN, JobQuery(states=(State.FAILED,))).total == 10
    assert service.page(ADMIN, JobQuery(states=(State.FAILED, State.DONE), actor="ada", limit=1)).total == 15
    counts = service.counts(ADMIN)
    assert (counts[State.FAILED], counts[State.DONE], counts[State.QUEUED]) == (10, 20, 0)


@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (1001, 0), (1, -1)])
def test_pages_that_there_cannot_be(limit: int, offset: int) -> None:
    with pytest.raises(ConfigError):
        JobQuery(limit=limit, offset=offset)


def test_what_lies_in_an_object_store_is_not_for_the_background(service: JobService, home: Home) -> None:
    config = replace(home.config(), actor=ADMIN)
    for wrong in ({"inputs": ("s3://bkt/in/a.csv",)}, {"output_csv": "s3://bkt/out/"}):
        with pytest.raises(StoreUnsupported, match=r"s3://bkt/\S+ lies in an object store"):
            service.start(replace(config, **wrong))
    assert not any(service.counts(ADMIN).values())
    refused = [entry for entry in _log(home) if entry["outcome"] == "refused"]
    assert ["E_STORE_UNSUPPORTED" in str(entry["detail"]) for entry in refused] == [True, True]
