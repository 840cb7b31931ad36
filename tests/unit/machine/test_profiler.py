"""The profile: of all own processes, bounded, and never at the job's cost."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from etl_batch.machine import gpu
from etl_batch.machine import profiler as profiling
from etl_batch.machine.own_processes import OwnProcesses, descendants
from etl_batch.machine.profiler import Profiler

_MIB = 2**20


def _wait_for(is_so: object, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.01)


def _hold_memory(ready: object, release: object) -> None:
    block = bytearray(os.urandom(_MIB)) * 64
    ready.set()  # type: ignore[attr-defined]
    release.wait(60)  # type: ignore[attr-defined]
    assert block


def test_it_reads_while_the_job_works() -> None:
    with Profiler(interval_seconds=0.02) as profiler:
        _wait_for(lambda: len(profiler._points) >= 3)
        found = profiler.profile()
    assert found is not None
    assert found.memory_bytes > 0
    assert all(point.rss_bytes > _MIB and point.cpu_percent for point in found.points)
    times = [point.seconds for point in found.points]
    assert times == sorted(times)


def test_points_stay_bounded_and_the_interval_widens() -> None:
    with Profiler(interval_seconds=0.005, most_points=6) as profiler:
        _wait_for(lambda: profiler._interval > 0.02)
    found = profiler.profile()
    assert found is not None
    assert len(found.points) <= 6
    assert found.interval_seconds > 0.02


@pytest.mark.io
def test_processes_of_the_fork_server_count() -> None:
    context = multiprocessing.get_context("forkserver")
    ready, release = context.Event(), context.Event()
    process = context.Process(target=_hold_memory, args=(ready, release))
    own = OwnProcesses(os.getpid())
    process.start()
    try:
        assert ready.wait(60)
        assert process.pid in set(descendants(os.getpid()))
        alone = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        assert own.usage().rss_bytes > alone + 64 * _MIB
    finally:
        release.set()
        process.join(60)
    assert process.pid not in set(descendants(os.getpid()))


def test_what_a_process_wrote_stays_when_it_is_gone(tmp_path: Path) -> None:
    target = str(tmp_path / "x")
    script = f"import os; f = open({target!r}, 'wb'); f.write(bytes(3_000_000)); f.flush(); os.fsync(f); input()"
    own = OwnProcesses(os.getpid())
    own.usage()
    child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE)
    counted = Path(f"/proc/{child.pid}/io")
    try:
        _wait_for(lambda: (tmp_path / "x").exists() and (tmp_path / "x").stat().st_size == 3_000_000)
        if "write_bytes: 0\n" in counted.read_text():
            pytest.skip("this file system does not count what is written")
        _wait_for(lambda: own.usage().written_bytes >= 3_000_000)
    finally:
        child.communicate(b"\n")
    assert own.usage().written_bytes >= 3_000_000


def test_without_psutil_the_job_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)
    with Profiler(interval_seconds=0.001) as profiler:
        profiler._thread.join(20)
        assert not profiler._thread.is_alive()
    assert profiler.profile() is None


def test_without_a_thread_the_job_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with Profiler() as profiler:
        pass
    assert profiler.profile() is None


def test_an_error_of_the_job_passes_through() -> None:
    with pytest.raises(KeyError), Profiler():
        raise KeyError("of the job")


def test_a_hanging_driver_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    hang = threading.Event()

    def connect() -> gpu.AskGpu | None:
        hang.wait(60)
        return None

    monkeypatch.setattr(gpu, "connected", connect)
    with Profiler(interval_seconds=0.02) as profiler:
        _wait_for(lambda: len(profiler._points) >= 2)
    found = profiler.profile()
    hang.set()
    assert found is not None
    assert found.gpu is None
    assert all(point.gpu_percent is None for point in found.points)


def test_a_gpu_that_answers_is_in_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "connected", lambda: lambda: gpu.GpuReading("Example", 42.04, 7))
    with Profiler(interval_seconds=0.02) as profiler:
        _wait_for(lambda: any(point.gpu_percent is not None for point in profiler._points))
    found = profiler.profile()
    assert found is not None
    assert found.gpu == "Example"
    assert (found.points[-1].gpu_percent, found.points[-1].gpu_memory_bytes) == (42.0, 7)


def test_a_stale_answer_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = gpu.GpuWatch(lambda: lambda: gpu.GpuReading("Example", 1.0, 1))
    watch.start()
    _wait_for(lambda: watch.latest() is not None)
    watch.stop()
    monkeypatch.setattr(gpu, "FRESH_SECONDS", -1.0)
    assert watch.latest() is None


def test_two_of_a_kind_are_counted() -> None:
    assert gpu._together(["A", "A", "B"], [10.0, 20.0, 60.0], 5) == gpu.GpuReading("2 x A, B", 30.0, 5)


@pytest.mark.io
def test_psutil_is_loaded_by_the_thread_only() -> None:
    script = f"import sys; import {profiling.__name__}; print('psutil' in sys.modules, 'pynvml' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False False"
