"""The intervals hold about as often as they say. `make simulate` looks longer."""

from __future__ import annotations

import pytest

from tests.bench.coverage import POPULATIONS, cover

pytestmark = pytest.mark.simulation

REPETITIONS = 600


@pytest.mark.parametrize("name", POPULATIONS)
def test_intervals_hold(name: str) -> None:
    found = cover(name, REPETITIONS, seed=1)
    assert found.held / REPETITIONS >= 0.91
