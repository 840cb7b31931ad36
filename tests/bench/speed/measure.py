"""One run of a command, measured from outside, and what it printed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.speed.cost import Cost

PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Run:
    """A command that has ended well."""

    cost: Cost
    peak_bytes: int  #: 0 where nobody looked
    printed: str


def measure(command: Sequence[str | Path], folder: Path = PROJECT, *, memory_besides: Path | None = None) -> Run:
    """Run a command in a folder, to its end.

    Args:
        command: what to run.
        folder: where.
        memory_besides: look at its memory, without mapped files beneath this folder; the time is then worth little.

    Raises:
        SystemExit: it failed; with what it said.
    """
    words = [str(word) for word in command]
    hear, tell = os.pipe()
    try:
        asked = {
            "command": words,
            "folder": str(folder),
            "memory_besides": None if memory_besides is None else str(memory_besides),
            "tell": tell,
        }
        measuring = [sys.executable, "-m", "tests.bench.speed.measured_process", json.dumps(asked)]
        printed, said = _communicate(measuring, tell)
        os.close(tell)
        with os.fdopen(hear, "rb", closefd=False) as told:
            answer = json.loads(told.read() or b'{"code": "none"}')
    finally:
        os.close(hear)
    if answer["code"] != 0:
        raise SystemExit(f"{' '.join(words)}\nended with {answer['code']}: {said.strip()[-2000:]}")
    return Run(Cost(answer["seconds"], answer["cpu_seconds"]), answer["peak_bytes"], printed)


def _communicate(measuring: Sequence[str], tell: int) -> tuple[str, str]:
    """What it printed. A group of its own, so that nothing of it goes on where we are told to end meanwhile."""
    process = subprocess.Popen(
        measuring, cwd=PROJECT, pass_fds=(tell,), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        process_group=0,
    )  # fmt: skip
    try:
        return process.communicate()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
