"""A home with accounts for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.gate import GateHome


@pytest.fixture
def gate_home(tmp_path: Path) -> Iterator[GateHome]:
    home = GateHome(tmp_path / "home")
    yield home
    home.accounts.store.close()
