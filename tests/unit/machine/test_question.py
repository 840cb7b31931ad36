"""Processes that are asked: confined, heard to the end, and called by the name of their death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest

from etl_batch.errors import CheckStopped, EtlError, InputChanged, NoSuchMeasure, OutOfMemory, TimedOut, WorkerCrashed
from etl_batch.machine.child_process import Limits
from etl_batch.machine.process_identity import ProcessIdentity
from etl_batch.machine.question import Answering, Asking, Question, ask, error_from_answer
from etl_batch.values import GIB, MIB
from tests.helpers.job_helpers import until

_LONG = 300.0  #: seconds that no test waits
_PATIENCE = 60.0  #: seconds for the kernel to end what it was told to end


def _how(*, limits: Limits = Limits(), seconds: float = _LONG, **more: Any) -> Asking:  # noqa: ANN401, B008
    return Asking(command=["tests.helpers.asked_process"], limits=limits, seconds=seconds, **more)


def _pids(file: Path) -> list[int]:
    return [int(pid) for pid in until(lambda: file.exists() and file.read_text()).split()]


def _is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_it_is_given_the_list_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
    monkeypatch.setenv("ETL_OIDC_SECRET", "s3cret")
    monkeypatch.setenv("LD_PRELOAD_", "/evil.so")
    monkeypatch.setenv("ETL_INPUT_ROOTS", "/more")
    kept = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(kept, True)
    limits = Limits(data_bytes=2 * GIB, cpu_seconds=77, open_files=99, file_bytes=5000)
    try:
        found = ask(_how(limits=limits), {"task": "surroundings", "file": str(tmp_path / "made")})
    finally:
        os.close(kept)
    assert "s3cret" not in found["environment"].values()
    assert set(found["environment"]) <= {
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "XDG_CACHE_HOME",
        "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "ETL_INPUT_ROOTS", "OPENBLAS_NUM_THREADS",
        "PYTHONDONTWRITEBYTECODE",
    }  # fmt: skip
    assert found["environment"]["ETL_INPUT_ROOTS"] == "/more"
    assert found["limits"] == {
        "RLIMIT_DATA": [2 * GIB, 2 * GIB],
        "RLIMIT_CPU": [77, 82],
        "RLIMIT_NOFILE": [99, 99],
        "RLIMIT_CORE": [0, 0],
        "RLIMIT_FSIZE": [5000, 5000],
    }
    assert found["no_new_privileges"] == "1"
    assert found["leads_its_group"]
    assert len(found["descriptors"]) == 5, "the standard ones, the lifeline, and the one that lists them"
    assert (tmp_path / "made").stat().st_mode & 0o077 == 0


@pytest.mark.io
def test_memory_beyond_the_limit_is_that_error() -> None:
    how = _how(limits=Limits(data_bytes=256 * MIB), mends={OutOfMemory: "ask for less"})
    assert ask(how, {"task": "eat", "bytes": MIB}) == {"taken": MIB}
    with pytest.raises(OutOfMemory, match="memory limit") as caught:
        ask(how, {"task": "eat", "bytes": GIB})
    assert caught.value.what_to_do == "ask for less"


@pytest.mark.io
@pytest.mark.parametrize("words", ["terminate called after throwing an instance of 'std::bad_alloc'", "MemoryError"])
def test_native_code_that_aborts_where_memory_ends_is_told_by_its_last_words(words: str) -> None:
    with pytest.raises(OutOfMemory):
        ask(_how(), {"task": "die", "signal": "SIGABRT", "words": "x" * 100_000 + words})


@pytest.mark.io
@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGABRT", "SIGTERM"])
def test_a_death_has_the_name_of_its_signal(name: str) -> None:
    with pytest.raises(WorkerCrashed, match=name):
        ask(_how(), {"task": "die", "signal": name})


@pytest.mark.io
def test_other_deaths_have_their_names() -> None:
    with pytest.raises(WorkerCrashed, match="exit code 7"):
        ask(_how(), {"task": "die", "code": 7})
    with pytest.raises(WorkerCrashed, match="exit code 0"):
        ask(_how(), {"task": "die", "code": 0})
    with pytest.raises(WorkerCrashed, match="exit code 1"):
        ask(_how(), {"task": "no such task"})
    with pytest.raises(InputChanged):
        ask(_how(), {"task": "die", "signal": "SIGBUS"})


@pytest.mark.parametrize("deaf", [False, True])
def test_what_takes_too_long_ends_with_all_that_it_started(tmp_path: Path, deaf: bool) -> None:
    file = tmp_path / "pids"
    how = _how(seconds=3.0, stop_seconds=0.1)
    over: list[Answering] = []
    question = Question(how, {"task": "sleep", "file": str(file), "deaf": deaf}, over.append)
    found = question.wait()
    assert isinstance(found.error, TimedOut)
    assert "longer than 3 s" in found.error.message
    assert over == [found]
    if file.exists():
        assert all(until(lambda pid=pid: _is_gone(pid), _PATIENCE) for pid in _pids(file))  # type: ignore[misc]


def test_stopped_it_ends_with_all_that_it_started(tmp_path: Path) -> None:
    question = Question(_how(), {"task": "sleep", "file": str(tmp_path / "pids"), "deaf": True})
    pids = _pids(tmp_path / "pids")
    question.stop()
    question.stop()
    assert isinstance(question.look().error, CheckStopped)
    assert all(until(lambda pid=pid: _is_gone(pid), _PATIENCE) for pid in pids)  # type: ignore[misc]
    assert not psutil.pid_exists(pids[0]), "a zombie"


def test_forgotten_it_ends(tmp_path: Path) -> None:
    question = Question(_how(), {"task": "sleep", "file": str(tmp_path / "pids")})
    pids = _pids(tmp_path / "pids")
    del question
    assert all(until(lambda pid=pid: _is_gone(pid), _PATIENCE) for pid in pids)  # type: ignore[misc]


_PARENT = """
import sys, threading, time
from etl_batch.machine.child_process import Limits
from etl_batch.machine.question import Asking, Question
kept = []
def begin():
    how = Asking(command=["tests.helpers.asked_process"], limits=Limits(), seconds=300.0)
    kept.append(Question(how, {"task": "sleep", "file": sys.argv[1], "deaf": True}))
