"""Processes that are kept and asked again: the same while all is well, another after that, and none that stays."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from etl_batch.errors import EmptyInput, OutOfMemory, TimedOut, WorkerCrashed
from etl_batch.machine.child_process import Limits
from etl_batch.machine.kept_process import KeptProcesses, Life
from etl_batch.machine.question import Asking
from etl_batch.values import GIB, MIB
from tests.helpers.job_helpers import until

pytestmark = pytest.mark.io

_LONG = 300.0  #: seconds that no test waits


@contextmanager
def _kept(
    *,
    life: Life = Life(idle_seconds=_LONG, busy_seconds=_LONG),  # noqa: B008 - a frozen value
    limits: Limits = Limits(),  # noqa: B008
    **more: Any,  # noqa: ANN401
) -> Iterator[KeptProcesses]:
    how = Asking(command=["tests.helpers.asked_process"], limits=limits, **{"seconds": _LONG, **more})
    kept = KeptProcesses(how, life)
    try:
        yield kept
    finally:
        kept.end()


def _pid(kept: KeptProcesses, who: str = "ada") -> int:
    found: int = kept.ask(who, {"task": "who"})["pid"]
    return found


def _is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_one_process_answers_one_after_the_other_and_what_is_refused_is_an_answer() -> None:
    with _kept() as kept:
        first = _pid(kept)
        with pytest.raises(EmptyInput, match="0 bytes"):
            kept.ask("ada", {"task": "who", "refuses": True})
        assert _pid(kept) == first
    assert not psutil.pid_exists(first)


def test_nobody_is_answered_by_the_process_of_another() -> None:
    with _kept() as kept:
        assert _pid(kept, "ada") != _pid(kept, "eve")


def test_it_is_confined_as_one_that_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_OIDC_SECRET", "s3cret")
    with _kept(limits=Limits(data_bytes=2 * GIB, cpu_seconds=77, open_files=99)) as kept:
        found = kept.ask("ada", {"task": "surroundings", "file": str(tmp_path / "made")})
    assert "s3cret" not in found["environment"].values()
    assert found["limits"]["RLIMIT_DATA"] == [2 * GIB, 2 * GIB]
    assert found["limits"]["RLIMIT_NOFILE"] == [99, 99]
    assert found["no_new_privileges"] == "1"
    assert found["leads_its_group"]


def test_it_answers_so_many_questions_and_then_another_does() -> None:
    with _kept(life=Life(idle_seconds=_LONG, questions=2, busy_seconds=_LONG)) as kept:
        pids = [_pid(kept) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_one_that_was_busy_for_long_is_not_kept() -> None:
    with _kept(life=Life(idle_seconds=_LONG, busy_seconds=0.0)) as kept:
        assert _pid(kept) != _pid(kept)


def test_one_that_nobody_asks_ends() -> None:
    with _kept(life=Life(idle_seconds=0.05, busy_seconds=_LONG)) as kept:
        pid = _pid(kept)
        until(lambda: not psutil.pid_exists(pid))
        assert _pid(kept) != pid


def test_there_are_only_so_many() -> None:
    with _kept(life=Life(idle_seconds=_LONG, busy_seconds=_LONG, most=2)) as kept:
        ada, eve = _pid(kept, "ada"), _pid(kept, "eve")
        assert _pid(kept, "ada") == ada
        bob = _pid(kept, "bob")
        assert [psutil.pid_exists(pid) for pid in (ada, eve, bob)] == [True, False, True]


def test_an_answer_that_takes_too_long_ends_it_and_all_that_it_started(tmp_path: Path) -> None:
    with _kept(seconds=8.0) as kept:
        with pytest.raises(TimedOut, match="8 s"):
            kept.ask("ada", {"task": "sleep", "deaf": True, "file": str(tmp_path / "pids")})
        pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
        until(lambda: all(map(_is_gone, pids)))
        assert _pid(kept)


def test_a_death_is_called_by_its_name_and_the_next_question_is_answered() -> None:
    mends = {OutOfMemory: "look at less"}
    with _kept(limits=Limits(data_bytes=GIB), mends=mends) as kept:
        first = _pid(kept)
        with pytest.raises(WorkerCrashed, match="SIGSEGV"):
            kept.ask("ada", {"task": "die", "signal": "SIGSEGV"})
        with pytest.raises(OutOfMemory, match="memory limit") as died:
            kept.ask("ada", {"task": "eat", "bytes": 4 * GIB})
        assert died.value.what_to_do == "look at less"
        assert _pid(kept) != first


def test_one_that_died_while_nobody_asked_is_replaced() -> None:
    with _kept() as kept:
        os.kill(first := _pid(kept), signal.SIGKILL)
        until(lambda: psutil.Process(first).status() == psutil.STATUS_ZOMBIE)
        assert _pid(kept) != first


@pytest.mark.parametrize("text", ["nonsense\n", '{"answer": 3}\n', '{"error": {"code": "E"}}\n'])
def test_what_is_no_answer_ends_it(text: str) -> None:
    with _kept() as kept:
        first = _pid(kept)
        with pytest.raises(WorkerCrashed, match="no answer"):
            kept.ask("ada", {"task": "say", "text": text})
        assert _pid(kept) != first


def test_an_answer_without_end_ends_it() -> None:
    with _kept(most_bytes=MIB) as kept, pytest.raises(WorkerCrashed, match="more than 1,048,576 bytes"):
        kept.ask("ada", {"task": "say", "text": "x" * MIB, "times": 100})


def test_a_long_question_is_asked_whole() -> None:
    with _kept() as kept:
        assert kept.ask("ada", {"task": "who", "more": "x" * 3 * MIB})["pid"]
