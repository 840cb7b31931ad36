"""What the GPUs do: asked of NVML, or of GPUtil, in a thread that nobody waits for.

A driver can hang in any call, for minutes or for good. The answer is therefore taken from where the thread left it, and
counts only while it is fresh; a hanging thread is left behind when the job ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import shutil
import threading
import time
from collections.abc import Callable
from typing import Any

from etl_batch.light_dataclass import dataclass

FRESH_SECONDS = 3.0  #: an older answer is none
_PAUSE_SECONDS = 0.5  #: between two questions


@dataclass(frozen=True, slots=True)
class GpuReading:
    """All GPUs of the machine together."""

    name: str
    percent: float  #: mean over the GPUs
    memory_bytes: int  #: in use, sum over the GPUs


AskGpu = Callable[[], GpuReading]


class GpuWatch:
    """The latest answer of the GPUs. Its thread begins with `start` and is never waited for."""

    def __init__(self, connect: Callable[[], AskGpu | None] | None = None) -> None:
        self._connect = connect or connected
        self._ended = threading.Event()
        self._latest: tuple[float, GpuReading] | None = None

    def start(self) -> None:
        """Begin to ask."""
        threading.Thread(target=self._ask, name="gpu-watch", daemon=True).start()

    def stop(self) -> None:
        """Ask no more."""
        self._ended.set()

    def latest(self) -> GpuReading | None:
        """The last answer; None where no GPU has answered for some seconds."""
        latest = self._latest
        return latest[1] if latest is not None and time.monotonic() - latest[0] < FRESH_SECONDS else None

    def _ask(self) -> None:
        with contextlib.suppress(Exception):
            ask = self._connect()
            while ask is not None and not self._ended.is_set():
                self._latest = (time.monotonic(), ask())
                self._ended.wait(_PAUSE_SECONDS)


def connected() -> AskGpu | None:
    """A way to ask: NVML, else GPUtil, else None. Nothing is imported where there is no driver."""
    for is_there, connect in ((_has_nvml, _by_nvml), (_has_nvidia_smi, _by_gputil)):
        with contextlib.suppress(Exception):  # of a package that others maintain, about a driver that may be half there
            if is_there():
                ask = connect()
                ask()
                return ask
    return None


def _has_nvml() -> bool:
    with contextlib.suppress(OSError):
        ctypes.CDLL("libnvidia-ml.so.1")
        return True
    return False


def _has_nvidia_smi() -> bool:
    return shutil.which("nvidia-smi") is not None


def _by_nvml() -> AskGpu:
    import pynvml

    pynvml.nvmlInit()
    handles = [pynvml.nvmlDeviceGetHandleByIndex(number) for number in range(pynvml.nvmlDeviceGetCount())]
    names = [_as_text(pynvml.nvmlDeviceGetName(handle)) for handle in handles]

    def ask() -> GpuReading:
        percents = [float(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu) for handle in handles]
        memory = sum(int(pynvml.nvmlDeviceGetMemoryInfo(handle).used) for handle in handles)
        return _together(names, percents, memory)

    return ask


def _by_gputil() -> AskGpu:
    import GPUtil

    def ask() -> GpuReading:
        found = GPUtil.getGPUs()
        memory = sum(float(gpu.memoryUsed) for gpu in found)
        return _together(
            [str(gpu.name) for gpu in found], [100 * float(gpu.load) for gpu in found], int(memory * 2**20)
        )

    return ask


def _together(names: list[str], percents: list[float], memory_bytes: int) -> GpuReading:
    """One reading for all; without a GPU there is none.

    Raises:
        ValueError: there is no GPU.
    """
    if not names:
        raise ValueError("no GPU")
    counted = {name: names.count(name) for name in names}
    name = ", ".join(model if count == 1 else f"{count} x {model}" for model, count in counted.items())
    return GpuReading(name, sum(percents) / len(percents), memory_bytes)


def _as_text(name: Any) -> str:  # noqa: ANN401 - bytes in old versions of the package
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
