"""The dashboard served for a test: a process of its own, on a free port of this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.processes import shared

PROJECT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 180
_TRIES = 5
_TAKEN = ("is not available", "already in use")  #: what Streamlit and uvicorn say of a port that somebody else has

_BY_ITSELF = """
import runpy, sys, streamlit
port, run = int(sys.argv[1]), streamlit.App.run
streamlit.App.run = lambda app: run(app, config={"server.port": port})
sys.argv = ["app.py"]
runpy.run_path("app.py", run_name="__main__")
"""
Command = Callable[[int], list[str]]  #: how a server is started at a port


def by_streamlit(port: int) -> list[str]:
    """As `make serve` starts it."""
    return [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]


def by_itself(port: int) -> list[str]:
    """`python app.py`, which reads its port from a file that tests do not own: told here."""
    return [sys.executable, "-c", _BY_ITSELF, str(port)]


def by_uvicorn(port: int) -> list[str]:
    """A server that somebody else starts, as it is out of the box."""
    return [sys.executable, "-m", "uvicorn", "app:app", f"--port={port}"]


@dataclass(frozen=True, slots=True)
class Served:
    """A running dashboard."""

    home: Path
    port: int
    log: Path  #: what it printed
    pid: int

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serve(
    home: Path, environment: Mapping[str, str] | None = None, command: Command = by_streamlit
) -> Iterator[Served]:
    """Serve a home until the block ends.

    Args:
        home: its folders are made where they are missing.
        environment: variables besides those of the test.
        command: who serves it.
    """
    for folder in ("data", "output", "report"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    process, running = _started(home, environment or {}, command)
    try:
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _started(home: Path, environment: Mapping[str, str], command: Command) -> tuple[subprocess.Popen[bytes], Served]:
    """A dashboard that answers. Its port was free a moment before; should somebody else have taken it, another one."""
    log = home / "served.log"
    for _ in range(_TRIES):
        port = free_port()
        with log.open("ab") as output:
            process = subprocess.Popen(
                command(port), cwd=PROJECT,
                env={**os.environ, "ETL_HOME": str(home), **environment},
                stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        if _becomes_healthy(process, port):
            shared(process)
            return process, Served(home, port, log, process.pid)
        process.kill()
        process.wait()
        if not any(said in log.read_text(errors="replace") for said in _TAKEN):
            break
    raise AssertionError(f"the dashboard did not start:\n{log.read_text(errors='replace')}")


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _becomes_healthy(process: subprocess.Popen[bytes], port: int) -> bool:
    until = time.monotonic() + _PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return True
        except OSError:
            time.sleep(0.1)
    return False
