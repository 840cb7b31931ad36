"""Limits of the kernel, set and met in processes of their own."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from etl_batch.jobs.process_identity import ProcessIdentity
from tests.job_helpers import until

_CONFINED = """
import resource
from pathlib import Path
from etl_batch.config import JobConfig
from etl_batch.jobs.confinement import confine
from etl_batch.jobs.limits import JobLimits
from etl_batch.values import Actor
config = JobConfig(inputs=("x",), actor=Actor(name="a", os_user="a"), output_csv="y")
"""


def _run(script: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _CONFINED + script]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_kernel_ends_what_takes_too_long() -> None:
    assert _run("confine(config, JobLimits(cpu_seconds=1))\nwhile True: pass").returncode == -signal.SIGXCPU


def test_limits_are_lowered_and_never_raised() -> None:
    done = _run(
        "resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))\n"
        "confine(config, JobLimits(cpu_seconds=700, open_files=4096, file_bytes=5000))\n"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_FSIZE))\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), resource.getrlimit(resource.RLIMIT_CPU))\n"
        "print([l for l in Path('/proc/self/status').read_text().splitlines() if l.startswith('NoNewPrivs')])"
    )
    assert done.stdout.splitlines() == [
        "(100, 100) (5000, 5000)",
        "(0, 0) (700, 705)",
        "['NoNewPrivs:\\t1']",
    ], done.stderr


def test_the_limit_of_processor_time_follows_the_job_and_leaves_room_to_start() -> None:
    done = _run("confine(config, JobLimits())\nprint(config.time_limit_s, *resource.getrlimit(resource.RLIMIT_CPU))")
    wall, soft, hard = map(float, done.stdout.split())
    assert wall * 4 < soft < hard, done.stderr


_CHILD = """
import os, sys, time
from pathlib import Path
from etl_batch.jobs.confinement import die_with
die_with(int(sys.argv[1]))
Path(sys.argv[2]).write_text(str(os.getpid()))
time.sleep(600)
"""
_PARENT = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid()), sys.argv[2]])
time.sleep(600)
"""


def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    with subprocess.Popen([sys.executable, "-c", _PARENT, _CHILD, str(told)]) as parent:
        child = int(until(lambda: told.exists() and told.read_text()))
        parent.kill()
    until(lambda: ProcessIdentity.of(child) is None)


def test_who_has_lost_its_parent_already_does_not_begin() -> None:
    done = _run(
        "from etl_batch.jobs.confinement import die_with\ndie_with(1 if __import__('os').getppid() != 1 else 2)"
    )
    assert "WorkerCrashed" in done.stderr
