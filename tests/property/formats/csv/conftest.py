"""Where a drawn CSV is put."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV in the data folder of a home."""
    home = tmp_path_factory.mktemp("home")
    for folder in ("data", "output"):
        (home / folder).mkdir()
    return home / "data" / "x.csv"
