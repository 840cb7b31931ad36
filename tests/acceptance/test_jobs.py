"""Jobs in the background, through the commands and the service: started, watched, cancelled, resumed, queued."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from etl_batch.errors import JobStateRefused, OutputBusy, RateLimited
from etl_batch.jobs.job_query import JobQuery
from etl_batch.jobs.service import JobService
from etl_batch.jobs.states import State
from tests.conftest import ACTOR, PROJECT, Command, Home
from tests.helpers.job_helpers import engine_of, in_session, paused, put_rows, sha256, spans_done, until, until_over

MODULE = ("-m", "etl_batch")
JOBS = (*MODULE, "jobs")


@pytest.fixture
def service(home: Home) -> JobService:
    return JobService(home.path)


def _audit(home: Home) -> list[str]:
    lines = (home.path / ".secrets" / "etl_audit.log").read_text().splitlines()
    return [json.loads(line)["action"] for line in lines]


def test_a_job_in_the_background_and_a_run_give_the_same_bytes(home: Home, command: Command) -> None:
    put_rows(home, 20_000)
    outputs = ("-o", home.output / "job.csv", "-p", home.output / "job.parquet")
    started = command(*JOBS, "start", *outputs, "-w", "2", "--json")
    job_id = started.json()["job_id"]
    assert started.json()["state"] == "queued"
    watched = command(*JOBS, "watch", job_id)
    assert watched.code == 0, watched.err
    assert f"job {job_id} is done" in watched.out
    run = command(*MODULE, "run", "-o", home.output / "run.csv", "-p", home.output / "run.parquet", "-w", "1", "--json")
    for kind in ("csv", "parquet"):
        assert sha256(home.output / f"job.{kind}") == sha256(home.output / f"run.{kind}")
    shown = command(*JOBS, "show", job_id, "--json").json()
    assert (shown["state"], shown["rows"], shown["error"], shown["pid"]) == ("done", 20_000, None, None)
    assert shown["progress"]["share"] == 1
    assert shown["config"]["output_csv"] == str(home.output / "job.csv")
    assert shown["metadata"]["job_id"] == job_id
    assert (home.path / "report" / shown["report"]).exists()
    listed = command(*JOBS, "list", "--json").json()
    assert [one["job_id"] for one in listed["jobs"]] == [run.json()["job_id"], job_id]
    assert [one["source"] for one in listed["jobs"]] == ["command", "command"]
    assert _audit(home)[:2] == ["job_configured", "job_launched"]


def test_the_commands_say_what_there_is(home: Home, command: Command) -> None:
    assert "No jobs yet" in command(*JOBS, "list").out
    assert command(*JOBS).out == command(*JOBS, "--help").out
    unknown = command(*JOBS, "show", "nope")
    assert (unknown.code, "error[E_JOB_UNKNOWN]" in unknown.err) == (2, True)
    assert "error[E_CONFIG]" in command(*JOBS, "stop").err
    assert "use `jobs resume ID`" in command(*JOBS, "start", "--resume").err
    assert "run --check" in command(*JOBS, "start", "--check").err
    outside = command(*JOBS, "start", "-o", "/etc/passwd")
    assert (outside.code, "error[E_PATH_TRAVERSAL]" in outside.err) == (2, True)
    put_rows(home, 10_000)
    again_of = command(*JOBS, "start", "--json", "-w", "1").json()["job_id"]
    assert command(*JOBS, "watch", again_of, "--json").json()["state"] == "done"
    text = command(*JOBS, "show", again_of).out
    assert "its process starts" in text
    assert "report/" in text
    again = command(*JOBS, "again", again_of, "--json").json()["job_id"]
    repeated = command(*JOBS, "watch", again, "--json").json()
    assert (repeated["state"], repeated["again_of"]) == ("done", again_of)
    assert again in command(*JOBS, "list", "--state", "done", "--text", "DATA.CSV").out
    refused = command(*JOBS, "resume", again)
    assert "error[E_JOB_STATE]" in refused.err
    assert "it is done; run it again" in refused.err
    assert "error[E_JOB_STATE]" in command(*JOBS, "cancel", again).err


def test_a_run_that_fails_is_in_the_list(home: Home, command: Command) -> None:
    failed = command(*MODULE, "run", "-i", home.data / "not there.bin")
    assert (failed.code, "error[E_NOT_FOUND]" in failed.err) == (2, True)
    (job,) = command(*JOBS, "list", "--json").json()["jobs"]
    assert (job["state"], job["error"]["code"]) == ("failed", "E_NOT_FOUND")
    assert "check the spelling" in job["error"]["message"]
    watched = command(*JOBS, "watch", job["job_id"])
    assert (watched.code, "is failed" in watched.out) == (3, True)


def test_a_store_that_cannot_be_written_costs_no_run(home: Home, command: Command) -> None:
    put_rows(home, 10_000)
    (home.path / ".secrets").mkdir(mode=0o700)
    (home.path / ".secrets" / "jobs.sqlite3").write_bytes(b"this is no database" * 100)
    (home.path / ".secrets" / "jobs.sqlite3").chmod(0o600)
    done = command(*MODULE, "run", "-w", "1", "--quiet")
    assert done.code == 0, done.err
    assert "the list of jobs does not have this run" in done.err
    assert (home.output / "data.csv").exists()
    assert "error[E_JOB_STORE]" in command(*JOBS, "list").err


def test_ctrl_c_leaves_a_run_that_the_list_can_resume(home: Home, service: JobService) -> None:
    put_rows(home, 800_000)
    flags = ["--chunk-bytes", "200000", "-w", "1", "--quiet", "-o", str(home.output / "out.csv")]
    started = [sys.executable, *MODULE, "run", *flags]
    run = subprocess.Popen(started, env={**os.environ, "ETL_HOME": str(home.path)}, stderr=subprocess.PIPE)
    until(lambda: spans_done(home) > 2)
    paused(psutil.Process(run.pid))
    (job,) = until(lambda: service.page(ACTOR).jobs)
    assert (job.state, job.source, job.pid) == (State.RUNNING, "command", run.pid)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=240)
    assert run.returncode == 4
    stopped = service.view(ACTOR, job.job_id)
    assert (stopped.state, stopped.error_code) == (State.INTERRUPTED, "E_CANCELLED")
    service.resume(ACTOR, job.job_id)
    done = until_over(service, job.job_id)
    assert (done.state, done.rows_out) == (State.DONE, 800_000)
    assert done.metadata is not None
    assert done.metadata["job_id"] == job.job_id
    assert [one.text for one in service.events(ACTOR, job.job_id) if one.text.startswith("Resuming job")]


def test_resume_on_the_command_line_goes_on_with_the_job_of_the_list(
    home: Home, service: JobService, command: Command
) -> None:
    put_rows(home, 800_000)
    outputs = ("--chunk-bytes", "200000", "-o", str(home.output / "out.csv"))
    job = service.start(home.config(chunk_bytes=200_000))
    pid = until(lambda: service.view(ACTOR, job.job_id).pid)
    until(lambda: spans_done(home) > 2)
    os.killpg(pid, signal.SIGKILL)
    begun_with = dict(service.view(ACTOR, job.job_id).config)
    refused = command(*MODULE, "run", *outputs, "--resume", "--seed", "5")
    assert (refused.code, "had other options" in refused.err) == (2, True), refused.err
    assert dict(service.view(ACTOR, job.job_id).config) == begun_with
    done = command(*MODULE, "run", *outputs, "--resume", "-w", "1", "--json")
    assert done.code == 0, done.err
    assert done.json()["job_id"] == job.job_id
    view = service.view(ACTOR, job.job_id)
    assert (view.state, service.page(ACTOR).total) == (State.DONE, 1)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("jobs", "show"), "E_JOB_UNKNOWN"),
        (("jobs", "watch"), "E_JOB_UNKNOWN"),
        (("jobs", "cancel"), "E_JOB_UNKNOWN"),
        (("jobs", "resume"), "E_JOB_UNKNOWN"),
        (("jobs", "again"), "E_JOB_UNKNOWN"),
        (("user", "reset"), "E_ACCOUNT"),
        (("user", "disable"), "E_ACCOUNT"),
    ],
)
def test_a_name_that_is_not_utf8_is_one_that_no_store_has(
    home: Home, command: Command, words: tuple[str, ...], code: str
) -> None:
    """SQLite takes no such text: it ended in a traceback."""
    done = command(*MODULE, *words, "\udcff", cwd=home.path)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert done.err.startswith(f"error[{code}]: ")


def test_an_actor_whose_name_is_not_utf8_is_listed(home: Home, command: Command) -> None:
    put_rows(home, 10)
    done = command(*JOBS, "start", "--actor", "\udcff", "-o", str(home.output / "out.csv"), cwd=home.path)
    assert done.code == 0, done.err
    assert "\\udcff" in command(*JOBS, "list", "--actor", "\udcff", "--json", cwd=home.path).out


def _engine(service: JobService, job_id: str) -> psutil.Process:
    """The job's process."""
    pid: int = until(lambda: service.view(ACTOR, job_id).pid)
    return until(lambda: engine_of(pid))  # type: ignore[no-any-return]


