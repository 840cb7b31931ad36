"""Exact totals of large files: in the background, found again, cancelled, on the record at both ends."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from etl_batch.audit.log import AuditLog
from etl_batch.audit.reading import Filter, page
from etl_batch.errors import CheckStopped, EtlError, Forbidden, QueueFull, WorkerCrashed
from etl_batch.launch.looks import LARGE_BYTES
from etl_batch.machine.question import Answering, Asking, Question
from etl_batch.permissions import ANALYST as ANALYST_ROLE
from etl_batch.values import MIB
from pages.services import long_estimates
from pages.services.estimate_question import AskedEstimate
from pages.services.long_estimates import LongEstimates, is_long
from tests.helpers.job_helpers import until
from tests.helpers.streamlit_page import page as opened_page
from tests.helpers.streamlit_page import sign_in
from tests.unit.pages.conftest import ANALYST, AUDITOR

FILE = "data/x.csv"
EXACT = AskedEstimate(file=FILE, measures=("a",), exact=True)
STATE = (1,)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ETL_HOME", str(tmp_path))
    for folder in ("data", "output", "report"):
        (tmp_path / folder).mkdir()
    (tmp_path / FILE).write_text("a\n" + "5\n" * 1000)
    return tmp_path


@pytest.fixture
def sleepers(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Counts that never come to an end; where they say who they are."""
    pids = home / "pids"

    def asked(how: Asking, _: object, over: object) -> Question:
        task = {"task": "sleep", "file": str(pids), "progress": True}
        return Question(replace(how, command=["tests.helpers.asked_process"]), task, over)  # type: ignore[arg-type]

    monkeypatch.setattr(long_estimates, "Question", asked)
    return pids


def _entries(home: Path) -> list[tuple[str, object, object]]:
    found = page(home, AUDITOR, Filter(action="estimated")).entries
    return [(str(one.outcome), one.detail.get("state"), one.detail.get("error")) for one in reversed(found)]


def _over(counts: LongEstimates, asked: AskedEstimate = EXACT) -> Answering:
    found: Answering = until(lambda: (now := counts.look(ANALYST, asked, STATE)).is_over and now)
    return found


def test_only_exact_totals_of_large_files_are_long() -> None:
    assert LARGE_BYTES == 64 * MIB
    assert is_long(EXACT, LARGE_BYTES + 1)
    assert not is_long(EXACT, LARGE_BYTES)
    assert not is_long(replace(EXACT, exact=False), LARGE_BYTES + 1)


def test_it_is_counted_and_both_ends_are_on_the_record(home: Path) -> None:
    found = _over(LongEstimates(home))
    assert found.answer is not None
    assert (found.answer["estimates"][0]["total"], found.answer["rows_read"]) == (5000.0, 1000)
    assert found.progress is not None
    assert _entries(home) == [("ok", "started", None), ("ok", "ended", None)]


@pytest.mark.usefixtures("sleepers")
def test_whoever_looks_again_finds_it_and_others_do_not(home: Path) -> None:
    counts = LongEstimates(home)
    for _ in range(3):
        assert not counts.look(ANALYST, EXACT, STATE).is_over
    assert len(_entries(home)) == 1
    counts.look(replace(ANALYST, name="another"), EXACT, STATE)
    with pytest.raises(QueueFull):
        counts.look(replace(ANALYST, name="a third"), EXACT, STATE)
    with pytest.raises(Forbidden):
        counts.look(AUDITOR, EXACT, STATE)
    for name in (ANALYST.name, "another"):
        counts.cancel(replace(ANALYST, name=name), EXACT, STATE)
    assert [entry[1] for entry in _entries(home)].count("cancelled") == 2


def test_cancelled_it_ends_and_can_be_begun_anew(home: Path, sleepers: Path) -> None:
    counts = LongEstimates(home)
    counts.look(ANALYST, EXACT, STATE)
    pid = int(until(lambda: sleepers.exists() and sleepers.read_text()).split()[0])
    counts.forget(ANALYST, EXACT, STATE)  # not while it is counted
    counts.cancel(ANALYST, EXACT, STATE)
    assert not psutil.pid_exists(pid)
    assert isinstance(_over(counts).error, CheckStopped)
    assert _entries(home) == [("ok", "started", None), ("ok", "cancelled", None)]
    counts.forget(ANALYST, EXACT, STATE)
    assert not counts.look(ANALYST, EXACT, STATE).is_over
    counts.cancel(ANALYST, EXACT, STATE)


def test_a_death_is_an_error_and_one_end(home: Path, sleepers: Path) -> None:
    counts = LongEstimates(home)
    counts.look(ANALYST, EXACT, STATE)
    psutil.Process(int(until(lambda: sleepers.exists() and sleepers.read_text()).split()[0])).kill()
    found = _over(counts)
    assert isinstance(found.error, WorkerCrashed)
    assert "SIGKILL" in found.error.message
    assert _entries(home) == [("ok", "started", None), ("failed", "ended", "E_WORKER_CRASHED")]


def test_what_is_not_on_the_record_is_not_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = LongEstimates(home)
    record = AuditLog.record

    def once(log: object, actor: object, event: object) -> int:
        monkeypatch.setattr(AuditLog, "record", refuse)
        return record(log, actor, event)  # type: ignore[arg-type]

    counted, seen = threading.Event(), threading.Event()

    def refuse(*_: object) -> int:
        counted.set()
        assert seen.wait(60)
        raise EtlError("no log")

    monkeypatch.setattr(AuditLog, "record", once)
    assert not counts.look(ANALYST, EXACT, STATE).is_over
    assert counted.wait(60)
    assert not counts.look(ANALYST, EXACT, STATE).is_over, "it is counted, and that is not on the record yet"
    seen.set()
    found = _over(counts)
    assert found.answer is None
    assert found.error is not None
    assert found.error.message == "no log"


def test_the_page_shows_how_far_it_is_and_cancels(home: Path, sleepers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_estimates, "LARGE_BYTES", 100)
    user = sign_in(home, ANALYST_ROLE)
    for _ in range(2):  # in another session it is found again
        test = opened_page("pages/estimates.py", user)
        test.query_params.update({"file": FILE, "measures": "a", "exact": "yes"})
        test.run()
        assert not test.exception
        assert not test.error, [element.value for element in test.error]
        assert any("Counting every row" in str(element.proto) for element in test.get("progress"))
    until(sleepers.exists)
    test.button(key="estimate_long_cancel").click().run()
    assert "cancelled" in test.info[0].value
    assert _entries(home) == [("ok", "started", None), ("ok", "cancelled", None)]
    monkeypatch.undo()
    monkeypatch.setenv("ETL_HOME", str(home))
    monkeypatch.setattr(long_estimates, "LARGE_BYTES", 100)
    test.button(key="estimate_long_again").click().run()
    until(lambda: test.run().metric)
    assert not test.exception
    assert test.metric[0].value == "5,000"
