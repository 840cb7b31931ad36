"""The process that workers are forked from loads while the command does; what is refused starts none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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


_WHOLE = """
import sys
from etl_batch.etl_core import main
code = main(sys.argv[1:])
print(code, "numpy" in sys.modules)
"""


def test_who_leads_a_job_without_a_sample_never_loads_numpy(tmp_path: Path) -> None:
    """It takes a tenth of the time of a small job; workers have it from the process that they are forked from."""
    for name in ("data", "output", "report"):
        (tmp_path / name).mkdir()
    (tmp_path / "data" / "rows.csv").write_text("a,b\n1,x\n2,=y\n")
    flags = ["--home", tmp_path, "-i", tmp_path / "data/rows.csv", "-o", tmp_path / "output/rows.csv"]
    command = [sys.executable, "-c", _WHOLE, *map(str, flags), "--measures", "-", "--quiet"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=240, check=False)
    assert done.stdout.splitlines()[-1:] == ["0 False"], done.stderr
    assert (tmp_path / "output/rows.csv").read_text() == 'a,b\n1,x\n2,"\'=y"\n'
