"""kill -9 at random moments, of all, of the parent, or of a worker: old outputs or new ones, never part."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.conftest import PROJECT, Home
from tests.data_makers.records import LAYOUT, RECORD_SIZE, records
from tests.helpers.chance import chance, kills

KILLS = kills(8)
ROWS = 100_000  #: of each input
OLD = {"out.csv": b"old rows\n", "out.parquet": b"old row groups"}
FLAGS = ("--chunk-bytes", "300000", "--on-bad-row", "quarantine", "--json", "--resume", "-w", "2")


@pytest.fixture
def body() -> bytes:
    block = bytearray(records(10_000))
    block[4_711 * RECORD_SIZE + 39] = 7
    return bytes(block) * (ROWS // 10_000)


def _start(home: Home) -> subprocess.Popen[str]:
    outputs = ("-o", str(home.output / "out.csv"), "-p", str(home.output / "out.parquet"))
    return subprocess.Popen(
        [sys.executable, str(PROJECT / "etl_batch" / "etl_core.py"), *outputs, *FLAGS],
        env={**os.environ, "ETL_HOME": str(home.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _seen(home: Home) -> dict[str, str]:
    names = (*OLD, "out.csv.rejected.csv")
    return {name: _hash(home.output / name) for name in names if (home.output / name).exists()}


def _put_old(home: Home) -> None:
    for path in home.output.iterdir():
        path.unlink()
    for name, content in OLD.items():
        (home.output / name).write_bytes(content)


def _kill(job: subprocess.Popen[str], moments: random.Random) -> None:
    """Everything, the parent alone, or one of its processes."""
    with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
        victims = psutil.Process(job.pid).children(recursive=True)
        match moments.choice(["all", "all", "parent", "worker"]):
            case "all":
                os.killpg(job.pid, signal.SIGKILL)
            case "parent":
                job.kill()
            case _ if victims:
                moments.choice(victims).kill()


def _counts(out: str) -> tuple[int, int, int]:
    found = json.loads(out)
    return found["rows_in"], found["rows_out"], found["rows_quarantined"]


def test_killed_at_random_moments(home: Home, body: bytes) -> None:
    home.put("a.bin", body, LAYOUT)
    home.put("b.bin", body[: len(body) // 2], LAYOUT)
    _put_old(home)
    began = time.monotonic()
    out, err = _start(home).communicate(timeout=240)
    whole_job = time.monotonic() - began
    new, counts = _seen(home), _counts(out)
    assert counts[0] == counts[1] + counts[2] == ROWS * 3 // 2, err
    assert counts[2] == ROWS * 3 // 2 // 10_000
    old = {name: hashlib.sha256(content).hexdigest() for name, content in OLD.items()}
    moments = chance("random kills")
    killed = done = 0
    _put_old(home)
    while killed < KILLS or not done:
        job = _start(home)
        with contextlib.suppress(subprocess.TimeoutExpired):
            job.wait(whole_job * moments.uniform(0.1, 1.1) if killed < KILLS else 120)
        if job.poll() is None:
            _kill(job, moments)
            killed += 1
        out, err = job.communicate(timeout=240)
        assert "Traceback" not in err
        seen = _seen(home)
        for name in OLD:
            assert seen[name] in (old[name], new[name]), f"{name} is neither old nor new after {killed} kills"
        if job.returncode == 0:
            done += 1
            assert (seen, _counts(out)) == (new, counts)
            assert home.leftovers() == []
            _put_old(home)
