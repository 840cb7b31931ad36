"""Whole numbers of any size as floats: rounded once, to the nearest, of two the even one, as fractions are."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.estimate.limbs import LIMB_BITS, LIMB_MASK, nearest_floats
from tests.helpers.chance import examples

SMALLEST_NORMAL = 2.0**-1022


def limbs_of(number: int, limbs: int) -> list[int]:
    """The lowest first; the last one has the sign, and all that is left."""
    parts = [number >> LIMB_BITS * place & LIMB_MASK for place in range(limbs - 1)]
    return [*parts, number >> LIMB_BITS * (limbs - 1)]


def nearest(number: int, twos: int) -> float:
    """The float that Python's own division of whole numbers rounds to; infinity beyond the range."""
    value = Fraction(number) * Fraction(2) ** twos
    try:
        return value.numerator / value.denominator
    except OverflowError:
        return math.copysign(math.inf, number)


@settings(max_examples=examples(400))
@given(st.lists(st.integers(-(2**150), 2**150), min_size=1, max_size=5), st.integers(4, 6), st.integers(-1200, 1000))
@example([2**53 + 1, 2**53 + 3, -(2**53) - 1, 2**54 + 3], 4, 0)  # between two floats
@example([(2**53 + 1 << 90) + 1, 2**53 + 1 << 90], 6, 0)  # what decides lies in the lowest limb
@example([0, 1, -1], 4, -1074)
@example([2**120], 4, 904)
def test_each_is_the_nearest_or_is_said_not_to_be(numbers: list[int], limbs: int, twos: int) -> None:
    given_limbs = np.array([limbs_of(number, limbs) for number in numbers], dtype=np.int64)
    found, is_right = nearest_floats(given_limbs, twos)
    for number, value, right in zip(numbers, found.tolist(), is_right.tolist(), strict=True):
        expected = nearest(number, twos)
        assert right == (math.isfinite(expected) and (number == 0 or abs(expected) >= SMALLEST_NORMAL)), number
        assert not right or value == expected, number


@given(st.integers(-(2**62), 2**62 - 1))
def test_a_number_of_one_limb(number: int) -> None:
    found, is_right = nearest_floats(np.array([[number]], dtype=np.int64), 0)
    assert (found.tolist(), is_right.tolist()) == ([float(number)], [True])
