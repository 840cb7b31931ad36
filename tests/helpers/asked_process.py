"""A process that is asked, and misbehaves as it is asked to: `{"task": ..., ...}`."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from etl_batch.errors import EmptyInput
from etl_batch.machine.answering import answer_each


def surroundings(asked: dict[str, Any]) -> dict[str, Any]:
    """What it is given, and what it may."""
    limits = ("RLIMIT_DATA", "RLIMIT_CPU", "RLIMIT_NOFILE", "RLIMIT_CORE", "RLIMIT_FSIZE")
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines())
    Path(asked["file"]).touch()
    return {
        "environment": dict(os.environ),
        "limits": {name: resource.getrlimit(getattr(resource, name)) for name in limits},
        "no_new_privileges": status["NoNewPrivs"],
        "leads_its_group": os.getpgrp() == os.getpid(),
        "descriptors": sorted(int(name) for name in os.listdir("/proc/self/fd")),  # noqa: PTH208 - their names alone
        "folder": str(Path.cwd()),
    }


def eat(asked: dict[str, Any]) -> dict[str, Any]:
    """Take memory, and touch none of it."""
    return {"taken": len(bytearray(asked["bytes"]))}


def die(asked: dict[str, Any]) -> dict[str, Any]:
    """By a signal, or with an exit code, with some last words."""
    sys.stderr.write(asked.get("words", ""))
    sys.stderr.flush()
    if "code" in asked:
        os._exit(asked["code"])
    os.kill(os.getpid(), signal.Signals[asked["signal"]])
    time.sleep(600)
    return {}


def sleep(asked: dict[str, Any]) -> dict[str, Any]:
    """Beside a process of its own, having said who both are; deaf to polite requests where asked to be."""
    if asked.get("deaf"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as inner:
        written = Path(asked["file"])
        written.with_suffix(".new").write_text(f"{os.getpid()} {inner.pid}")
        written.with_suffix(".new").rename(written)
        time.sleep(600)
    return {}


def say(asked: dict[str, Any]) -> dict[str, Any]:
    """Anything, again and again."""
    for _ in range(asked.get("times", 1)):
        sys.stdout.write(asked["text"])
        sys.stdout.flush()
    return {"said": True}


def who(asked: dict[str, Any]) -> dict[str, Any]:
    """Which process this is; or a refusal, where asked to refuse."""
    if asked.get("refuses"):
        raise EmptyInput("it has 0 bytes")
    return {"pid": os.getpid()}


if __name__ == "__main__":
    tasks = {"surroundings": surroundings, "eat": eat, "die": die, "sleep": sleep, "say": say, "who": who}
    sys.exit(answer_each(tasks))
