"""Versions are what `importlib.metadata` says, without loading it."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

from etl_batch import version
from etl_batch.version import DISTRIBUTION, code_key, installed_version, versions

_PACKAGES = (DISTRIBUTION, "numba", "numpy", "pyarrow", "Jinja2", "psutil", "MarkupSafe", "typing-extensions")


@pytest.mark.parametrize("package", _PACKAGES)
def test_a_version_is_the_one_that_was_installed(package: str) -> None:
    assert installed_version(package) == importlib.metadata.version(package)


def test_what_is_not_installed_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert installed_version("no-such-package") is None
    monkeypatch.setattr(version, "DISTRIBUTION", "no-such-package")
    assert version.product_version() == "unknown"


def test_the_first_on_the_path_counts_and_a_folder_without_a_version_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, content in (
        ("torn", "Name: numpy\n"),
        ("first", "Name: numpy\nVersion: 1.2+a\n"),
        ("next", "Version: 3"),
    ):
        folder = tmp_path / place / "NumPy-0.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(content)
    monkeypatch.setattr(sys, "path", [str(tmp_path / place) for place in ("none", "torn", "first", "next")])
    assert installed_version("numpy") == "1.2+a"


@pytest.mark.io
def test_versions_are_known_without_a_library_for_messages() -> None:
    """It took a small job 15 ms to load it, at its end, while nothing else was done."""
    script = (
        "import sys; from etl_batch.version import versions; versions(); print('importlib.metadata' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_what_made_an_output_is_told_by_name() -> None:
    assert list(versions()) == ["etl_batch", "python", "numba", "numpy", "pyarrow"]


def test_the_key_of_the_sources_follows_their_names_and_bytes_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "a.py").write_text("one")
    (tmp_path / "room" / "b.sql").write_text("two")
    keys = [code_key(tmp_path)]
    (tmp_path / "room" / "b.pyc").write_text("compiled")
    assert code_key(tmp_path) == keys[0]
    (tmp_path / "a.py").write_text("ONE")
    keys.append(code_key(tmp_path))
    (tmp_path / "a.py").rename(tmp_path / "c.py")
    keys.append(code_key(tmp_path))
    (tmp_path / "c.py").rename(tmp_path / "room" / "c.py")
    keys.append(code_key(tmp_path))
    assert len(set(keys)) == len(keys)
    assert code_key() == code_key() != keys[0]
