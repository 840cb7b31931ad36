"""What was measured on, and with which versions."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

from etl_batch.values import GIB
from etl_batch.version import versions
from tests.bench.speed.measure import PROJECT


@dataclass(frozen=True, slots=True)
class Machine:
    """What a reader needs to know of it."""

    processor: str
    processors: int  #: that may be used
    memory_bytes: int
    kernel: str

    def __str__(self) -> str:
        memory = f"{self.memory_bytes / GIB:.0f} GiB"
        return f"{self.processor}, {self.processors} processors, {memory} of memory, {self.kernel}"


def this_machine() -> Machine:
    """As the kernel describes it."""
    models = re.findall(r"^(?:model name|Model)\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return Machine(
        processor=models[0] if models else platform.machine(),
        processors=len(os.sched_getaffinity(0)),
        memory_bytes=psutil.virtual_memory().total,
        kernel=f"{platform.system()} {platform.release()}",
    )


def our_versions() -> dict[str, str]:
    """Of ours and what it stands on; with the commit, where there is one."""
    command = ["git", "describe", "--always", "--dirty"]
    described = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    found = versions()
    if described.returncode == 0:
        found["etl_batch"] += f" ({described.stdout.strip()})"
    return found
