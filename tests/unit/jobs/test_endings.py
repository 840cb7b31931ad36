"""Why a job ended: every way, as a state, a code and a sentence."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from etl_batch.jobs.endings import done, ending_of, lost
from etl_batch.jobs.states import State
from tests.conftest import Home

_FAILED = {"failed": "E_ROW", "message": "row 7 is broken; mend it"}
_STOPPED = {"failed": "E_CANCELLED", "message": "the job was told to stop; start it again"}


@pytest.mark.parametrize(
    ("said", "returncode", "stopped_for", "state", "code"),
    [
        (_FAILED, 2, None, State.FAILED, "E_ROW"),
        (_STOPPED, 4, None, State.INTERRUPTED, None),
        (_STOPPED, 4, State.CANCELLED, State.CANCELLED, None),
        (_STOPPED, 4, State.FAILED, State.FAILED, "E_TIMEOUT"),
        (_STOPPED, 4, State.INTERRUPTED, State.INTERRUPTED, None),
        (None, -signal.SIGKILL, None, State.INTERRUPTED, None),
        (None, -signal.SIGKILL, State.CANCELLED, State.CANCELLED, None),
        (None, -signal.SIGKILL, State.FAILED, State.FAILED, "E_TIMEOUT"),
        (None, -signal.SIGSEGV, None, State.FAILED, "E_WORKER_CRASHED"),
        (None, -signal.SIGXCPU, None, State.FAILED, "E_CPU_LIMIT"),
        (None, -signal.SIGBUS, None, State.FAILED, "E_INPUT_CHANGED"),
        (None, 1, None, State.FAILED, "E_WORKER_CRASHED"),
    ],
)
def test_ways_to_end(  # noqa: PLR0917 - a table
    home: Home,
    said: dict[str, str] | None,
    returncode: int,
    stopped_for: State | None,
    state: State,
    code: str | None,
) -> None:
    ending = ending_of(home.config(), "20251101T101530Z-abcdef", said, returncode, stopped_for)
    assert (ending.state, ending.code) == (state, code)
    if state in {State.FAILED, State.INTERRUPTED}:
        assert "; " in str(ending.message), "what happened, and what to do"


def test_lost(home: Home) -> None:
    assert lost(home.config(), "x", State.RUNNING).state == State.INTERRUPTED
    assert lost(home.config(), "x", State.CANCELLING).state == State.CANCELLED


def test_done_names_the_report_beneath_its_folder(home: Home) -> None:
    assert done(home.config(), {}, str(home.path / "report" / "x.html")).report == "x.html"
    elsewhere = str(home.output / "x.html")
    assert done(home.config(), {}, elsewhere).report == str(Path(elsewhere))


def test_done_is_done_where_the_folder_of_reports_is_a_link_to_itself(home: Home) -> None:
    (home.path / "report").rmdir()
    (home.path / "report").symlink_to("report")
    elsewhere = str(home.output / "x.html")
    assert done(home.config(), {}, elsewhere).report == elsewhere
