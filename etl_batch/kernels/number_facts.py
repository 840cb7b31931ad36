"""Numbers side by side: their least, their most, their exact sum, in loops that the compiler makes vectors of.

A float is split at a power of two into the bits above it and the rest, by adding what rounds them off (Demmel and
Nguyen, "Fast reproducible floating-point summation", 2013). The bits above are then whole numbers, which add up without
rounding; so do, once more, those of the rest. What a third time would be left for is added up one by one.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined, outlined
from etl_batch.kernels.fact_fields import LEAST, LIMBS_AT, MOST, ODD
from etl_batch.kernels.machine import float_bits, float_from_bits, load, load_item, never_inline, store
from etl_batch.kernels.measures import add_float, add_to
from etl_batch.kernels.numbers_text import U

_LEAST, _MOST, _LIMBS_AT, _ODD = U(8 * LEAST), U(8 * MOST), U(8 * LIMBS_AT), U(8 * ODD)
_LOW_BITS, _LIMB, _WORD = U(0xFFFFFFFF), U(32), U(8)
_LOW_HALF, _HALF_BITS = np.int32(0xFFFF), np.int32(16)
_ALL_BUT_SIGN = np.int64(2**63 - 1)
_MAGNITUDE = U(2**63 - 1)
_INFINITE = np.int64(0x7FF0000000000000)
_FRACTION_BITS, _HALF = U(52), U(1 << 51)
_SIGN, _ADDS_UP = U(1 << 63), U(1 << 53)  #: so many as a block has that are smaller fit into 64 bits together
_SPLIT_BITS = U(51)  #: that one splitting takes
_LOWEST, _HIGHEST = U(50), U(2044)  #: exponents of the largest number for which both splitting numbers exist


@inlined
def ordered(bits: np.int64) -> np.int64:
    """The bits of a float as a whole number in the order of the floats; the same gives them back."""
    return bits ^ ((bits >> np.int64(63)) & _ALL_BUT_SIGN)


@inlined
def _add_shifted(limbs: np.uint64, places: np.uint64, value: np.int64) -> None:
    """Add a whole number times 2^places, in units of the first limb."""
    at, shift = limbs + (places >> U(5)) * _WORD, places & U(31)
    low = (U(value) & _LOW_BITS) << shift
    high = (value >> np.int64(32)) << np.int64(shift)
    add_to(at, np.int64(low & _LOW_BITS))
    add_to(at + _WORD, np.int64(low >> _LIMB) + np.int64(U(high) & _LOW_BITS))
    add_to(at + U(16), high >> np.int64(32))


@inlined
def note_narrow(line: np.uint64, numbers: np.uint64, count: np.uint64, flip: np.int32) -> None:
    """Take whole numbers of 32 bits into account.

    Args:
        line: address of the facts of their column.
        numbers: address of the first.
        count: how many, from 1 to 1024: as many halves of them add up in 32 bits.
        flip: 0: they have a sign; -2^31: they have none.
    """
    least, most, low, high = np.int32(2**31 - 1), np.int32(-(2**31)), np.int32(0), np.int32(0)
    for place in range(count):
        value = np.int32(load_item(numbers, U(place), np.int32) ^ flip)
        least, most = min(least, value), max(most, value)
        low = np.int32(low + (value & _LOW_HALF))  # Numba adds in 64 bits
        high = np.int32(high + (value >> _HALF_BITS))
    more, total = -np.int64(flip), (np.int64(high) << np.int64(16)) + np.int64(low)
    store(line + _LEAST, min(load(line + _LEAST, np.int64), np.int64(least) + more))
    store(line + _MOST, max(load(line + _MOST, np.int64), np.int64(most) + more))
    _add_shifted(load(line + _LIMBS_AT, np.uint64), U(0), total + np.int64(count) * more)


@inlined
def note_whole(line: np.uint64, numbers: np.uint64, count: np.uint64, flip: np.uint64) -> None:
    """Take whole numbers of 64 bits into account.

    Args:
        line: address of the facts of their column.
        numbers: address of the first.
        count: how many, at most 1024.
        flip: 0: they have a sign; 2^63: they have none.
    """
    least, most, total = _ALL_BUT_SIGN, -_ALL_BUT_SIGN - np.int64(1), U(0)
    for place in range(count):
        value = U(load_item(numbers, U(place), np.int64))
        in_order = np.int64(value ^ flip)
        least, most = min(least, in_order), max(most, in_order)
        total += value
    limbs, below = load(line + _LIMBS_AT, np.uint64), _ADDS_UP if flip == U(0) else U(0)
    if max((U(least) ^ flip) + below, (U(most) ^ flip) + below) < _ADDS_UP + below:
        _add_shifted(limbs, U(0), np.int64(total))
    else:
        low, high = U(0), U(0)
        for place in range(count):
            value = U(load_item(numbers, U(place), np.int64))
            low += value & _LOW_BITS
            high += (value ^ _SIGN ^ flip) >> _LIMB  # of one with a sign 2^31 too much, so that none is left
        add_to(limbs, np.int64(low))
        add_to(limbs + _WORD, np.int64(high) - (np.int64(count if flip == U(0) else U(0)) << np.int64(31)))
    store(line + _LEAST, U(min(np.int64(load(line + _LEAST, np.uint64) ^ flip), least)) ^ flip)
    store(line + _MOST, U(max(np.int64(load(line + _MOST, np.uint64) ^ flip), most)) ^ flip)


@outlined
def _note_one_by_one(line: np.uint64, numbers: np.uint64, count: np.uint64) -> None:
    """As `note_floats`, of any floats."""
    never_inline()
    limbs = load(line + _LIMBS_AT, np.uint64)
    least, most = load(line + _LEAST, np.int64), load(line + _MOST, np.int64)
    odd = np.int64(0)
    for place in range(count):
        bits = load_item(numbers, U(place), np.int64)
        if bits & _INFINITE == _INFINITE:
            odd += np.int64(1)
        else:
            least, most = min(least, ordered(bits)), max(most, ordered(bits))
            add_float(limbs, U(bits))
    store(line + _LEAST, least)
    store(line + _MOST, most)
    add_to(line + _ODD, odd)


@inlined
def note_floats(line: np.uint64, numbers: np.uint64, count: np.uint64) -> None:
    """Take floats into account.

    Args:
        line: address of the facts of their column; the limbs of its sum begin at 2^-1074.
        numbers: address of the first.
        count: how many, at most 1024.
    """
    least, most = _ALL_BUT_SIGN, -_ALL_BUT_SIGN
    for place in range(count):
        bits = load_item(numbers, U(place), np.int64)
        least, most = min(least, bits), max(most, bits)
    if least < np.int64(0):  # the bits of numbers below zero are in another order
        least, most = _ALL_BUT_SIGN, -_ALL_BUT_SIGN
        for place in range(count):
            value = ordered(load_item(numbers, U(place), np.int64))
            least, most = min(least, value), max(most, value)
    largest = max(U(ordered(least)) & _MAGNITUDE, U(ordered(most)) & _MAGNITUDE)
    exponent = largest >> _FRACTION_BITS
    if largest == U(0):
        store(line + _LEAST, min(load(line + _LEAST, np.int64), least))
        store(line + _MOST, max(load(line + _MOST, np.int64), most))
        return
    if exponent - _LOWEST > _HIGHEST - _LOWEST:
        _note_one_by_one(line, numbers, count)
        return
    first_bits = ((exponent + U(2)) << _FRACTION_BITS) | _HALF
    second_bits = ((exponent + U(2) - _SPLIT_BITS) << _FRACTION_BITS) | _HALF
    first, second = float_from_bits(first_bits), float_from_bits(second_bits)
    above, below, rest = U(0), U(0), U(0)
    for place in range(count):
        value = float_from_bits(U(load_item(numbers, U(place), np.int64)))
        rounded = value + first
        left = value - (rounded - first)
        rounded_left = left + second
        above += float_bits(rounded)
        below += float_bits(rounded_left)
        rest |= float_bits(left - (rounded_left - second)) & _MAGNITUDE
    if rest != U(0):
        _note_one_by_one(line, numbers, count)
        return
    limbs = load(line + _LIMBS_AT, np.uint64)
    _add_shifted(limbs, exponent + U(1), np.int64(above - count * first_bits))
    _add_shifted(limbs, exponent + U(1) - _SPLIT_BITS, np.int64(below - count * second_bits))
    store(line + _LEAST, min(load(line + _LEAST, np.int64), least))
    store(line + _MOST, max(load(line + _MOST, np.int64), most))
