"""A folder with one of everything, opened in both ways; and no descriptor is left open, where that is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl_batch.storage import beneath
from tests.helpers.descriptors import nothing_left_open


@pytest.fixture
def no_descriptor_leaks() -> Iterator[None]:
    with nothing_left_open():
        yield


@pytest.fixture(params=[True, False], ids=["openat2", "walk"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param and not beneath.kernel_has_openat2():
        pytest.skip("no openat2 here")
    monkeypatch.setattr(beneath, "kernel_has_openat2", lambda: request.param)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with one of everything, and a secret beside it."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "data.bin").write_text("OUTSIDE")
    root = tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    (root / "folder" / "data.bin").write_text("inside")
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "inner").symlink_to("folder")
    (root / "filelink").symlink_to("folder/data.bin")
    (root / "dangling").symlink_to("nothing")
    (root / "original").write_text("two names")
    (root / "hardlink").hardlink_to(root / "original")
    os.mkfifo(root / "pipe")
    return root


def text_of(fd: int) -> str:
    with os.fdopen(fd, encoding="utf-8") as file:
        return file.read()
