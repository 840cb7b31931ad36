"""Whole numbers of any size as limbs of 32 bits, many at once; and the floats nearest to them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LIMB_BITS = 32
LIMB_MASK = (1 << LIMB_BITS) - 1

Limbs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_EXACT = 1 << 53  #: up to this, every whole number is a float
_SMALLEST = float(np.finfo(np.float64).smallest_normal)


def nearest_floats(limbs: Limbs, twos: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Each number times 2^twos, rounded once to the nearest float, of two the even one.

    Args:
        limbs: shape (numbers, limbs): the lowest first, 0 to 2^32 - 1 but for the last, which has the sign.
        twos: a power of two.

    Returns:
        The floats, and whether each is right: not beyond the range of floats, nor so small that bits are missing.
    """
    if limbs.shape[1] == 1 and ((limbs >= -_EXACT) & (limbs <= _EXACT)).all():
        with np.errstate(over="ignore", under="ignore"):
            found = np.ldexp(limbs[:, 0].astype(np.float64), twos)
        is_too_small = (np.abs(found) < _SMALLEST) & (limbs[:, 0] != 0)
        return found, np.isfinite(found) & ~is_too_small
    is_negative = limbs[:, -1] < 0
    digits = _digits(np.where(is_negative[:, np.newaxis], _negated(limbs), limbs))
    top = np.maximum(digits.shape[1] - 1 - np.argmax(digits[:, ::-1] > 0, axis=1), 2)
    rows = np.arange(len(digits))
    high, middle, low = (digits[rows, top - back].astype(np.uint64) for back in range(3))
    shift = LIMB_BITS - np.frexp(high.astype(np.float64))[1].astype(np.uint64)  # so many of its bits lead with 0
    lost = low << shift & np.uint64(LIMB_MASK)
    any_below = np.logical_or.accumulate(digits > 0, axis=1)[rows, np.maximum(top - 3, 0)] & (top > 2)
    # Of 64 bits the last one stands for all that are lost, as far as rounding to 53 is concerned.
    mantissa = (high << np.uint64(LIMB_BITS) | middle) << shift | low << shift >> np.uint64(LIMB_BITS)
    mantissa |= ((lost > 0) | any_below).astype(np.uint64)
    powers = LIMB_BITS * (top - 1) - shift.astype(np.int64) + twos
    with np.errstate(over="ignore", under="ignore"):
        found = np.ldexp(mantissa.astype(np.float64), powers)
    is_right = np.isfinite(found) & ((found >= _SMALLEST) | (mantissa == 0))
    return np.where(is_negative, -found, found), is_right


def _negated(limbs: Limbs) -> Limbs:
    """The numbers with the other sign, limbs as before."""
    found, carry = ~limbs, np.ones(len(limbs), dtype=np.int64)
    for place in range(limbs.shape[1] - 1):
        column = (found[:, place] & LIMB_MASK) + carry
        found[:, place], carry = column & LIMB_MASK, column >> LIMB_BITS
    found[:, -1] += carry
    return found


def _digits(limbs: Limbs) -> Limbs:
    """Numbers that are not negative, each limb below 2^32, three of them at least."""
    last = limbs[:, -1:]
    columns = [limbs[:, :-1], last & LIMB_MASK, last >> LIMB_BITS]
    nothing = np.zeros((len(limbs), max(2 - limbs.shape[1], 0)), dtype=np.int64)
    return np.concatenate([*columns, nothing], axis=1)
