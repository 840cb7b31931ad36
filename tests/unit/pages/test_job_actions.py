"""The page of a job in each state: what it shows meanwhile, and what can be done. Nobody works off the queue here."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from etl_batch.jobs.job_view import JobProgress
from etl_batch.jobs.service import JobService
from etl_batch.jobs.signals import LOOK
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import Ending
from etl_batch.machine.process_identity import ProcessIdentity
from etl_batch.permissions import AUDITOR
from tests.conftest import Home
from tests.data_makers.records import LAYOUT, records
from tests.helpers.streamlit_page import SignedIn, page, sign_in


@pytest.fixture(autouse=True)
def _home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_HOME", str(home.path))
    monkeypatch.setattr("etl_batch.jobs.service.launch_supervisor", lambda _: None)
    home.put("a.bin", records(300), LAYOUT)


@pytest.fixture
def process() -> Iterator[ProcessIdentity]:
    """One that lives, and does nothing, whatever it is told."""
    script = f"import signal, time; signal.signal({int(LOOK)}, signal.SIG_IGN); print(flush=True); time.sleep(3600)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as sleeper:
        assert sleeper.stdout is not None
        sleeper.stdout.readline()
        found = ProcessIdentity.of(sleeper.pid)
        assert found is not None
        yield found
        sleeper.kill()


@pytest.fixture
def user(home: Home) -> SignedIn:
    return sign_in(home.path)


def _queued(home: Home, user: SignedIn, output: str = "x.csv") -> str:
    config = home.config(output_csv=str(home.output / output))
    return JobService(home.path).start(replace(config, actor=user.actor)).job_id


def _running(home: Home, user: SignedIn, process: ProcessIdentity) -> str:
    """A job in somebody's hands, 4 of 10 bytes done."""
    job_id = _queued(home, user)
    progress = JobProgress(phase="convert", done_bytes=4, total_bytes=10, rows=1234, mb_s=56.0, eta_seconds=61.0)
    with JobStore(home.path).writing() as writing:
        assert writing.claim(process, at_once=1) is not None
        assert writing.beat(job_id, process.pid, progress) is State.RUNNING
    return job_id


def _texts(test: AppTest) -> str:
    kinds = (test.markdown, test.caption, test.error, test.success, test.info, test.title, test.warning)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\\", "")


def _progress(test: AppTest) -> tuple[int, str]:
    proto = test.get("progress")[0].proto
    return proto.value, proto.text


def _buttons(test: AppTest) -> set[str]:
    return {element.label for element in test.button}


def _seen(user: SignedIn, job_id: str, **query: str) -> AppTest:
    test = page("pages/run.py", user, id=job_id, tab="Compare", **query).run()
    assert not test.exception
    return test


def test_a_running_job_tells_how_far_it_is(home: Home, user: SignedIn, process: ProcessIdentity) -> None:
    job_id = _running(home, user, process)
    test = _seen(user, job_id)
    assert "It runs in a process of its own" in _texts(test)
    share, words = _progress(test)
    assert share == 40
    assert words == "40 % · 56 MB/s · 1,234 rows · about 1 min 01 s left · converting"
    with JobStore(home.path).writing() as writing:
        writing.beat(job_id, process.pid, JobProgress(phase="publish", done_bytes=9, total_bytes=10, rows=3000))
    share, words = _progress(test.run())
    assert share == 90
    assert "3,000 rows" in words
    assert "publishing" in words


def test_a_job_that_ends_meanwhile_shows_how(home: Home, user: SignedIn, process: ProcessIdentity) -> None:
    job_id = _running(home, user, process)
    test = _seen(user, job_id)
    with JobStore(home.path).writing() as writing:
        message = "data/a; b.csv: row 17 has 4 cells; correct the file"
        writing.end(job_id, Ending(state=State.FAILED, code="E_CSV_INVALID", message=message), 2.0)
    test.run()
    assert not test.get("progress")
    (error,) = test.error
    text = str(error.value).replace("\\", "")
    assert "data/a; b.csv: row 17 has 4 cells" in text.split("What to do")[0]
    assert "Correct the file" in text.split("What to do")[1]
    assert {"Resume"} <= _buttons(test)


def test_cancel_is_told_and_seen(home: Home, user: SignedIn, process: ProcessIdentity) -> None:
    job_id = _running(home, user, process)
    test = _seen(user, job_id)
    test.button(key=f"cancel_{job_id}").click().run()
    assert JobService(home.path).view(user.actor, job_id).state is State.CANCELLING
    assert test.button(key=f"cancel_{job_id}").disabled
    assert "Cancelling" in _texts(test)


def test_a_waiting_job_is_cancelled_at_once(home: Home, user: SignedIn) -> None:
    job_id = _queued(home, user)
    test = _seen(user, job_id)
    test.button(key=f"cancel_{job_id}").click().run()
    assert JobService(home.path).view(user.actor, job_id).state is State.CANCELLED
    assert "It cannot go on, but it can be run again" in _texts(test)
    assert not {"Cancel", "Resume"} & _buttons(test)


def test_resume_queues_it_again(home: Home, user: SignedIn, process: ProcessIdentity) -> None:
    job_id = _running(home, user, process)
    with JobStore(home.path).writing() as writing:
        writing.end(job_id, Ending(state=State.INTERRUPTED, message="told to stop; resume it"), 2.0)
    test = _seen(user, job_id)
    assert "It can go on." in _texts(test)
    test.button(key=f"resume_{job_id}").click().run()
    assert not test.error, _texts(test)
    assert JobService(home.path).view(user.actor, job_id).state is State.QUEUED
    assert {"Cancel"} <= _buttons(test)


def test_an_auditor_looks_and_does_nothing(home: Home, user: SignedIn, process: ProcessIdentity) -> None:
    job_id = _running(home, user, process)
    test = _seen(sign_in(home.path, AUDITOR), job_id)
    assert _progress(test)[0] == 40
    assert not {"Cancel", "Resume"} & _buttons(test)


def test_two_runs_are_compared_and_the_address_says_which(home: Home, user: SignedIn) -> None:
    one, other = _queued(home, user, "x.csv"), _queued(home, user, "y.csv")
    test = _seen(user, one)
    assert not [table for table in test.dataframe if "one" in table.value.columns]
    test.selectbox(key="run_with").set_value(other).run()
    assert test.query_params["with"] in (other, [other])
    shown = _compared(test)
    assert set(shown["mark"]) == {"≠"}
    output = shown[shown["name"] == "output_csv"].iloc[0]
    assert (output["one"][-5:], output["other"][-5:]) == ("x.csv", "y.csv")
    test.toggle(key="equal").set_value(True).run()
    assert len(_compared(test)) > len(shown)
    assert list(_compared(_seen(user, one, **{"with": other}))["name"]) == list(shown["name"])


def _compared(test: AppTest):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a pandas.DataFrame
    return next(table.value for table in test.dataframe if "other" in table.value.columns)
