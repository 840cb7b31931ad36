"""Medians, and ratios of runs that stood side by side."""

from __future__ import annotations

import pytest

from tests.bench.speed.cost import Cost, Entry, Result, cpu_seconds, ratio, seconds


def _entry(*costs: tuple[float, float], name: str = "one") -> Entry:
    return Entry(name=name, input_bytes=1, rows=1, costs=tuple(Cost(*cost) for cost in costs), peak_bytes=0)


def test_a_median_is_of_all_rounds() -> None:
    entry = _entry((1.0, 5.0), (9.0, 4.0), (2.0, 30.0))
    assert (entry.median(seconds), entry.median(cpu_seconds)) == (2.0, 5.0)


def test_a_ratio_is_of_those_that_stood_side_by_side() -> None:
    """The second round was slow for both: the ratio of the medians would be 3 / 2."""
    first, second = _entry((2.0, 0.0), (30.0, 0.0), (3.0, 0.0)), _entry((1.0, 0.0), (15.0, 0.0), (2.0, 0.0))
    assert ratio(first, second, seconds) == 2.0


def test_a_ratio_is_of_what_it_is_asked_of() -> None:
    assert ratio(_entry((1.0, 8.0)), _entry((1.0, 2.0)), cpu_seconds) == 4.0


def test_who_had_fewer_rounds_is_held_against_the_median() -> None:
    assert ratio(_entry((12.0, 0.0)), _entry((2.0, 0.0), (90.0, 0.0), (3.0, 0.0)), seconds) == pytest.approx(4.0)


def test_a_contender_is_found_by_its_name() -> None:
    entry = _entry((1.0, 1.0), name="Polars")
    result = Result(key="key", title="title", entries=(entry,))
    assert result.entry("Polars") is entry
    assert result.entry("cp") is None
