"""What is worked on, and whether there is room for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from etl_batch.values import GIB
from tests.bench.speed.data import csv_rows, empty, lacking, make_home, records, touch_memory
from tests.conftest import PROJECT


def test_where_there_is_room_nothing_is_lacking() -> None:
    assert lacking(7 * GIB, 7 * GIB, 9 * GIB) is None


@pytest.mark.parametrize(
    ("free", "available", "said"),
    [
        (6 * GIB, 9 * GIB, "7.0 GiB must be free in /dev/shm, and 6.0 GiB are: set BENCH_GIB to less"),
        (7 * GIB, 8 * GIB, "9.0 GiB must be of memory available, and 8.0 GiB are: set BENCH_GIB to less"),
    ],
)
def test_what_is_lacking_is_said(free: int, available: int, said: str) -> None:
    assert lacking(7 * GIB, free, available) == said


def test_records_and_rows_are_as_many_as_are_said(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    made = records(home, "few", 64 * 3000)
    assert (made.rows, made.bytes, made.path.stat().st_size) == (3000, 192_000, 192_000)
    assert made.path.with_suffix(".layout.toml").exists()
    rows = csv_rows(home, "rows", 200_000)
    assert rows.path.read_bytes().count(b"\n") == rows.rows + 1
    assert rows.bytes == rows.path.stat().st_size == pytest.approx(200_000, rel=0.1)
    assert list((home / "output").iterdir()) == []


def test_what_is_emptied_is_empty(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "one.parquet").touch()
    (tmp_path / ".out.csv.lock").touch()
    empty(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_memory_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.bench.speed.data.PROCESSES_BYTES", 0)
    touch_memory(tmp_path, 1)
    assert list(tmp_path.iterdir()) == []


#: measures a command that says that it is there, and would never end
ENDLESS = """\
import sys
from pathlib import Path
from tests.bench.speed.data import folder_that_goes
from tests.bench.speed.measure import measure
with folder_that_goes(Path(sys.argv[1])) as folder:
    script = "import sys, time; open(sys.argv[1], 'w').close(); time.sleep(600)"
    measure((sys.executable, "-c", script, sys.argv[2]))
"""


def test_nothing_is_left_of_a_benchmark_that_is_told_to_end(tmp_path: Path) -> None:
    """Neither its files nor the command at work, which would fail this test."""
    there = tmp_path / "there"
    os.mkfifo(there)
    place = tmp_path / "place"
    place.mkdir()
    with subprocess.Popen([sys.executable, "-c", ENDLESS, str(place), str(there)], cwd=PROJECT) as process:
        there.read_bytes()  # until the command has opened and closed it
        assert len(list(place.iterdir())) == 1
        process.send_signal(signal.SIGTERM)
    assert process.returncode == 1
    assert list(place.iterdir()) == []
