"""Opening the console: what waits is begun, and what cannot be read keeps nobody out."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from auth import links
from auth.opening import work_off_waiting_jobs
from etl_batch.jobs.service import JobService
from tests.conftest import PROJECT, Home
from tests.data_makers.records import LAYOUT, records
from tests.helpers.gate import GateHome


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The homes for which somebody was to work off the queue."""
    homes: list[Path] = []
    monkeypatch.setattr("etl_batch.jobs.service.launch_supervisor", homes.append)
    return homes


def test_waiting_jobs_are_begun(home: Home, begun: list[Path]) -> None:
    home.put("a.bin", records(3), LAYOUT)
    JobService(home.path).start(home.config())
    begun.clear()  # as after a restart of the machine
    work_off_waiting_jobs(home.path)
    assert begun == [home.path]


def test_where_nothing_waits_nothing_is_begun(home: Home, begun: list[Path]) -> None:
    work_off_waiting_jobs(home.path)
    assert begun == []


def test_a_list_of_jobs_that_cannot_be_read_keeps_nobody_out(
    home: Home, begun: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    work_off_waiting_jobs(home.path)
    (home.path / ".secrets" / "jobs.sqlite3").write_bytes(b"no database " * 100)
    work_off_waiting_jobs(home.path)
    assert begun == []
    assert "error[E_JOB_STORE]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda home: (home / ".secrets").write_bytes(b"in its place"), "error[E_SECRETS]"),
        (lambda home: _secret(home, "accounts.sqlite3", None), "error[E_SECRETS_EXPOSED]"),
        (lambda home: _secret(home, "accounts.sqlite3", b"no database " * 100), "error[E_ACCOUNTS]"),
        (lambda home: _secret(home, "oidc.toml", b"issuer = "), "error[E_CONFIG]"),
    ],
    ids=["no folder", "a folder in its place", "garbage", "no TOML"],
)
def test_a_console_that_cannot_open_says_why_in_one_line(
    home: Home, spoil: Callable[[Path], object], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(home.path)
    monkeypatch.setenv("ETL_HOME", str(home.path))
    done = subprocess.run(
        [sys.executable, "-c", "import app"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert done.stderr.splitlines()[-1].startswith(says)


def _secret(home: Path, name: str, content: bytes | None) -> None:
    """A file of the secrets; without content a folder."""
    file = home / ".secrets" / name
    file.parent.mkdir(mode=0o700, exist_ok=True)
    if content is None:
        file.mkdir(mode=0o700)
    else:
        file.write_bytes(content)
        file.chmod(0o600)


def test_the_link_is_replaced_in_one_step(gate_home: GateHome) -> None:
    """A console that starts beside another neither stumbles over its file nor leaves a moment without one."""
    for url in ("https://one", "https://two"):
        file = links.keep_first_link(gate_home.accounts, url)
    assert file.read_text() == "https://two\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir() if "setup" in path.name] == ["setup-link"]
