"""Jobs that meet a limit or a fault: each has its own code and a sentence, and nothing of it stays at work."""

from __future__ import annotations

import contextlib
import os
import signal

import psutil
import pytest

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.service import JobService
from etl_batch.jobs.states import State
from tests.conftest import ACTOR, Home
from tests.helpers.job_helpers import engine_of, in_session, paused, put_rows, supervised, until, until_over

ROWS = 200_000


@pytest.fixture
def service(home: Home) -> JobService:
    put_rows(home, ROWS)
    return JobService(home.path)


def _at_work(service: JobService, job_id: str, count: int = 1) -> tuple[int, psutil.Process, list[psutil.Process]]:
    """The supervisor, the process of the job and its workers, which are stopped."""
    supervisor: int = until(lambda: service.view(ACTOR, job_id).pid)
    engine = until(lambda: engine_of(supervisor))
    return supervisor, engine, paused(engine, count)


def _failed(service: JobService, job: JobView, code: str) -> JobView:
    failed = until_over(service, job.job_id)
    assert (failed.state, failed.error_code) == (State.FAILED, code), failed.error_message
    assert failed.error_message is not None
    assert "; " in failed.error_message, "what happened, and what to do"
    assert [one.kind for one in service.events(ACTOR, job.job_id)][-1] == "failed"
    return failed


def test_the_time_limit(home: Home, service: JobService) -> None:
    job = service.start(home.config(workers=1, time_limit_s=0.1))
    supervisor: int = until(lambda: service.view(ACTOR, job.job_id).pid)
    _failed(service, job, "E_TIMEOUT")
    until(lambda: not in_session(supervisor))


def test_the_time_limit_of_a_process_that_hangs(
    home: Home, service: JobService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not listen any more, as when native code never returns: it is asked, then killed with all its workers."""
    monkeypatch.setattr("etl_batch.jobs.service.launch_supervisor", lambda _home: None)
    job = service.start(home.config(workers=1, time_limit_s=1.0))
    process = supervised(home, "supervised._GRACE_SECONDS = 0.5; supervised._STOP_SECONDS = 1.0")
    until(lambda: engine_of(process.pid)).suspend()
    _failed(service, job, "E_TIMEOUT")
    process.wait(60)
    assert not in_session(process.pid)


def test_the_memory_limit(home: Home, service: JobService) -> None:
    job = service.start(home.config(workers=1, memory_limit_bytes=1))
    _failed(service, job, "E_MEMORY")


def test_the_processor_limit(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_LIMIT_CPU_SECONDS", "1")
    put_rows(home, 30_000_000)  # as CSV and as Parquet: no processor does these in a second
    service = JobService(home.path)
    config = home.config(workers=1, output_parquet=f"{home.output}/out.parquet")
    failed = _failed(service, service.start(config), "E_CPU_LIMIT")
    assert "processor time" in str(failed.error_message)


def test_a_full_disk(home: Home, service: JobService, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that cannot grow beyond a size meet it as they meet a full disk."""
    monkeypatch.setenv("ETL_LIMIT_FILE_BYTES", "1000000")
    (home.output / "out.csv").write_bytes(b"old\n")
    _failed(service, service.start(home.config(workers=1, chunk_bytes=200_000)), "E_DISK_FULL")
    assert (home.output / "out.csv").read_bytes() == b"old\n"
    assert home.leftovers() == []


def test_an_input_that_is_cut_in_the_middle(home: Home, service: JobService) -> None:
    job = service.start(home.config(workers=1, chunk_bytes=200_000))
    _, _, workers = _at_work(service, job.job_id)
    os.truncate(home.data / "a.bin", 0)
    for worker in workers:
        worker.resume()
    _failed(service, job, "E_INPUT_CHANGED")


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGSEGV, "E_WORKER_CRASHED"), (signal.SIGKILL, "E_WORKER_CRASHED"), (signal.SIGXCPU, "E_CPU_LIMIT")],
)
def test_a_worker_that_dies(home: Home, service: JobService, number: signal.Signals, code: str) -> None:
    job = service.start(home.config(workers=2, chunk_bytes=200_000))
    supervisor, _, workers = _at_work(service, job.job_id, 2)
    workers[0].send_signal(number)
    with contextlib.suppress(psutil.NoSuchProcess):  # SIGKILL is not waited for, the others are, until it goes on
        workers[0].resume()
    _failed(service, job, code)
    until(lambda: not in_session(supervisor))


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGSEGV, "E_WORKER_CRASHED"), (signal.SIGXCPU, "E_CPU_LIMIT"), (signal.SIGBUS, "E_INPUT_CHANGED")],
)
def test_the_process_of_the_job_dies(home: Home, service: JobService, number: signal.Signals, code: str) -> None:
    job = service.start(home.config(workers=1, chunk_bytes=200_000))
    supervisor, engine, _ = _at_work(service, job.job_id)
    engine.send_signal(number)
    _failed(service, job, code)
    until(lambda: not in_session(supervisor))