thread = threading.Thread(target=begin)
thread.start()
thread.join()  # the thread that started it ends: no reason to die
time.sleep(600)
"""


def test_it_dies_with_its_parent_and_not_with_a_thread(tmp_path: Path) -> None:
    told = tmp_path / "pids"
    with subprocess.Popen([sys.executable, "-c", _PARENT, str(told)]) as parent:
        try:
            pids = _pids(told)
            assert not any(_is_gone(pid) for pid in pids)
        finally:
            parent.kill()
    for pid in pids:
        until(lambda pid=pid: ProcessIdentity.of(pid) is None or _is_gone(pid), _PATIENCE)  # type: ignore[misc]


@pytest.mark.io
@pytest.mark.parametrize(
    "text", ["no JSON\n", "[1]\n", '{"answer": 5}\n', '{"error": {"code": 5}}\n', "[" * 100_000 + "\n", "\xff\x00\n"]
)
def test_garbage_is_our_error(text: str) -> None:
    with pytest.raises(WorkerCrashed, match="no answer"):
        ask(_how(), {"task": "say", "text": text})


@pytest.mark.io
def test_who_says_too_much_is_ended() -> None:
    with pytest.raises(WorkerCrashed, match="more than 1,048,576 bytes"):
        ask(_how(most_bytes=MIB), {"task": "say", "text": "x" * 65536, "times": 10_000_000})


@pytest.mark.io
def test_a_long_answer_and_a_long_question_come_whole() -> None:
    note = '{"note": "' + "n" * 5 * MIB + '"}\n'
    found = Question(_how(), {"task": "say", "text": note}).wait()
    assert found.answer == {"said": True}
    assert found.notes == ("n" * 5 * MIB,)


@pytest.mark.io
def test_progress_is_there_while_it_works() -> None:
    told: list[Answering] = []
    line = '{"done_bytes": 1, "total_bytes": 2, "rows": 3, "note": "", "phase": "check"}\n'
    found = Question(_how(), {"task": "say", "text": line}, told.append).wait()
    assert found.progress is not None
    assert (found.progress["done_bytes"], found.answer) == (1, {"said": True})
    assert told == [found]


@pytest.mark.io
def test_errors_come_as_their_own_kind() -> None:
    text = '{"error": {"code": "E_MEASURE", "message": "no column", "mend": "name one"}}\n'
    with pytest.raises(NoSuchMeasure, match="no column; name one"):
        ask(_how(), {"task": "say", "text": text})
    unknown = error_from_answer("E_OF_TOMORROW", "x", "y")
    assert (type(unknown), unknown.code, str(unknown)) == (EtlError, "E_OF_TOMORROW", "x; y")


@pytest.mark.io
def test_nothing_of_a_question_stays() -> None:
    before = (set(os.listdir("/proc/self/fd")), threading.active_count())  # noqa: PTH208 - their names alone
    for task in ({"task": "die", "code": 1}, {"task": "die", "signal": "SIGKILL"}, {"task": "eat", "bytes": 1}):
        question = Question(_how(), task)
        pid = question._watch._child.pid
        question.wait()
        assert not psutil.pid_exists(pid)
        del question
    assert (set(os.listdir("/proc/self/fd")), threading.active_count()) == before  # noqa: PTH208


def test_what_ignores_interrupts_from_its_start_is_ended_all_the_same(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        question = Question(_how(), {"task": "sleep", "file": str(tmp_path / "pids")})
        pids = _pids(tmp_path / "pids")
        question.stop()
    finally:
        signal.signal(signal.SIGINT, before)
    assert all(until(lambda pid=pid: _is_gone(pid), _PATIENCE) for pid in pids)  # type: ignore[misc]
