"""A store, and a service whose jobs nobody works off."""

from __future__ import annotations

import pytest

from etl_batch.jobs.service import JobService
from etl_batch.jobs.store import JobStore
from etl_batch.machine.process_identity import ProcessIdentity
from tests.conftest import Home


@pytest.fixture
def store(home: Home) -> JobStore:
    return JobStore(home.path)


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Takes the place of the supervisors: how often one was launched."""
    calls: list[object] = []
    monkeypatch.setattr("etl_batch.jobs.service.launch_supervisor", calls.append)
    return calls


@pytest.fixture
def service(home: Home, launched: list[object]) -> JobService:
    assert launched == []
    return JobService(home.path)


@pytest.fixture
def dead() -> ProcessIdentity:
    """A process that was."""
    me = ProcessIdentity.mine()
    return ProcessIdentity(me.pid, me.started - 1, me.boot)
