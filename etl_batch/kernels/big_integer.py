"""Unsigned integers of many limbs, at addresses: 64 bits a limb, the lowest first. For rare cases; small, not fast.

Nothing here checks the room: the caller knows how large its numbers can get.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined
from etl_batch.kernels.machine import high_product, load, store
from etl_batch.kernels.numbers_text import U

_LIMB_BYTES = U(8)
_LIMB_BITS = U(64)
_FIVES = np.array([5**exponent for exponent in range(28)], dtype=np.uint64)


@inlined
def multiply_add(at: np.uint64, limbs: np.uint64, factor: np.uint64, more: np.uint64) -> np.uint64:
    """The number times one limb, plus another, in place; returns how many limbs it has now."""
    carry = more
    for index in range(limbs):
        place = at + U(index) * _LIMB_BYTES
        limb = load(place, np.uint64)
        low = limb * factor + carry
        carry = high_product(limb, factor) + U(low < carry)
        store(place, low)
    if carry == U(0):
        return limbs
    store(at + limbs * _LIMB_BYTES, carry)
    return limbs + U(1)


@inlined
def multiply_power_of_five(at: np.uint64, limbs: np.uint64, exponent: np.uint64) -> np.uint64:
    """The number times 5^exponent, in place; returns how many limbs it has now."""
    while exponent > U(0):
        step = min(exponent, U(27))  # 5^27 is the largest power in a limb
        limbs = multiply_add(at, limbs, _FIVES[step], U(0))
        exponent -= step
    return limbs


@inlined
def shift_left(at: np.uint64, limbs: np.uint64, bits: np.uint64) -> np.uint64:
    """The number times 2^bits, in place; returns how many limbs it has now."""
    limbs = multiply_add(at, limbs, U(1) << (bits % _LIMB_BITS), U(0))
    whole = bits // _LIMB_BITS
    index = limbs
    while index > U(0):
        index -= U(1)
        store(at + (index + whole) * _LIMB_BYTES, load(at + index * _LIMB_BYTES, np.uint64))
    for index in range(whole):
        store(at + U(index) * _LIMB_BYTES, U(0))
    return limbs + whole


@inlined
def compare(left: np.uint64, left_limbs: np.uint64, right: np.uint64, right_limbs: np.uint64) -> np.int64:
    """-1, 0 or 1: how the left number, none of them with zeros on top, compares with the right one."""
    if left_limbs != right_limbs:
        return np.int64(1) if left_limbs > right_limbs else np.int64(-1)
    index = left_limbs
    while index > U(0):
        index -= U(1)
        a, b = load(left + index * _LIMB_BYTES, np.uint64), load(right + index * _LIMB_BYTES, np.uint64)
        if a != b:
            return np.int64(1) if a > b else np.int64(-1)
    return np.int64(0)
