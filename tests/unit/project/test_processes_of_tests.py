"""What tests start ends with them, and hears Ctrl-C wherever the tests were started."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil
import pytest

from tests.conftest import PROJECT
from tests.helpers.processes import none_left, shared

pytestmark = pytest.mark.io

_SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
_PARENT = """
import subprocess, sys
sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
print(subprocess.Popen(sleeper, stdout=subprocess.DEVNULL, start_new_session=True).pid)
"""


def _is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_process_that_a_test_forgot_is_ended_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.helpers.processes._SECONDS_TO_END", 0.2)
    with pytest.raises(AssertionError, match=r"leaves processes at work: .*time\.sleep"), none_left():
        forgotten = subprocess.Popen(_SLEEPER)
    forgotten.wait(60)
    assert _is_gone(forgotten.pid)


def test_an_orphan_is_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its parent is gone, and it has a session of its own."""
    monkeypatch.setattr("tests.helpers.processes._SECONDS_TO_END", 0.2)
    with pytest.raises(AssertionError, match="leaves processes at work"), none_left():
        orphan = int(subprocess.run([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, check=True).stdout)
    assert _is_gone(orphan)


def test_a_test_that_fails_says_why_it_failed() -> None:
    def failing() -> None:
        started.append(subprocess.Popen(_SLEEPER))
        raise ValueError("the reason")

    started: list[subprocess.Popen[bytes]] = []
    with pytest.raises(ValueError, match="the reason"), none_left():
        failing()
    started[0].wait(60)
    assert _is_gone(started[0].pid)


def test_what_was_there_before_stays() -> None:
    shared = subprocess.Popen(_SLEEPER)
    try:
        with none_left():
            pass
        assert shared.poll() is None
    finally:
        shared.kill()
        shared.wait()


def test_what_many_tests_share_stays_whichever_of_them_started_it() -> None:
    with none_left():
        server = shared(subprocess.Popen(_SLEEPER))
    try:
        assert server.poll() is None
    finally:
        server.kill()
        server.wait()


def test_ctrl_c_is_heard_where_the_tests_were_started_in_the_background() -> None:
    """As a shell does with `&`: SIGINT is ignored, and Python leaves it so."""
    script = "import signal, tests.conftest; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    found = subprocess.run(
        ["sh", "-c", 'trap "" INT; exec "$0" -c "$1"', sys.executable, script],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "True"
