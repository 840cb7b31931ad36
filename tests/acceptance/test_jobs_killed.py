"""kill -9 at random moments: of whoever started the job, of its two processes, of a worker. The state shown is true.

`JOB_KILLS=60` in the environment kills as often; without it, a dozen times.
"""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import time

import psutil
import pytest

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.service import JobService
from etl_batch.jobs.states import State
from tests.conftest import ACTOR, PROJECT, Home
from tests.job_helpers import engine_of, in_session, put_rows, sha256, until, until_over, workers_of

KILLS = int(os.environ.get("JOB_KILLS", "12"))
VICTIMS = ("launcher", "supervisor", "engine", "worker")
ROWS = 100_000
ORPHAN_SECONDS = 10.0
_LAUNCHER = """
import sys, time
from pathlib import Path
from etl_batch.jobs.service import JobService
from tests.conftest import Home
home = Home(Path(sys.argv[1]))
print(JobService(home.path).start(home.config(chunk_bytes=200_000, workers=2)).job_id, flush=True)
time.sleep(600)
"""


def _launched(home: Home) -> tuple[subprocess.Popen[str], str]:
    """A process that started a job and stays, as a web server does."""
    command = [sys.executable, "-c", _LAUNCHER, str(home.path)]
    launcher = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    return launcher, launcher.stdout.readline().strip()


def _kill(victim: str, launcher: subprocess.Popen[str], supervisor: int, chance: random.Random) -> None:
    launcher.kill()
    engine = engine_of(supervisor)
    with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
        if victim == "supervisor":
            psutil.Process(supervisor).kill()
        elif victim == "engine" and engine is not None:
            engine.kill()
        elif victim == "worker" and engine is not None and (workers := workers_of(engine)):
            chance.choice(workers).kill()


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


@pytest.fixture
def undisturbed(home: Home) -> tuple[str, float]:
    """What the output must be, and how many seconds such a job takes on this machine."""
    put_rows(home, ROWS)
    service = JobService(home.path)
    job_id = service.start(home.config(chunk_bytes=200_000, workers=2)).job_id
    until(lambda: service.view(ACTOR, job_id).pid)
    began = time.monotonic()
    assert until_over(service, job_id).state == State.DONE
    return sha256(home.output / "out.csv"), time.monotonic() - began


def test_killed_at_random_moments(home: Home, undisturbed: tuple[str, float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_LIMIT_STARTS_PER_MINUTE", "1000")
    whole, seconds = undisturbed
    chance, service = random.Random(20_261_125), JobService(home.path)
    ends: list[State] = []
    for number in range(KILLS):
        victim = VICTIMS[number % len(VICTIMS)]
        for path in home.output.iterdir():
            path.unlink()
        launcher, job_id = _launched(home)
        supervisor: int = until(lambda job_id=job_id: service.view(ACTOR, job_id).pid)  # type: ignore[misc]
        time.sleep(seconds * chance.random())
        _kill(victim, launcher, supervisor, chance)
        launcher.communicate(timeout=240)
        job = until_over(service, job_id)
        until(lambda leader=supervisor: not in_session(leader), ORPHAN_SECONDS)  # type: ignore[misc]
        _check(job, victim, home, whole)
        ends.append(job.state)
        if job.state != State.DONE and number % 2:
            resumed = service.resume(ACTOR, job_id) if job.state == State.INTERRUPTED else service.again(ACTOR, job_id)
            ended = until_over(service, resumed.job_id)
            assert ended.state == State.DONE, ended
            assert sha256(home.output / "out.csv") == whole
            assert home.leftovers() == []
    assert set(ends) >= {State.DONE, State.INTERRUPTED}
