"""What the process of a job may use."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from etl_batch.jobs.confinement import limits_of_job
from etl_batch.jobs.limits import JobLimits
from etl_batch.values import GIB, MIB
from tests.conftest import Home


def test_the_limits_of_a_job_are_those_of_its_options_and_of_the_console(home: Home) -> None:
    console = JobLimits(cpu_seconds=700, open_files=100, file_bytes=5000)
    found = limits_of_job(home.config(memory_limit_bytes=3 * GIB), console)
    assert (found.data_bytes, found.cpu_seconds, found.open_files, found.file_bytes) == (3 * GIB, 700, 100, 5000)
    assert found.workers_may_have_more
    assert found.behind > 0, "who waits for a page goes first"
    assert not found.is_private, "outputs get the permissions that the umask leaves"


def test_what_coordinates_has_room_for_its_libraries(home: Home) -> None:
    assert limits_of_job(home.config(memory_limit_bytes=256 * MIB), JobLimits()).data_bytes == GIB


def test_the_limit_of_processor_time_follows_the_job_and_leaves_room_to_start(home: Home) -> None:
    config = home.config(time_limit_s=100)
    assert limits_of_job(config, JobLimits()).cpu_seconds > 4 * 100


_CONFINED = """
import resource
from etl_batch.machine.confined import confine
limits = {"cpu_seconds": 1, "open_files": 4096, "file_bytes": 0, "data_bytes": 0, "workers_may_have_more": False,
          "is_private": True, "behind": 0}
"""


def _run(script: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _CONFINED + script]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.io
def test_the_kernel_ends_what_takes_too_long() -> None:
    assert _run("confine(limits)\nwhile True: pass").returncode == -signal.SIGXCPU


@pytest.mark.io
def test_limits_are_lowered_and_never_raised() -> None:
    done = _run(
        "resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))\n"
        "confine(limits)\n"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    assert done.stdout == "(100, 100)\n", done.stderr


@pytest.mark.io
def test_who_stands_behind_others_lets_them_go_first() -> None:
    done = _run("import os\nbefore = os.nice(0)\nconfine(limits | {'behind': 10})\nprint(os.nice(0) - before)")
    assert int(done.stdout) == min(10, 19 - os.nice(0)), done.stderr
