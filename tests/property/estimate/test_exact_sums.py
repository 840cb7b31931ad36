"""Sums that are rounded once, when they are read: as of fractions, whichever way is taken."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.estimate.exact_sums import Sums, Unit

_UNITS = st.one_of(
    st.builds(Unit, tens=st.integers(-38, 0)), st.builds(Unit, twos=st.sampled_from([-1074, -60, -2, 0]))
)
_WHOLES = st.one_of(
    st.integers(-5, 5),
    st.integers(-(2**54), 2**54),
    st.integers(-(2**150), 2**150),
    st.sampled_from([2**52, 2**53 - 1, 2**53, 2**53 + 1, -(2**52), 2**32, 2**32 - 1, -(2**32) - 1]),
)


def _sums(wholes: list[int], unit: Unit, first: int, limbs: int) -> Sums:
    low = range(limbs - 1)
    lines = [[whole >> 32 * at & 0xFFFFFFFF for at in low] + [whole >> 32 * (limbs - 1)] for whole in wholes]
    count = len(wholes)
    return Sums(unit, first, np.array(lines, dtype=np.int64), np.zeros(count), np.zeros(count, dtype=np.int64))


def _nearest(whole: int, unit: Unit, first: int) -> float | None:
    exact = Fraction(whole) * Fraction(2) ** (unit.twos + 32 * first) * Fraction(10) ** unit.tens
    try:
        return float(exact)
    except OverflowError:
        return None


@given(st.lists(_WHOLES, min_size=1, max_size=8), _UNITS, st.integers(0, 36), st.integers(5, 6))
def test_each_sum_is_the_nearest_float(wholes: list[int], unit: Unit, first: int, limbs: int) -> None:
    first = first if unit.twos else 0
    sums = _sums(wholes, unit, first, limbs)
    assert sums.totals() == [_nearest(whole, unit, first) for whole in wholes]
    backwards = list(range(len(wholes)))[::-1]
    assert sums.totals(backwards) == sums.totals()[::-1]
    assert sums.total() == _nearest(sum(wholes), unit, first)


@given(st.lists(st.integers(-(2**46), 2**46), min_size=1, max_size=8), _UNITS, st.integers(1, 2))
def test_lines_of_few_limbs_too(wholes: list[int], unit: Unit, limbs: int) -> None:
    sums = _sums(wholes, unit, 0, limbs)
    assert sums.totals() == [_nearest(whole, unit, 0) for whole in wholes]
    assert sums.total() == _nearest(sum(wholes), unit, 0)


def test_a_value_that_is_no_number_leaves_its_stratum_without_a_sum() -> None:
    sums = _sums([1, 2], Unit(), 0, 2)
    sums.odd[1] = 3
    assert sums.totals() == [1.0, None]
    assert sums.total() is None


@given(st.lists(st.tuples(_WHOLES, st.integers(0, 6)), min_size=1, max_size=12))
def test_sums_that_come_to_one_place_are_added(parts: list[tuple[int, int]]) -> None:
    unit = Unit(twos=-60)
    found = _sums([whole for whole, _ in parts], unit, 0, 6).spread(np.array([place for _, place in parts]), 7)
    expected = [sum(whole for whole, its in parts if its == place) for place in range(7)]
    assert found.totals() == [_nearest(whole, unit, 0) for whole in expected]
    assert np.isneginf(found.most).tolist() == [place not in {its for _, its in parts} for place in range(7)]
