"""The process that workers are forked from loads while the command does; what is refused starts none."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.io

#: a command that stops where that process is started, and prints what it has loaded by then
_STOPPED = """
import sys
from multiprocessing import forkserver
def started():
    late = {"etl_batch.commands.command_console", "etl_batch.pipeline.inputs", "etl_batch.formats.registry", "numpy"}
    sys.exit(f"started {sorted(late & set(sys.modules))}")
forkserver.ensure_running = started
from etl_batch.etl_core import main
sys.exit(main(sys.argv[1:]))
"""


def _said(*flags: str) -> str:
    command = [sys.executable, "-c", _STOPPED, *flags]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=240, check=False)
    return done.stderr


@pytest.mark.parametrize("flags", [["-i", "a.bin"], ["-i", "a.csv", "--check"]])
def test_it_is_started_before_what_tells_of_the_job_is_loaded(flags: list[str]) -> None:
    assert _said(*flags) == "started []\n"


def test_wrong_flags_start_nothing() -> None:
    assert _said("--workers", "0").startswith("error[E_CONFIG]: --workers is 0; give 1 or more")
