"""What a killed process leaves in /tmp: the next start removes what is ours and dead, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl_batch.pipeline.runners.temp_folder import remove_dead

_HOLDER = """
import sys
from etl_batch.pipeline.runners.temp_folder import claim_temp_folder
claim_temp_folder()
print("claimed", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of ours with its folder; it ends with its standard input, or by a kill."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER], env={**os.environ, "TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "claimed\n"
        yield process


def test_the_folder_of_a_killed_process_goes_and_that_of_a_living_one_stays(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    (folder,) = tmp_path.glob("pymp-*")
    remove_dead(tmp_path)
    assert folder.exists()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert folder.exists()
    remove_dead(tmp_path)
    assert not folder.exists()


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    others = Path(tempfile.mkdtemp(prefix="pymp-", dir=tmp_path))  # of any other Python program
    (others / "listener").touch()
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "etl-console").touch()
    (tmp_path / "pymp-link").symlink_to(linked)
    marked_by_link = tmp_path / "pymp-marked"
    marked_by_link.mkdir()
    (marked_by_link / "etl-console").symlink_to(linked / "etl-console")
    other_name = tmp_path / "mine"
    other_name.mkdir()
    (other_name / "etl-console").touch()
    (tmp_path / "pymp-file").touch()
    before = sorted(tmp_path.rglob("*"))
    remove_dead(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_what_belongs_to_another_user_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "pymp-dead"
    folder.mkdir()
    (folder / "etl-console").touch()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    remove_dead(tmp_path)
    assert folder.exists()
    monkeypatch.undo()
    remove_dead(tmp_path)
    assert not folder.exists()
