"""The values of a measure added up for each stratum, nothing rounded."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.exact_sums import Sums, Unit, settled
from etl_batch.estimate.limbs import LIMB_BITS
from etl_batch.kernels.columns import Column, Kind, describe
from etl_batch.kernels.measures import add_measure, float_reach

FLOATS = {Kind.F32, Kind.F64}
_DECIMALS = {Kind.DECIMAL_64, Kind.DECIMAL_128}
_LOWEST_BIT = -1074  #: of a float, as a power of two
_WHOLE_LIMBS = 6  #: a decimal of 128 bits, and what many of them add up to

Codes = npt.NDArray[np.uint32]  # shape (rows,): each row's stratum


def sums_of(column: Column, codes: Codes, strata: int) -> Sums:
    """The sums of a measure for each stratum; a null is 0.

    Args:
        column: of a kind of numbers.
        codes: each row's stratum.
        strata: how many there are.
    """
    table = describe([column])[0]
    first, limbs_needed = 0, _WHOLE_LIMBS
    if column.kind in FLOATS:
        reach = np.array([2**11, 1], dtype=np.uint64)
        float_reach(table, len(codes), reach)
        lowest, highest = max(int(reach[0]), 1) - 1, int(reach[1]) - 1
        first = min(lowest, highest) >> 5
        limbs_needed = (highest >> 5) - first + 4
    limbs = np.zeros((strata, limbs_needed), dtype=np.int64)
    most, odd = np.full(strata, -np.inf), np.zeros(strata, dtype=np.int64)
    add_measure(table, codes, first, limbs, most, odd)
    return settled(Sums(unit_of(column), first, limbs, most, odd))


def wide_sums(
    words: npt.NDArray[np.int64], valid: npt.NDArray[np.bool_] | None, scale: int, codes: Codes, strata: int
) -> Sums:
    """The sums of decimals of more than 128 bits; which value is the largest is not looked for.

    Args:
        words: shape (rows, words): each value, the lowest word first.
        valid: shape (rows,): False where the value is null; None: nowhere.
        scale: digits behind the point.
        codes: each row's stratum.
        strata: how many there are.
    """
    halves = np.ascontiguousarray(words).view(np.uint32)
    columns = [halves[:, place].astype(np.int64) for place in range(halves.shape[1] - 1)]
    columns.append(words[:, -1] >> LIMB_BITS)  # with the sign
    limbs = np.zeros((strata, len(columns)), dtype=np.int64)
    for place, column in enumerate(columns):
        np.add.at(limbs[:, place], codes, column if valid is None else np.where(valid, column, 0))
    return settled(Sums(Unit(tens=-scale), 0, limbs, np.full(strata, -np.inf), np.zeros(strata, dtype=np.int64)))


def unit_of(column: Column) -> Unit:
    """What the lowest bit of a sum of the column is worth."""
    if column.kind in FLOATS:
        return Unit(twos=_LOWEST_BIT)
    return Unit(tens=-column.extra if column.kind in _DECIMALS else 0)