def test_cancel(home: Home, service: JobService) -> None:
    put_rows(home, 800_000)
    job = service.start(home.config(chunk_bytes=200_000, workers=2))
    engine = _engine(service, job.job_id)
    pid = engine.ppid()
    until(lambda: spans_done(home) > 2)
    paused(engine, 2)
    assert any(".part." in name for name in home.leftovers())
    began = time.monotonic()
    assert service.cancel(ACTOR, job.job_id).state in {State.CANCELLING, State.CANCELLED}
    cancelled = until_over(service, job.job_id)
    seconds = time.monotonic() - began
    assert cancelled.state == State.CANCELLED
    assert seconds < 30, "nobody waits for the workers"
    assert home.leftovers() == []
    assert not (home.output / "out.csv").exists()
    until(lambda: not in_session(pid))
    with pytest.raises(JobStateRefused, match=r"it was cancelled.*run it again"):
        service.resume(ACTOR, job.job_id)
    with pytest.raises(JobStateRefused):
        service.cancel(ACTOR, job.job_id)
    again = service.again(ACTOR, job.job_id)
    assert until_over(service, again.job_id).state == State.DONE
    assert [one.kind for one in service.events(ACTOR, job.job_id)] == ["queued", "running", "cancelling", "cancelled"]
    assert _audit(home).count("job_cancelled") == 1


