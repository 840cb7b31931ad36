"""A home with accounts for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.door import DoorHome


@pytest.fixture
def door_home(tmp_path: Path) -> Iterator[DoorHome]:
    home = DoorHome(tmp_path / "home")
    yield home
    home.accounts.store.close()
