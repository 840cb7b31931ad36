"""The scripts of the peers write what we write: rows, columns and values."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.bench.speed import peers
from tests.bench.speed.agreement import differences
from tests.bench.speed.data import csv_rows, make_home, records
from tests.bench.speed.measure import measure
from tests.bench.speed.peer_facts import facts
from tests.bench.speed.peer_job import JOBS
from tests.bench.speed.trees import Tree

ROWS = 5000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = make_home(tmp_path_factory.mktemp("home"))
    records(home, "rows", ROWS * 64)
    csv_rows(home, "rows", int(ROWS * 66.5))
    return home


@pytest.fixture(scope="module")
def ours(home: Path) -> Mapping[str, str]:
    target = home / "output" / "ours.csv"
    measure(Tree().convert(home, home / "data" / "rows.bin", "-o", target, workers=2))
    return _facts(target)


def _facts(path: Path) -> Mapping[str, str]:
    return facts(str(path), peers.COLUMNS)


@pytest.mark.parametrize(("peer", "job"), JOBS)
def test_a_peer_writes_the_rows_that_we_write(peer: str, job: str, home: Path, ours: Mapping[str, str]) -> None:
    source, kind = job.split("-")
    target = home / "output" / f"{peer}.{kind}"
    command = peers.peer(peer, job, home / "data" / f"rows.{source}", target, workers=2)
    subprocess.run([sys.executable, *command[1:]], check=True)  # the tests have the same packages
    assert ours["rows"] == str(ROWS)
    assert differences(ours, _facts(target)) == []


def test_ours_from_csv_and_to_parquet_says_the_same(home: Path, ours: Mapping[str, str]) -> None:
    targets = (home / "output" / "again.csv", home / "output" / "again.parquet")
    source = home / "data" / "rows.csv"
    measure(Tree().convert(home, source, "-o", targets[0], "-p", targets[1], workers=2))
    assert [differences(ours, _facts(target)) for target in targets] == [[], []]
