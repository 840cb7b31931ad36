"""Zones of a file, and the units that are drawn from them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.estimate.zones import CERTAIN, Zones
from etl_batch.file_estimate import draw
from etl_batch.file_estimate.draw import Draw


@st.composite
def zoned(chosen: st.DrawFn) -> Zones:
    units = chosen(st.integers(1, 60))
    certain = chosen(st.lists(st.integers(0, units - 1), max_size=units - 1, unique=True))
    return Zones.of(units, chosen(st.integers(1, 20)), np.array(sorted(certain), np.int64))


@given(zoned())
def test_every_unit_is_of_one_zone_or_certain(zones: Zones) -> None:
    places = np.arange(zones.drawable)
    numbers = zones.numbers(places)
    assert sorted([*numbers.tolist(), *zones.certain.tolist()]) == list(range(zones.units))
    assert zones.of_units(numbers).tolist() == zones.of_drawable(places).tolist()
    assert (zones.of_units(zones.certain) == CERTAIN).all()
    assert (np.diff(zones.of_drawable(places)) >= 0).all()
    assert np.bincount(zones.of_drawable(places), minlength=zones.count).tolist() == zones.populations.tolist()
    assert zones.populations.max() - zones.populations.min() <= 1


@pytest.mark.parametrize("shuffled_whole", [0, 1 << 20])
@given(zones=zoned(), seed=st.integers(0, 9), steps=st.lists(st.integers(1, 25), max_size=6))
def test_each_zone_gives_one_more_in_turn(shuffled_whole: int, zones: Zones, seed: int, steps: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draw, "_SHUFFLED_WHOLE", shuffled_whole)
        drawing = Draw(zones, seed)
        taken: list[int] = []
        for step in steps:
            taken += drawing.more(step).tolist()
            of_zones = zones.of_units(np.array(taken))
            counts = np.bincount(of_zones[of_zones != CERTAIN], minlength=zones.count)
            given_all = counts == zones.populations
            assert counts.max() - np.where(given_all, counts.max(), counts).min() <= 1
        assert len(set(taken)) == len(taken) == min(sum(steps), zones.units)
        assert set(zones.certain.tolist()) <= set(taken) or len(taken) <= len(zones.certain)


def test_every_unit_of_a_zone_is_as_likely_as_any_other() -> None:
    zones = Zones.of(41, 5, np.array([40]))
    met = Counter(int(unit) for seed in range(2000) for unit in Draw(zones, seed).more(11)[1:])
    expected = 2000 * 2 / 8
    assert sum((met[unit] - expected) ** 2 / expected for unit in range(40)) < 74  # chi-square, 40: 1 in 1000
