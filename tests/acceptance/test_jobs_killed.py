"""kill -9 at random moments: of whoever started the job, of its two processes, of a worker. The state shown is true."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys

import psutil
import pytest

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.service import JobService
from etl_batch.jobs.states import State
from tests.conftest import ACTOR, PROJECT, Home
from tests.data_makers.records import RECORD_SIZE
from tests.helpers.chance import chance, kills
from tests.helpers.job_helpers import engine_of, in_session, put_rows, sha256, spans_done, until, until_over, workers_of

KILLS = kills(4)
VICTIMS = ("launcher", "supervisor", "engine", "worker")
ROWS = 100_000
CHUNK_BYTES = 200_000
ORPHAN_SECONDS = 60.0  #: they go at once, but a busy machine takes its time
_LAUNCHER = """
import sys, time
from pathlib import Path
from etl_batch.jobs.service import JobService
from tests.conftest import Home
home = Home(Path(sys.argv[1]))
print(JobService(home.path).start(home.config(chunk_bytes=int(sys.argv[2]), workers=2)).job_id, flush=True)
time.sleep(600)
"""


def _launched(home: Home) -> tuple[subprocess.Popen[str], str]:
    """A process that started a job and stays, as a web server does."""
    command = [sys.executable, "-c", _LAUNCHER, str(home.path), str(CHUNK_BYTES)]
    launcher = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    return launcher, launcher.stdout.readline().strip()


def _kill(victim: str, launcher: subprocess.Popen[str], supervisor: int, moments: random.Random) -> None:
    launcher.kill()
    engine = engine_of(supervisor)
    with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
        if victim == "supervisor":
            psutil.Process(supervisor).kill()
        elif victim == "engine" and engine is not None:
            engine.kill()
        elif victim == "worker" and engine is not None and (workers := workers_of(engine)):
            moments.choice(workers).kill()


def _check(job: JobView, victim: str, home: Home, whole: str) -> None:
    output = home.output / "out.csv"
    assert not output.exists() or sha256(output) == whole
    match job.state:
        case State.DONE:
            assert output.exists()
        case State.FAILED:
            assert (victim, job.error_code) == ("worker", "E_WORKER_CRASHED"), job
        case _:
            assert job.state == State.INTERRUPTED, job
            assert victim in {"supervisor", "engine"}
            assert "resume it" in str(job.error_message)


def _after_spans(service: JobService, home: Home, job_id: str, spans: int) -> int:
    """Wait until so many spans are done; returns the supervisor."""
    supervisor: int = until(lambda: service.view(ACTOR, job_id).pid)
    until(lambda: spans_done(home) >= spans or service.view(ACTOR, job_id).state.is_over)
    return supervisor


@pytest.fixture
def undisturbed(home: Home) -> tuple[str, int]:
    """What the output must be, and how many spans such a job has."""
    put_rows(home, ROWS)
    service = JobService(home.path)
    job_id = service.start(home.config(chunk_bytes=CHUNK_BYTES, workers=2)).job_id
    assert until_over(service, job_id).state == State.DONE
    return sha256(home.output / "out.csv"), ROWS * RECORD_SIZE // CHUNK_BYTES


def test_killed_at_random_moments(home: Home, undisturbed: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """The moments are told by the spans that are done, so that they mean the same on a busy machine."""
    monkeypatch.setenv("ETL_LIMIT_STARTS_PER_MINUTE", "1000")
    whole, spans = undisturbed
    moments, service = chance("jobs killed"), JobService(home.path)
    for number in range(KILLS):
        victim = VICTIMS[number % len(VICTIMS)]
        for path in home.output.iterdir():
            path.unlink()
        launcher, job_id = _launched(home)
        supervisor = _after_spans(service, home, job_id, moments.randrange(spans))
        _kill(victim, launcher, supervisor, moments)
        launcher.communicate(timeout=240)
        job = until_over(service, job_id)
        until(lambda leader=supervisor: not in_session(leader), ORPHAN_SECONDS)  # type: ignore[misc]
        _check(job, victim, home, whole)
        if job.state != State.DONE:
            resumed = service.resume(ACTOR, job_id) if job.state == State.INTERRUPTED else service.again(ACTOR, job_id)
            ended = until_over(service, resumed.job_id)
            assert ended.state == State.DONE, ended
            assert sha256(home.output / "out.csv") == whole
            assert home.leftovers() == []
