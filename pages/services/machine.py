"""What the machine does, now and over the last minutes: one watch for all viewers of a server, in bounded memory."""

from __future__ import annotations

import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl_batch.machine.gpu import GpuWatch
from etl_batch.machine.sandbox import offered
from etl_batch.permissions import Permission, permit
from etl_batch.values import Actor, Sandbox

INTERVAL_SECONDS = 2.0
KEPT_SECONDS = 600.0
_FIRST_SECONDS = 0.2  #: before the first reading: rates over no time are none


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineReading:
    """The machine at one moment; rates are over the interval before it."""

    at: float  #: seconds since 1970
    cpu_percent: tuple[float, ...]  #: of each core, 0 to 100
    memory_used_bytes: int
    memory_bytes: int  #: of the machine
    read_mb_s: float  #: 10^6 bytes per second, all disks
    write_mb_s: float
    disk_used_bytes: int  #: of the disk that holds the home
    disk_available_bytes: int  #: to whoever runs the console; on top of it file systems keep some for root
    disk_bytes: int
    load: float  #: processes that run or wait to, over the last minute
    gpu: str | None = None  #: its name; None: no GPU answers
    gpu_percent: float | None = None
    gpu_memory_bytes: int | None = None

    @property
    def cpu_mean(self) -> float:
        """Over all cores, 0 to 100."""
        return sum(self.cpu_percent) / len(self.cpu_percent) if self.cpu_percent else 0.0


def sandbox_of_workers(actor: Actor) -> Sandbox:
    """What the workers of jobs are shut in with on this kernel.

    Raises:
        Forbidden: the actor may not see the system.
    """
    permit(actor, Permission.SEE_SYSTEM)
    return offered()


class MachineWatch:
    """Reads the machine in a thread, and keeps the last minutes."""

    def __init__(self, home: Path, read: Callable[[], MachineReading] | None = None) -> None:
        self._read = read or MachineReader(home)
        self._readings: deque[MachineReading] = deque(maxlen=int(KEPT_SECONDS / INTERVAL_SECONDS))
        self._ended = threading.Event()
        self._is_new = threading.Condition()

    def start(self) -> None:
        """Begin; the first reading is there when this returns, unless the machine does not answer within a second."""
        threading.Thread(target=self._watch, name="machine-watch", daemon=True).start()
        with self._is_new:
            self._is_new.wait_for(lambda: bool(self._readings), timeout=1.0)

    def stop(self) -> None:
        """Read no more."""
        self._ended.set()

    def readings(self, actor: Actor) -> tuple[MachineReading, ...]:
        """The last minutes, oldest first.

        Raises:
            Forbidden: the actor may not see the system.
        """
        permit(actor, Permission.SEE_SYSTEM)
        return tuple(self._readings)

    def _watch(self) -> None:
        self._ended.wait(_FIRST_SECONDS)
        while not self._ended.is_set():
            reading = self._read()
            with self._is_new:
                self._readings.append(reading)
                self._is_new.notify_all()
            self._ended.wait(INTERVAL_SECONDS)


class MachineReader:
    """Takes one reading after the other; not for two threads."""

    def __init__(self, home: Path) -> None:
        import psutil

        self._psutil = psutil
        self._home = home
        self._gpu = GpuWatch()
        self._gpu.start()
        psutil.cpu_percent(percpu=True)  # what follows counts from here
        self._before = (time.monotonic(), *self._moved())

    def __call__(self) -> MachineReading:
        """The machine now."""
        moved, now = self._moved(), time.monotonic()
        seconds = max(now - self._before[0], 1e-3)
        read, written = moved[0] - self._before[1], moved[1] - self._before[2]
        self._before = (now, *moved)
        memory: Any = self._psutil.virtual_memory()
        disk = shutil.disk_usage(self._home)
        gpu = self._gpu.latest()
        return MachineReading(
            at=time.time(),
            cpu_percent=tuple(float(percent) for percent in self._psutil.cpu_percent(percpu=True)),
            memory_used_bytes=int(memory.total - memory.available),
            memory_bytes=int(memory.total),
            read_mb_s=max(read, 0) / 1e6 / seconds,
            write_mb_s=max(written, 0) / 1e6 / seconds,
            disk_used_bytes=disk.used,
            disk_available_bytes=disk.free,
            disk_bytes=disk.total,
            load=float(self._psutil.getloadavg()[0]),
            gpu=gpu.name if gpu else None,
            gpu_percent=gpu.percent if gpu else None,
            gpu_memory_bytes=gpu.memory_bytes if gpu else None,
        )

    def _moved(self) -> tuple[int, int]:
        """Bytes that all disks have read and written; zeros where the kernel does not say."""
        found: Any = self._psutil.disk_io_counters()
        return (int(found.read_bytes), int(found.write_bytes)) if found else (0, 0)
