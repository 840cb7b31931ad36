"""Jobs that nobody looks after any more: which are taken for lost, and what becomes of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import psutil
import pytest

from etl_batch.jobs import settle
from etl_batch.jobs.settle import settle_lost
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import Ending, NewJob
from etl_batch.machine.process_identity import ProcessIdentity
from tests.conftest import Home
from tests.helpers.job_helpers import until
from tests.unit.jobs.test_store import new_job


@pytest.fixture
def hung() -> Iterator[ProcessIdentity]:
    """A process that is there and does nothing any more, as one held by Ctrl-Z, or in a call that never returns."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        psutil.Process(process.pid).suspend()
        yield until(lambda: ProcessIdentity.of(process.pid))
        process.kill()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the longest silence that is borne were over."""
    monkeypatch.setattr(settle, "STALE_SECONDS", -1.0)


def _at_work(store: JobStore, job: NewJob, process: ProcessIdentity) -> None:
    with store.writing() as writing:
        writing.add(job)
        assert writing.claim(process, 1)


def _state(store: JobStore) -> State:
    return State(store.job("job-1")["state"])


def test_a_beating_supervisor_is_left_alone(home: Home, store: JobStore, hung: ProcessIdentity) -> None:
    _at_work(store, new_job(home, 1), hung)
    assert (settle_lost(store), _state(store), hung.is_alive) == (0, State.RUNNING, True)


@pytest.mark.usefixtures("later")
def test_a_silent_supervisor_is_killed_before_its_job_is_given_away(
    home: Home, store: JobStore, hung: ProcessIdentity
) -> None:
    _at_work(store, new_job(home, 1), hung)
    until(lambda: settle_lost(store) or _state(store) != State.RUNNING)
    assert (_state(store), hung.is_alive) == (State.INTERRUPTED, False)


@pytest.mark.usefixtures("later")
def test_a_silent_run_in_a_terminal_is_let_live(home: Home, store: JobStore, hung: ProcessIdentity) -> None:
    with store.writing() as writing:
        writing.add(replace(new_job(home, 1), process=hung, source="command"))
    assert (settle_lost(store), _state(store), hung.is_alive) == (0, State.RUNNING, True)


def test_a_run_in_a_terminal_whose_process_is_gone_is_lost(home: Home, store: JobStore, dead: ProcessIdentity) -> None:
    with store.writing() as writing:
        writing.add(replace(new_job(home, 1), process=dead, source="command"))
    assert (settle_lost(store), _state(store)) == (1, State.INTERRUPTED)


def test_a_job_that_was_taken_up_meanwhile_is_not_ended(
    home: Home, store: JobStore, dead: ProcessIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To look what became of a job takes a while."""
    with store.writing() as writing:
        writing.add(replace(new_job(home, 1), process=dead, source="command"))

    def looks(*_: object) -> Ending:
        with store.writing() as writing:
            writing.end("job-1", Ending(state=State.INTERRUPTED), 0.0)
            writing.take_up(new_job(home, 1).job_id, ProcessIdentity.mine())
        return Ending(state=State.DONE)

    monkeypatch.setattr(settle, "lost", looks)
    assert (settle_lost(store), _state(store)) == (0, State.RUNNING)
