"""CPU, memory, disk and GPU over a job, read by a thread of the parent that the job never waits for."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from types import ModuleType, TracebackType
from typing import Self

from etl_batch.machine.gpu import GpuWatch
from etl_batch.machine.own_processes import OwnProcesses, Usage
from etl_batch.machine.series import MOST_POINTS, halved
from etl_batch.machine.undisturbed import in_one_piece
from etl_batch.values import Profile, ProfilePoint

INTERVAL_SECONDS = 0.2  #: at first; doubled whenever the points become too many
_END_SECONDS = 1.0  #: so long its last reading may take when the job ends


class Profiler:
    """Reads while the context lasts. It never raises into the job; what cannot be read is missing from the profile."""

    def __init__(self, interval_seconds: float = INTERVAL_SECONDS, most_points: int = MOST_POINTS) -> None:
        self._interval = interval_seconds
        self._most = most_points
        self._began = time.monotonic()
        self._processes = OwnProcesses(os.getpid())
        self._gpu = GpuWatch()
        self._gpu_name: str | None = None
        self._memory_bytes = 0
        self._points: list[ProfilePoint] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="profiler", daemon=True)
        self.cpu_seconds = 0.0  #: what the reading itself took

    def __enter__(self) -> Self:
        with contextlib.suppress(RuntimeError), in_one_piece():  # no thread to be had: no profile
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        with in_one_piece():
            self._ended.set()
            self._gpu.stop()
        with contextlib.suppress(RuntimeError):
            self._thread.join(_END_SECONDS)

    def profile(self) -> Profile | None:
        """What was read so far; None where nothing could be."""
        points = tuple(self._points)
        if not points:
            return None
        return Profile(
            interval_seconds=self._interval, memory_bytes=self._memory_bytes, gpu=self._gpu_name, points=points
        )

    def _watch(self) -> None:
        with contextlib.suppress(Exception):
            before, at = self._processes.usage(), self._began
            # The job's own start goes first: an import here would take the interpreter from it.
            self._ended.wait(self._interval)
            import psutil

            psutil.cpu_percent(percpu=True)  # what follows counts from here
            self._memory_bytes = int(psutil.virtual_memory().total)
            self._gpu.start()
            while not self._ended.is_set():
                self._ended.wait(max(at + self._interval - time.monotonic(), self._interval / 2))
                now = time.monotonic()
                if now - at < self._interval / 2:  # the job ended: rates over so short a time are noise
                    break
                usage = self._processes.usage()
                self._add(self._point(now - at, before, usage, psutil))
                before, at = usage, now
                self.cpu_seconds = time.thread_time()

    def _point(self, seconds: float, before: Usage, usage: Usage, psutil: ModuleType) -> ProfilePoint:
        gpu = self._gpu.latest()
        if gpu is not None:
            self._gpu_name = gpu.name
        return ProfilePoint(
            seconds=round(time.monotonic() - self._began, 3),
            cpu_percent=tuple(float(core) for core in psutil.cpu_percent(percpu=True)),
            rss_bytes=usage.rss_bytes,
            read_mb_s=_mb_s(usage.read_bytes - before.read_bytes, seconds),
            write_mb_s=_mb_s(usage.written_bytes - before.written_bytes, seconds),
            gpu_percent=None if gpu is None else round(gpu.percent, 1),
            gpu_memory_bytes=None if gpu is None else gpu.memory_bytes,
        )

    def _add(self, point: ProfilePoint) -> None:
        points = [*self._points, point]
        if len(points) > self._most:
            points = halved(points)
            self._interval *= 2
        self._points = points  # in one step: `profile` may be asked at any time


def _mb_s(moved_bytes: int, seconds: float) -> float:
    return round(moved_bytes / 1e6 / max(seconds, 1e-3), 3)