def test_ten_jobs_one_after_the_other(home: Home, service: JobService, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order, never more than two at once, and nobody but the jobs themselves looks after the queue."""
    monkeypatch.setenv("ETL_LIMIT_JOBS_AT_ONCE", "2")
    put_rows(home, 10_000)
    script = """
import sys
from pathlib import Path
from etl_batch.jobs.service import JobService
from tests.conftest import Home
home = Home(Path(sys.argv[1]))
for number in range(10):
    JobService(home.path).start(home.config(output_csv=str(home.output / f"{number}.csv")))
"""
    subprocess.run([sys.executable, "-c", script, str(home.path)], cwd=PROJECT, check=True, timeout=240)
    with pytest.raises(RateLimited, match="Rate limit exceeded") as refused:
        service.start(home.config())
    assert 1 <= refused.value.retry_after <= 60
    until(lambda: len(list(home.output.glob("*.meta.json"))) == 10)  # nobody looks at the store meanwhile

    def states() -> set[str]:
        path = f"file:{home.path}/.secrets/jobs.sqlite3?mode=ro"
        with contextlib.closing(sqlite3.connect(path, uri=True)) as store:
            return {state for (state,) in store.execute("SELECT state FROM job")}

    until(lambda: states() == {"done"})
    jobs = list(reversed(service.page(ACTOR, JobQuery(limit=20)).jobs))
    started = [str(job.started_at) for job in jobs]
    assert started == sorted(started)
    for number, job in enumerate(jobs):
        over_before = sum(str(other.finished_at) <= str(job.started_at) for other in jobs[:number])
        assert number - over_before < 2, "more than two at once"


def test_two_jobs_on_one_output(home: Home, service: JobService) -> None:
    put_rows(home, 10_000)
    first = service.start(home.config())
    with pytest.raises(OutputBusy, match=first.job_id):
        service.start(home.config())
    until_over(service, first.job_id)
    assert until_over(service, service.start(home.config()).job_id).state == State.DONE


def test_the_profile_is_live_and_stays(home: Home, service: JobService) -> None:
    put_rows(home, 400_000)
    job = service.start(home.config(chunk_bytes=200_000, workers=1))
    engine = _engine(service, job.job_id)
    workers = paused(engine)
    live = until(lambda: service.profile(ACTOR, job.job_id).points)
    assert live[0].rss_bytes > 0
    for worker in workers:
        worker.resume()
    done = until_over(service, job.job_id)
    assert done.metadata is not None
    assert len(service.profile(ACTOR, job.job_id).points) == len(done.metadata["profile"]["points"])


def test_told_to_stop_is_interrupted(home: Home, service: JobService) -> None:
    """As the machine does when it shuts down."""
    put_rows(home, 200_000)
    job = service.start(home.config(chunk_bytes=200_000, workers=1))
    pid = until(lambda: service.view(ACTOR, job.job_id).pid)
    until(lambda: home.leftovers() or service.view(ACTOR, job.job_id).state.is_over)
    os.kill(pid, signal.SIGTERM)
    stopped = until_over(service, job.job_id)
    assert stopped.state in {State.INTERRUPTED, State.DONE}
    until(lambda: not in_session(pid))
    if stopped.state == State.INTERRUPTED:
        service.resume(ACTOR, job.job_id)
        assert until_over(service, job.job_id).state == State.DONE


def test_files_of_the_store_are_their_owners_alone(home: Home, service: JobService) -> None:
    put_rows(home, 10_000)
    until_over(service, service.start(home.config()).job_id)
    for path in [home.path / ".secrets", *(home.path / ".secrets").rglob("*")]:
        with contextlib.suppress(FileNotFoundError):  # the store's log goes with the last who has it open
            assert path.stat().st_mode & 0o077 == 0, path
    assert Path(home.path / ".secrets" / "jobs.sqlite3").exists()
