"""A command of ours looks for garbage rarely; whoever has our pipeline in his own process is left as he is."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.io

_AS_COMMAND = """
import gc, runpy, sys
sys.argv = ["command", "--help"]
try:
    {run}
except SystemExit:
    print(gc.get_threshold()[0], file=sys.stderr)
"""
_RUNS = (
    f"runpy.run_path({str(PROJECT / 'etl_batch' / 'etl_core.py')!r}, run_name='__main__')",
    "runpy.run_module('etl_batch', run_name='__main__')",
)


@pytest.mark.parametrize("run", _RUNS)
def test_a_command_looks_rarely(run: str) -> None:
    command = [sys.executable, "-c", _AS_COMMAND.format(run=run)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=240, check=False)
    assert int(done.stderr) >= 50_000


def test_a_process_of_others_is_left_as_it_is() -> None:
    script = "import gc; before = gc.get_threshold(); import etl_batch.etl_core; print(gc.get_threshold() == before)"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
