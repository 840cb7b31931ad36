"""What a command costs is what all of its processes cost, whoever waits for them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench.speed.measure import measure

pytestmark = pytest.mark.io

#: burns so much CPU time, not so much time
BURN = "import time\nwhile time.process_time() < {seconds}: pass\n"
#: leaves a child at work that nobody waits for, which has one of its own that it does not wait for either
ORPHANS = """\
import subprocess, sys
inner = "import time\\nwhile time.process_time() < 0.5: pass"
outer = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {inner!r}], start_new_session=True)"
subprocess.Popen([sys.executable, "-c", outer], start_new_session=True)
"""
#: a child of it holds 64 MiB while it burns CPU time, so that a busy machine gives those who look their time, too
HOLD = """\
import subprocess, sys
inner = "import time; held = bytearray(b'x') * (64 << 20)\\nwhile time.process_time() < 1: pass"
subprocess.run([sys.executable, "-c", inner])
"""


def _run(script: str) -> float:
    return measure((sys.executable, "-c", script)).cost.cpu_seconds


def test_a_process_is_counted() -> None:
    assert _run(BURN.format(seconds=0.4)) >= 0.4


def test_orphans_of_orphans_are_counted() -> None:
    assert _run(ORPHANS) >= 0.5


def test_waiting_costs_nothing() -> None:
    run = measure((sys.executable, "-c", "import time; time.sleep(0.5)"))
    assert run.cost.seconds >= 0.5
    assert run.cost.cpu_seconds < run.cost.seconds


def test_memory_is_that_of_all_processes(tmp_path: Path) -> None:
    run = measure((sys.executable, "-c", HOLD), memory_besides=tmp_path)
    assert run.peak_bytes >= 64 << 20


def test_nobody_looks_at_memory_unasked() -> None:
    assert measure((sys.executable, "-c", "")).peak_bytes == 0


def test_what_it_prints_is_handed_on(tmp_path: Path) -> None:
    run = measure((sys.executable, "-c", "import os; print(os.getcwd())"), tmp_path)
    assert run.printed == f"{tmp_path}\n"


def test_a_command_that_fails_ends_the_benchmark_with_what_it_said() -> None:
    with pytest.raises(SystemExit, match=r"(?s)-c raise SystemExit\('no room'\)\nended with 1: no room"):
        measure((sys.executable, "-c", "raise SystemExit('no room')"))
