"""Sums that are not rounded until they are read: limbs of 32 bits for each stratum, as `kernels.measures` adds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.exact_text import whole_text
from etl_batch.estimate.limbs import LIMB_BITS, LIMB_MASK, nearest_floats
from etl_batch.light_dataclass import dataclass

_LAST_LIMB = 1 << 48  #: has the sign; beyond this, another limb is put behind it
_EXACT = 2.0**53  #: below, every whole number is a float
_MOST_TENS = 22  #: 10^22 is the last power of ten that a float holds exactly

Index = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Unit:
    """What the lowest bit of the limb at place 0 is worth: 2^twos * 10^tens."""

    twos: int = 0
    tens: int = 0


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of one measure, one for each stratum."""

    unit: Unit
    first: int  #: place of the first limb
    limbs: npt.NDArray[np.int64]  #: shape (strata, limbs): 0 to 2^32 - 1 but for the last, which has the sign
    most: npt.NDArray[np.float64]  #: shape (strata,): the largest value; -inf: there is none
    odd: npt.NDArray[np.int64]  #: shape (strata,): values that are not finite, and in no sum

    def spread(self, places: Index, strata: int) -> Sums:
        """The same sums among more strata, or fewer: those that come to one place are added.

        Args:
            places: shape (strata of these sums,): where each comes.
            strata: how many there are then.
        """
        limbs = np.zeros((strata, self.limbs.shape[1]), dtype=np.int64)
        most, odd = np.full(strata, -np.inf), np.zeros(strata, dtype=np.int64)
        if np.bincount(places, minlength=1).max() <= 1:  # mostly; the other way takes ten times as long
            limbs[places], most[places], odd[places] = self.limbs, self.most, self.odd
        else:
            np.add.at(limbs, places, self.limbs)
            np.maximum.at(most, places, self.most)
            np.add.at(odd, places, self.odd)
        return settled(Sums(self.unit, self.first, limbs, most, odd))

    def first_strata(self, count: int) -> Sums:
        """The sums of the first strata only."""
        return replace(self, limbs=self.limbs[:count], most=self.most[:count], odd=self.odd[:count])

    def of_finite(self) -> Sums:
        """The sums as if all values that are not finite were null."""
        return replace(self, odd=np.zeros_like(self.odd))

    def __add__(self, other: Sums) -> Sums:
        """The sums of two parts, stratum by stratum."""
        if not self.limbs.any():  # it may stand anywhere
            return replace(other, most=np.maximum(self.most, other.most), odd=self.odd + other.odd)
        if not other.limbs.any():
            return replace(self, most=np.maximum(self.most, other.most), odd=self.odd + other.odd)
        first = min(self.first, other.first)
        stop = max(sums.first + sums.limbs.shape[1] for sums in (self, other))
        limbs = np.zeros((len(self.odd), stop - first), dtype=np.int64)
        for sums in (self, other):
            start = sums.first - first
            limbs[:, start : start + sums.limbs.shape[1]] += sums.limbs
        return settled(Sums(self.unit, first, limbs, np.maximum(self.most, other.most), self.odd + other.odd))

    def totals(self, places: Sequence[int] | None = None) -> list[float | None]:
        """Each sum rounded to the nearest float, once; None: a value was not finite, or the sum is too large.

        Args:
            places: of which strata, in this order; None: of all.
        """
        own = slice(None) if places is None else np.asarray(places, dtype=np.int64)
        limbs, odd = self.limbs[own], self.odd[own] > 0
        found, is_right = nearest_floats(limbs, self.unit.twos + LIMB_BITS * self.first)
        if self.unit.tens:  # a quotient of two whole numbers that are floats is rounded once, too
            is_right = (np.abs(found) < _EXACT) & (-self.unit.tens <= _MOST_TENS) & (self.unit.twos >= 0)
            found = found / 10.0**-self.unit.tens
        rounded: list[float | None] = found.tolist()
        for place in np.flatnonzero(odd | ~is_right).tolist():
            rounded[place] = None if odd[place] else self._rounded(_whole(limbs[place].tolist()))
        return rounded

    def total(self) -> float | None:
        """The sum over all strata, rounded once; None as in `totals`."""
        return None if self.odd.any() else self._rounded(self._all())

    def texts(self, places: Sequence[int] | None = None) -> list[str | None]:
        """Each sum with all its digits; of floats that of the nearest one; None as in `totals`.

        Args:
            places: as `totals` has them.
        """
        if not self._counts_units:
            return [None if total is None else repr(total) for total in self.totals(places)]
        own = slice(None) if places is None else np.asarray(places, dtype=np.int64)
        return [
            None if odd else self._text(_whole(limbs))
            for limbs, odd in zip(self.limbs[own].tolist(), (self.odd[own] > 0).tolist(), strict=True)
        ]

    def text(self) -> str | None:
        """The sum over all strata with all its digits; None as in `totals`."""
        if self.odd.any():
            return None
        if self._counts_units:
            return self._text(self._all())
        total = self.total()
        return None if total is None else repr(total)

    @property
    def _counts_units(self) -> bool:
        """Whether the values are whole numbers or decimals, not floats."""
        return self.unit.twos >= 0

    def _all(self) -> int:
        # Limbs below 2^32 of that many strata add up in 64 bits; the last ones, with the sign, may not.
        *low, last = self.limbs.T
        return _whole([*(int(column.sum()) for column in low), sum(last.tolist())])

    def _text(self, whole: int) -> str:
        return whole_text(whole << (self.unit.twos + LIMB_BITS * self.first), -self.unit.tens)

    def _rounded(self, whole: int) -> float | None:
        twos = self.unit.twos + LIMB_BITS * self.first
        top = whole << max(twos, 0)
        bottom = (1 << max(-twos, 0)) * 10 ** max(-self.unit.tens, 0)
        try:
            quotient: float = top / bottom  # of two integers, Python rounds the quotient correctly
        except OverflowError:
            return None
        return quotient


def no_sums(strata: int, unit: Unit) -> Sums:
    """Sums of nothing."""
    limbs = np.zeros((strata, 1), dtype=np.int64)
    return Sums(unit, 0, limbs, np.full(strata, -np.inf), np.zeros(strata, dtype=np.int64))


def settled(sums: Sums) -> Sums:
    """The same sums with every carry carried."""
    limbs = sums.limbs
    if (np.abs(limbs[:, -1]) > _LAST_LIMB).any():
        limbs = np.concatenate([limbs, np.zeros((len(limbs), 1), dtype=np.int64)], axis=1)
    for place in range(limbs.shape[1] - 1):
        limbs[:, place + 1] += limbs[:, place] >> LIMB_BITS
        limbs[:, place] &= LIMB_MASK
    return replace(sums, limbs=limbs)


def _whole(limbs: Sequence[int]) -> int:
    """The number that a line of limbs stands for, in units of the first of them."""
    found = 0
    for limb in reversed(limbs):
        found = (found << LIMB_BITS) + limb
    return found
