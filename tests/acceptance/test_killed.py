"""Jobs that are really killed, as a user's are: they go on with `--resume`, to the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.conftest import PROJECT, Home
from tests.data_makers.records import LAYOUT, RECORD_SIZE, records
from tests.helpers.chance import chance
from tests.helpers.data_packages import lasting
from tests.helpers.job_helpers import paused

ROWS = 600_000
FLAGS = ("--chunk-bytes", "1000000", "--on-bad-row", "quarantine", "--json")
_PACKAGE = "out.csv.datapackage.json"


@pytest.fixture(scope="module")
def body() -> bytes:
    """Records of some MiB, some of them bad, the last one incomplete."""
    block = bytearray(records(10_000))
    block[4_711 * RECORD_SIZE + 39] = 7
    return bytes(block) * (ROWS // 10_000) + b"incomplete"


def _start(home: Home, *flags: str) -> subprocess.Popen[str]:
    outputs = ("-o", str(home.output / "out.csv"), "-p", str(home.output / "out.parquet"))
    return subprocess.Popen(
        [sys.executable, str(PROJECT / "etl_batch" / "etl_core.py"), *outputs, *FLAGS, *flags],
        env={**os.environ, "ETL_HOME": str(home.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _hashes(home: Home) -> dict[str, str]:
    """Of the outputs; old ones are there where a job was through just before it was to die, and was done anew."""
    contents = {
        path.name: path.read_bytes().replace(str(home.path).encode(), b"")
        for path in home.output.glob("out*")
        if path.is_file() and not path.name.endswith(".meta.json") and ".bak." not in path.name
    }
    contents[_PACKAGE] = lasting(contents[_PACKAGE])
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def _wait_for(home: Home, spans: int, job: subprocess.Popen[str]) -> None:
    journal = home.output / ".out.csv.journal"
    until = time.monotonic() + 240
    while not journal.exists() or journal.read_bytes().count(b'"span"') < spans:
        assert time.monotonic() < until
        if job.poll() is not None:
            return
        time.sleep(0.002)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> dict[str, str]:
    home = _home(tmp_path_factory.mktemp("undisturbed"), body)
    out, err = _start(home, "-w", "2").communicate(timeout=240)
    assert json.loads(out)["rows_quarantined"] == ROWS // 10_000 + 1, err
    return _hashes(home)


def _home(where: Path, body: bytes) -> Home:
    home = Home(where)
    for folder in ("data", "output", "report"):
        (where / folder).mkdir(exist_ok=True)
    home.put("x.bin", body, LAYOUT)
    return home


def test_the_whole_group_is_killed_again_and_again(home: Home, body: bytes, undisturbed: dict[str, str]) -> None:
    moments = chance("the whole group")
    _home(home.path, body)
    kills = 0
    for step in range(4):
        job = _start(home, "--resume", "-w", str(moments.randint(1, 3)))
        _wait_for(home, step * 6 + moments.randint(0, 6), job)
        time.sleep(moments.random() * 0.05)
        if job.poll() is None:
            os.killpg(job.pid, signal.SIGKILL)
            kills += 1
        job.communicate(timeout=240)
    job = _start(home, "--resume", "-w", "2")
    out, err = job.communicate(timeout=240)
    assert job.returncode == 0, err
    assert "Traceback" not in err
    assert kills
    metadata = json.loads(out)
    assert metadata["rows_in"] == ROWS + 1 == metadata["rows_out"] + metadata["rows_quarantined"]
    assert _hashes(home) == undisturbed
    assert home.leftovers() == []


def test_a_worker_is_killed(home: Home, body: bytes, undisturbed: dict[str, str]) -> None:
    _home(home.path, body)
    job = _start(home, "-w", "2")
    _wait_for(home, 5, job)
    busiest = max(paused(psutil.Process(job.pid), 2), key=lambda process: process.cpu_times().user)
    busiest.kill()
    _, err = job.communicate(timeout=240)
    assert "error[E_WORKER_CRASHED]" in err
    assert "--resume goes on where it stopped" in err
    job = _start(home, "-w", "1", "--resume")
    _, err = job.communicate(timeout=240)
    assert job.returncode == 0, err
    assert "↩️  Resuming job " in err
    assert _hashes(home) == undisturbed
    assert home.leftovers() == []


def test_told_to_stop_and_to_go_on(home: Home, body: bytes, undisturbed: dict[str, str]) -> None:
    _home(home.path, body)
    job = _start(home, "-w", "2")
    _wait_for(home, 5, job)
    job.terminate()
    _, err = job.communicate(timeout=240)
    assert job.returncode == 4
    assert "--resume goes on where it stopped" in err
    job = _start(home, "--resume")
    _, err = job.communicate(timeout=240)
    assert job.returncode == 0, err
    assert _hashes(home) == undisturbed
