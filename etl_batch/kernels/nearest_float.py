"""The float nearest to a decimal number, ties to even, for 64 and for 32 bits.

`nearest_bits` is the Eisel-Lemire algorithm (D. Lemire, "Number Parsing at a Gigabyte per Second", 2021): one or two
products with a 128-bit power of five. It is exact for every significand of 64 bits, with no case left over
(N. Mushtak and D. Lemire, "Fast Number Parsing Without Fallback", 2023). A text of more than 19 digits lies between
two such significands; where they do not agree on the float, `settled_bits` compares the text with the number halfway
between the two floats, in exact integers (as in the fast_float library; after W. Clinger, "How to Read Floating Point
Numbers Accurately", 1990).
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.big_integer import compare, multiply_add, multiply_power_of_five, shift_left
from etl_batch.kernels.compile import inlined
from etl_batch.kernels.machine import high_product, leading_zeros, load, scratch_kilobyte
from etl_batch.kernels.numbers_text import POINT, POWERS, ZERO, U

_SMALLEST_POWER = -342  #: times 2^64, and rounded to 64 bits, everything below is zero
_LARGEST_POWER = 308


def _normalised_five(exponent: int) -> int:
    """5^exponent times the power of two that brings it to 128 bits, cut off, but rounded up from -27 to -1."""
    if exponent >= 0:
        power = 5**exponent
        return power << 128 >> power.bit_length()
    divisor = 5**-exponent
    bits = divisor.bit_length()
    # The extra bits are those of the published table: up to 5^27 a rounded-up quotient makes products exact.
    if exponent >= -27:
        return (1 << bits + 127) // divisor + 1
    quotient = (1 << 2 * bits + 128) // divisor + 1
    return quotient >> quotient.bit_length() - 128


_FIVES = [_normalised_five(exponent) for exponent in range(_SMALLEST_POWER, _LARGEST_POWER + 1)]
_FIVE_HIGH = np.array([five >> 64 for five in _FIVES], dtype=np.uint64)
_FIVE_LOW = np.array([five & (2**64 - 1) for five in _FIVES], dtype=np.uint64)

_FRACTION_64, _FRACTION_32 = U(52), U(23)  #: bits of the fraction
_BIAS_64, _BIAS_32 = 1023, 127
_INFINITE_64, _INFINITE_32 = U(0x7FF), U(0xFF)  #: the exponent of what is not finite
_ALL = U(2**64 - 1)
_NINE = np.uint8(ord("9"))

#: Two floats' halfway number has at most 767 digits: of what follows, only whether it is zero matters.
_DIGITS_KEPT = 770
_HALF_SCRATCH = U(512)  #: bytes; 770 digits and the powers beside them stay below 2,700 bits


@inlined
def infinite_bits(single: bool) -> np.uint64:
    """The bits of infinity."""
    return _INFINITE_32 << _FRACTION_32 if single else _INFINITE_64 << _FRACTION_64


@inlined
def nearest_bits(significand: np.uint64, power: np.int64, single: bool) -> np.uint64:
    """The bits of the float nearest to significand * 10^power; that of 32 bits if `single`."""
    if significand == U(0) or power < (-64 if single else _SMALLEST_POWER):
        return U(0)
    if power > (38 if single else _LARGEST_POWER):
        return infinite_bits(single)
    fraction_bits = _FRACTION_32 if single else _FRACTION_64
    zeros = leading_zeros(significand)
    significand <<= zeros
    index = U(power - _SMALLEST_POWER)
    low, high = significand * _FIVE_HIGH[index], high_product(significand, _FIVE_HIGH[index])
    undecided = _ALL >> (fraction_bits + U(3))
    if high & undecided == undecided:
        second = high_product(significand, _FIVE_LOW[index])
        low += second
        high += U(low < second)
    upper = high >> U(63)
    shift = upper + U(61) - fraction_bits
    rounded = high >> shift
    # The logarithm of ten to the base two, times 2^16.
    exponent = ((power * 217706) >> 16) + 63 + np.int64(upper) - np.int64(zeros) + (_BIAS_32 if single else _BIAS_64)
    if exponent <= 0:
        if exponent < -62:
            return U(0)
        rounded >>= U(1 - exponent)
        return (rounded + (rounded & U(1))) >> U(1)  # rounded up to the smallest normal one, its exponent is 1
    if low <= U(1) and rounded & U(3) == U(1) and rounded << shift == high:
        may_tie = (-17 <= power <= 10) if single else (-4 <= power <= 23)
        if may_tie:
            rounded &= ~U(1)
    rounded = (rounded + (rounded & U(1))) >> U(1)
    # The leading bit, or the two that rounding up may have made of it, add to the exponent.
    return min((U(exponent - 1) << fraction_bits) + rounded, infinite_bits(single))


@inlined
def _load_significant(at: np.uint64, end: np.uint64, number: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The significant digits of a text as a big integer: its limbs, and how many digits it has."""
    limbs, count, beyond = U(0), U(0), False
    chunk, chunk_digits = U(0), U(0)
    while at < end:
        byte = load(at, np.uint8)
        at += U(1)
        if byte == POINT or (byte == ZERO and count == U(0)):
            continue
        if byte > _NINE:
            break  # the exponent
        if count == U(_DIGITS_KEPT):
            beyond = beyond or byte != ZERO
            continue
        chunk = chunk * U(10) + U(byte - ZERO)
        chunk_digits += U(1)
        count += U(1)
        if chunk_digits == U(18):
            limbs = multiply_add(number, limbs, POWERS[chunk_digits], chunk)
            chunk, chunk_digits = U(0), U(0)
    limbs = multiply_add(number, limbs, POWERS[chunk_digits], chunk)
    if beyond:
        return multiply_add(number, limbs, U(10), U(1)), count + U(1)
    return limbs, count


@inlined
def settled_bits(start: np.uint64, end: np.uint64, leading: np.int64, bits: np.uint64, single: bool) -> np.uint64:
    """The bits of the float nearest to a text, which lies between the float of the bits and the next larger one.

    Args:
        start: address of the text, behind its sign.
        end: address behind its digits, or behind the whole cell.
        leading: the power of ten of its first digit that is not zero.
        bits: of the lower of the two floats that come into question.
        single: for 32 bits.

    Returns:
        `bits`, or `bits + 1`.
    """
    fraction_bits = _FRACTION_32 if single else _FRACTION_64
    biased = bits >> fraction_bits
    significand = bits - (biased << fraction_bits)
    if biased != U(0):
        significand += U(1) << fraction_bits
        biased -= U(1)
    number = scratch_kilobyte()
    halfway = number + _HALF_SCRATCH
    limbs, digits = _load_significant(start, end, number)
    halfway_limbs = multiply_add(halfway, U(0), U(1), U(2) * significand + U(1))
    power = leading - np.int64(digits) + 1
    # The text is number * 10^power, its rival halfway * 2^half_power; the fives and the twos go where they multiply.
    half_power = np.int64(biased) - np.int64(fraction_bits) - (_BIAS_32 if single else _BIAS_64)
    if power >= 0:
        limbs = multiply_power_of_five(number, limbs, U(power))
    else:
        halfway_limbs = multiply_power_of_five(halfway, halfway_limbs, U(-power))
    if power >= half_power:
        limbs = shift_left(number, limbs, U(power - half_power))
    else:
        halfway_limbs = shift_left(halfway, halfway_limbs, U(half_power - power))
    order = compare(number, limbs, halfway, halfway_limbs)
    return bits + (U(1) if order > 0 or (order == 0 and bits & U(1) != U(0)) else U(0))
