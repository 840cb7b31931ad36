"""Axes: where they end, and the round numbers along them."""

from __future__ import annotations

import math

import pytest

from etl_batch.report.scale import round_up, ticks


@pytest.mark.parametrize(
    ("value", "end"),
    [(1, 1), (1.0001, 2), (2.1, 2.5), (26, 50), (51, 100), (100, 100), (0.03, 0.05), (1.1, 2), (0, 1), (-3, 1)],
)
def test_an_axis_ends_at_the_next_round_number(value: float, end: float) -> None:
    assert round_up(value) == pytest.approx(end)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_has_an_axis_too(value: float) -> None:
    assert round_up(value) == 1.0


@pytest.mark.parametrize(
    ("top", "most", "found"), [(10, 5, [0, 2, 4, 6, 8, 10]), (7, 5, [0, 2, 4, 6]), (0.3, 3, [0, 0.1, 0.2, 0.3])]
)
def test_ticks(top: float, most: int, found: list[float]) -> None:
    assert ticks(top, most) == pytest.approx(found)
