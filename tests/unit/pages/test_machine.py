"""The watch of the machine, and the profiles of runs."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from etl_batch.errors import Forbidden
from etl_batch.text.number_text import data_size
from etl_batch.values import Sandbox
from pages.services import machine
from pages.services.health import signs_of_health
from pages.services.machine import MachineReader, MachineReading, MachineWatch
from pages.views.machine_view import sandbox_words
from tests.helpers.streamlit_page import page, sign_in
from tests.unit.pages.conftest import ANALYST, AUDITOR


def _reading(at: float) -> MachineReading:
    return MachineReading(
        at=at, cpu_percent=(10.0, 30.0), memory_used_bytes=1, memory_bytes=2, read_mb_s=0.0, write_mb_s=0.0,
        disk_used_bytes=1, disk_available_bytes=1, disk_bytes=2, load=0.5,
    )  # fmt: skip


def test_the_last_minutes_are_kept_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "INTERVAL_SECONDS", 0.001)
    monkeypatch.setattr(machine, "KEPT_SECONDS", 0.01)
    count, enough = 0, threading.Event()

    def read() -> MachineReading:
        nonlocal count
        count += 1
        if count > 50:
            enough.set()
        return _reading(float(count))

    watch = MachineWatch(tmp_path, read)
    watch.start()
    assert enough.wait(60)
    watch.stop()
    found = watch.readings(ANALYST)
    assert len(found) == 10
    assert [one.at for one in found] == sorted(one.at for one in found)


def test_a_first_reading_is_there_when_it_has_started(tmp_path: Path) -> None:
    watch = MachineWatch(tmp_path, lambda: _reading(1.0))
    watch.start()
    watch.stop()
    assert watch.readings(ANALYST)


def test_auditors_do_not_see_the_system(tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        MachineWatch(tmp_path, lambda: _reading(1.0)).readings(AUDITOR)


def test_a_real_reading_makes_sense(tmp_path: Path) -> None:
    reading = MachineReader(tmp_path)()
    assert reading.cpu_percent
    assert all(0 <= one <= 100 for one in reading.cpu_percent)
    assert 0 <= reading.cpu_mean <= 100
    assert 0 < reading.memory_used_bytes <= reading.memory_bytes
    assert 0 < reading.disk_used_bytes <= reading.disk_bytes
    assert reading.read_mb_s >= 0


def test_every_page_tells_the_room_that_is_available(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a file system keeps for root is free, but not for us."""
    block = os.statvfs(tmp_path).f_frsize
    found = SimpleNamespace(f_frsize=block, f_blocks=10**6, f_bfree=400_000, f_bavail=300_000)
    monkeypatch.setattr(os, "statvfs", lambda _: found)
    assert MachineReader(tmp_path)().disk_available_bytes == 300_000 * block
    assert data_size(300_000 * block) in next(sign.text for sign in signs_of_health(tmp_path) if sign.name == "Disk")
    monkeypatch.setenv("ETL_HOME", str(tmp_path))
    test = page("pages/system.py", sign_in(tmp_path)).run()
    assert {element.label: element.value for element in test.metric}["Disk available"] == data_size(300_000 * block)


def test_the_page_says_what_workers_are_shut_in_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Sandbox(landlock_abi=6, filesystem=True, network=True, seccomp=True, no_new_privs=True)
    none = Sandbox(landlock_abi=0, filesystem=False, network=False, seccomp=False, no_new_privs=True)
    assert "Landlock, version 6" in sandbox_words(whole)
    assert "nothing to keep them from" not in sandbox_words(whole)
    said = sandbox_words(replace(whole, network=False))
    assert said.endswith("This kernel has nothing to keep them from: connecting to anything.")
    assert sandbox_words(none).startswith("Workers of jobs are not shut in.")
    monkeypatch.setattr(machine, "offered", lambda: none)
    monkeypatch.setenv("ETL_HOME", str(tmp_path))
    test = page("pages/system.py", sign_in(tmp_path)).run()
    assert sandbox_words(none) in [element.value for element in test.caption]
    with pytest.raises(Forbidden):
        machine.sandbox_of_workers(AUDITOR)
