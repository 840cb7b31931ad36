"""What a process of ours is given of its surroundings, and how long it lives."""

from __future__ import annotations

import ast
import os
import subprocess
from pathlib import Path

import psutil
import pytest

from etl_batch.machine.child_process import Limits, Surroundings, listed_environment, start
from tests.conftest import PROJECT
from tests.helpers.job_helpers import until

#: beside child_process, what may start processes: the pool, whose workers are forked from a process of its own
_STARTS = {
    *(f"subprocess.{name}" for name in ("Popen", "run", "call", "check_call", "check_output")),
    *(f"os.{name}" for name in ("fork", "forkpty", "posix_spawn", "posix_spawnp", "system", "popen")),
    "asyncio.create_subprocess_exec",
}


def test_a_process_of_ours_knows_nothing_that_is_secret() -> None:
    passed = {"PATH": "/bin", "TZ": "UTC", "ETL_INPUT_ROOTS": "/x", "ETL_LIMIT_WORKERS": "2", "LANG": "C"}
    kept = {"AWS_SECRET_ACCESS_KEY": "s", "ETL_OIDC_SECRET": "s", "PYTHONPATH": "/evil", "LD_PRELOAD": "/evil.so"}
    assert listed_environment(passed | kept) == passed


def test_folders_mean_the_same_where_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert listed_environment({"ETL_INPUT_ROOTS": "more::/x"}) == {"ETL_INPUT_ROOTS": f"{tmp_path}/more:/x"}


#: the one way, and the way of `multiprocessing` to the fork server that workers come from
_STARTERS = ("child_process.py", "bare_start.py")


def test_there_is_no_other_way_to_start_one() -> None:
    for folder in ("etl_batch", "auth", "pages"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
            found = {ast.unparse(call) for call in calls} & _STARTS
            assert not found or path.name in _STARTERS, f"{path}: use etl_batch.machine.child_process.start"


def test_what_outlives_us_has_a_session_and_is_reaped(tmp_path: Path) -> None:
    told = tmp_path / "question"
    told.write_text('{"task": "say", "text": ""}\n')
    with told.open("rb") as question, (tmp_path / "out").open("wb") as out:
        given = Surroundings(stdin=question, stdout=out, folder=tmp_path)
        child = start(["tests.helpers.asked_process"], Limits(), given, outlives_us=True)
    until(lambda: not psutil.pid_exists(child.pid))
    assert (tmp_path / "out").read_text() == '{"answer": {"said": true}}\n'


def test_to_end_it_twice_ends_nobody_else(tmp_path: Path) -> None:
    child = start(["tests.helpers.asked_process"], Limits(), Surroundings(stdin=subprocess.PIPE))
    assert os.getpgid(child.pid) == child.pid
    assert child.end() == child.end() == -9
    with (tmp_path / "file").open("w") as file:  # under the number that the lifeline had
        child.end()
        file.write("still open")
