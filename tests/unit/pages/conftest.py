"""A home in which a job has run, with names that nobody would choose kindly."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
from pathlib import Path

import pytest

from etl_batch.values import Actor
from tests.conftest import PROJECT

ROWS = 6000
HOSTILE = (
    "<script>alert(1)</script>",
    "**bold** _it_ `code` $x^2$ :material/delete:",
    "=cmd|'/c calc'!A1",
    "\u202egnp.exe",
    "smile \N{GRINNING FACE}",
    "long " * 800,
)
STRATA = (*HOSTILE, "MILK", "SOUP", "EGGS")
ANALYST = Actor(name="ana", os_user="test", role="analyst")
AUDITOR = Actor(name="otto", os_user="test", role="auditor")
NOBODY = Actor(name="nobody", os_user="test", role="no such role")


@pytest.fixture(scope="session")
def results_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; tests that write into it write beside each other."""
    home = tmp_path_factory.mktemp("results")
    for folder in ("data", "output", "report"):
        (home / folder).mkdir()
    chance = random.Random(7)
    with (home / "data" / "sales.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["product", "quantity", "value"])
        for number in range(ROWS):
            stratum = STRATA[int(len(STRATA) * chance.random() ** 2)]
            writer.writerow([stratum, 1 + number % 5, round(chance.lognormvariate(1, 0.7), 2)])
    command = [sys.executable, "etl_batch/etl_core.py", "--home", str(home), "-i", str(home / "data" / "sales.csv")]
    options = ["-o", str(home / "output" / "sales.csv"), "--sample-frac", "0.2", "--workers", "1", "--quiet"]
    subprocess.run([*command, *options], cwd=PROJECT, check=True, capture_output=True)
    return home
