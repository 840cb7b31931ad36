"""A folder that may no longer be read is not read: however a job comes that was allowed to once."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from etl_batch.config import JobConfig
from etl_batch.environment import extra_input_roots
from etl_batch.errors import PathTraversal
from etl_batch.etl_core import run
from etl_batch.jobs.config_json import as_json
from etl_batch.jobs.service import JobService
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.launch.options import config_of, values_of
from etl_batch.machine.process_identity import ProcessIdentity
from tests.conftest import ACTOR, PROJECT, Command, Home
from tests.data_makers.records import LAYOUT, records
from tests.helpers.job_helpers import until_over

ROOTS = "ETL_INPUT_ROOTS"
Way = Callable[[JobService, str], str]


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An input in a folder that is allowed for now."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "x.bin").write_bytes(records(10))
    (folder / "x.layout.toml").write_text(LAYOUT)
    monkeypatch.setenv(ROOTS, str(folder))
    return folder


@pytest.fixture
def service(home: Home, monkeypatch: pytest.MonkeyPatch) -> JobService:
    """Whose jobs wait until the test works them off."""
    monkeypatch.setattr("etl_batch.jobs.service.launch_supervisor", lambda _home: None)
    return JobService(home.path)


def _config(home: Home, elsewhere: Path) -> JobConfig:
    return home.config(elsewhere / "x.bin", extra_input_roots=extra_input_roots(), workers=1)


def _worked_off(home: Home, service: JobService, job_id: str) -> tuple[State, str | None]:
    subprocess.run(
        [sys.executable, "-m", "etl_batch", "job-supervisor", str(home.path)], cwd=PROJECT, check=True, timeout=300
    )
    job = until_over(service, job_id)
    return job.state, job.error_code


def _again(service: JobService, job_id: str) -> str:
    service.cancel(ACTOR, job_id)
    return service.again(ACTOR, job_id).job_id


def _resumed(service: JobService, job_id: str) -> str:
    me = ProcessIdentity.mine()
    with JobStore(service.home).writing() as writing:
        writing.claim(ProcessIdentity(me.pid, me.started - 1, me.boot), 1)
    assert service.view(ACTOR, job_id).state == State.INTERRUPTED
    return service.resume(ACTOR, job_id).job_id


def _from_the_browser(service: JobService, job_id: str) -> str:
    service.cancel(ACTOR, job_id)
    stored = json.loads(json.dumps(service.view(ACTOR, job_id).config))
    return service.start(config_of(values_of(stored, service.home), service.home, ACTOR)).job_id


WAYS: dict[str, Way] = {
    "queued": lambda _service, job_id: job_id,
    "again": _again,
    "resume": _resumed,
    "browser": _from_the_browser,
}


@pytest.mark.parametrize("way", WAYS)
def test_what_was_allowed_when_it_was_launched_is_judged_when_it_runs(
    home: Home, service: JobService, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    job_id = service.start(_config(home, elsewhere)).job_id
    monkeypatch.delenv(ROOTS)
    withdrawn = WAYS[way](service, job_id)
    assert _worked_off(home, service, withdrawn) == (State.FAILED, PathTraversal.code)
    assert not (home.output / "out.csv").exists()
    monkeypatch.setenv(ROOTS, str(elsewhere))  # and as soon as it is allowed again, it runs
    assert _worked_off(home, service, service.again(ACTOR, withdrawn).job_id) == (State.DONE, None)


def test_what_an_older_version_kept_of_a_job_allows_nothing(
    home: Home, service: JobService, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = service.start(_config(home, elsewhere)).job_id
    monkeypatch.delenv(ROOTS)
    kept = as_json(_config(home, elsewhere)) | {"extra_input_roots": [str(elsewhere)]}
    with contextlib.closing(sqlite3.connect(home.path / ".secrets" / "jobs.sqlite3")) as store, store:
        store.execute("UPDATE job SET config = ? WHERE job_id = ?", (json.dumps(kept), job_id))
    assert _worked_off(home, service, job_id) == (State.FAILED, PathTraversal.code)


_ASKED = """
import os, sys
from etl_batch.jobs import engine

def run(config, *_):
    print([str(root) for root in config.extra_input_roots])
    raise KeyboardInterrupt

engine.main([str(os.dup(2))], run)
"""


def test_a_process_of_a_job_takes_no_folder_from_who_asks_it(home: Home, elsewhere: Path) -> None:
    config = as_json(_config(home, elsewhere)) | {"extra_input_roots": ["/"]}
    request = json.dumps({"config": config, "job_id": "j", "started_at": "2026-01-01T00:00:00Z"})
    asked = subprocess.run(
        [sys.executable, "-c", _ASKED], cwd=PROJECT, input=request, capture_output=True, text=True, check=False
    )
    assert asked.stdout == f"{[str(elsewhere)]}\n", asked.stderr


def test_a_run_that_is_repeated_by_the_command(home: Home, command: Command, elsewhere: Path) -> None:
    """A run from the command line is in the list with what it read, not with what it might read."""
    done = command(
        "-m", "etl_batch", "run", "-i", elsewhere / "x.bin", "-o", home.output / "out.csv", "--json", "-w", "1"
    )
    assert done.code == 0, done.err
    again = command("-m", "etl_batch", "jobs", "again", done.json()["job_id"], "--json", **{ROOTS: ""})
    watched = command("-m", "etl_batch", "jobs", "watch", again.json()["job_id"], **{ROOTS: ""})
    assert watched.code != 0
    assert "Path traversal detected" in watched.out


def test_a_resume_on_the_command_line(home: Home, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(_config(home, elsewhere))
    monkeypatch.delenv(ROOTS)
    with pytest.raises(PathTraversal, match=ROOTS):
        run(home.config(elsewhere / "x.bin", extra_input_roots=extra_input_roots(), resume=True))


def test_a_home_that_was_moved_reads_its_own_folders(home: Home, service: JobService, tmp_path: Path) -> None:
    """A copy of a home runs its queue in itself, not in the home that the store was copied from."""
    home.put("x.bin", records(10), LAYOUT)
    job_id = service.start(home.config(workers=1)).job_id
    moved = Home(tmp_path / "moved")
    moved.path.mkdir()
    for name in ("data", "output", "report", ".secrets"):
        (home.path / name).rename(moved.path / name)
    for name in ("data", "output"):
        (home.path / name).mkdir()
    state, code = _worked_off(moved, JobService(moved.path), job_id)
    assert (state, code) == (State.FAILED, PathTraversal.code)
    assert list(home.output.iterdir()) == []
