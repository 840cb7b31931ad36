"""The values of a measure: added up exactly for each stratum, and read as floats.

A sum is kept as limbs: whole numbers of 32 bits, each in 64 bits with a sign, so that two thousand million values can
be added before one overflows. Nothing is rounded; so no order of adding, and no cut, can change a sum.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.columns import ADDRESS, EXTRA, KIND, STRIDE, VALID, Kind
from etl_batch.kernels.compile import inlined, kernel
from etl_batch.kernels.machine import float_bits, load, store
from etl_batch.kernels.numbers_text import U

_I8, _I16, _I32, _I64 = U(Kind.I8), U(Kind.I16), U(Kind.I32), U(Kind.I64)
_U8, _U16, _U32, _U64 = U(Kind.U8), U(Kind.U16), U(Kind.U32), U(Kind.U64)
_F32, _F64 = U(Kind.F32), U(Kind.F64)
_DECIMAL_64, _DECIMAL_128 = U(Kind.DECIMAL_64), U(Kind.DECIMAL_128)
_KIND, _ADDRESS, _STRIDE, _EXTRA, _VALID = U(KIND), U(ADDRESS), U(STRIDE), U(EXTRA), U(VALID)
_LIMB, _LOW_BITS = U(32), U(0xFFFFFFFF)
_FRACTION, _HIDDEN = U(2**52 - 1), U(2**52)
_NOT_FINITE = U(0x7FF)
_POWERS_OF_TEN = np.array([10.0**power for power in range(39)])
_TWO_TO_64 = 2.0**64


@inlined
def is_null(valid: np.uint64, row: np.uint64) -> bool:
    """Whether a row has no value; see `Column.valid`."""
    return valid != U(0) and load(valid + row, np.uint8) == np.uint8(0)


@inlined
def _float_at(kind: np.uint64, at: np.uint64) -> np.float64:
    return load(at, np.float64) if kind == _F64 else np.float64(load(at, np.float32))


@inlined
def is_signed(kind: np.uint64) -> bool:
    """Whether a whole number of that kind has a sign."""
    return kind <= _I64 or kind == _DECIMAL_64


@inlined
def whole_at(kind: np.uint64, at: np.uint64) -> np.uint64:
    """A whole number of up to 64 bits, its sign extended."""
    if kind == _I32:
        return U(np.int64(load(at, np.int32)))
    if kind in (_I64, _U64, _DECIMAL_64, _DECIMAL_128):
        return load(at, np.uint64)
    if kind == _U32:
        return U(load(at, np.uint32))
    if kind == _I16:
        return U(np.int64(load(at, np.int16)))
    if kind == _U16:
        return U(load(at, np.uint16))
    if kind == _I8:
        return U(np.int64(load(at, np.int8)))
    return U(load(at, np.uint8))


@inlined
def read_measure(column: np.ndarray, row: np.uint64) -> np.float64:
    """A value as a float, null as 0; decimals and wide integers come rounded."""
    if is_null(column[_VALID], row):
        return 0.0
    return measure_at(column[_KIND], column[_EXTRA], column[_ADDRESS] + row * column[_STRIDE])


@inlined
def measure_at(kind: np.uint64, extra: np.uint64, at: np.uint64) -> np.float64:
    """The value at an address, as `read_measure` has it."""
    if kind in (_F64, _F32):
        return _float_at(kind, at)
    low = whole_at(kind, at)
    if kind == _DECIMAL_128:
        high = load(at + U(8), np.uint64)
        is_negative = np.int64(high) < 0
        if is_negative:  # by its magnitude: a small one would be lost beside 2^64
            low = U(0) - low
            high = ~high + U(low == U(0))
        whole = np.float64(high) * _TWO_TO_64 + np.float64(low)
        if is_negative:
            whole = -whole
    elif is_signed(kind):
        whole = np.float64(np.int64(low))
    else:
        whole = np.float64(low)
    if kind in (_DECIMAL_64, _DECIMAL_128):
        return whole / _POWERS_OF_TEN[extra]
    return whole


@inlined
def _reaches(how: tuple[np.uint64, ...], at: np.uint64, rows: np.uint64, threshold: np.float64) -> bool:
    kind, extra, stride = how
    found = False
    for _ in range(rows):
        found |= abs(measure_at(kind, extra, at)) >= threshold
        at += stride
    return found


@inlined
def any_reaches(column: np.ndarray, row: np.uint64, rows: np.uint64, threshold: np.float64) -> bool:
    """Whether any of so many values, from a row on, reaches the threshold, its sign taken off.

    What lies where a value is null counts, too: the answer may be yes where it should be no, never the other way round.

    Args:
        column: shape (5,): a line of `columns.describe`, of a kind of numbers.
        row: the first one.
        rows: how many.
        threshold: finite or not.
    """
    kind, extra, stride = column[_KIND], column[_EXTRA], column[_STRIDE]
    at = column[_ADDRESS] + row * stride
    if kind == _F64 and stride == U(8):  # what most columns are gets a loop of its own
        return _reaches((_F64, U(0), U(8)), at, rows, threshold)
    if kind == _I64 and stride == U(8):
        return _reaches((_I64, U(0), U(8)), at, rows, threshold)
    return _reaches((kind, extra, stride), at, rows, threshold)


@kernel("void(uint64[::1], uint64, uint64[::1])")
def float_reach(column: np.ndarray, rows: np.uint64, reach: np.ndarray) -> None:
    """Between which exponents the values lie of a column of floats.

    Args:
        column: shape (5,): a line of `columns.describe`.
        rows: how many.
        reach: shape (2,): the smallest biased exponent of a value that is neither 0 nor null, and the largest of those
            that are finite; made to hold these, too.
    """
    smallest, largest = reach[U(0)], reach[U(1)]
    kind, at, stride = column[_KIND], column[_ADDRESS], column[_STRIDE]
    for row in range(rows):
        bits = float_bits(_float_at(kind, at)) << U(1)
        exponent = bits >> U(53)
        if bits != U(0) and exponent != _NOT_FINITE and not is_null(column[_VALID], U(row)):
            smallest = min(smallest, exponent)
            largest = max(largest, exponent)
        at += stride
    reach[U(0)], reach[U(1)] = smallest, largest


@inlined
def float_limbs(bits: np.uint64) -> tuple[np.uint64, np.int64, np.int64, np.int64]:
    """A finite float as what is added to three limbs in a row; and which is the first, from that of 2^-1074 on."""
    exponent = (bits >> U(52)) & _NOT_FINITE
    fraction = bits & _FRACTION
    place = U(0)
    if exponent != U(0):
        fraction |= _HIDDEN
        place = exponent - U(1)
    shift = place & U(31)
    rest = fraction >> (_LIMB - shift)
    sign = np.int64(bits) >> np.int64(63)  # 0, or -1: then `^ sign - sign` is the number with the other sign
    low = (np.int64((fraction << shift) & _LOW_BITS) ^ sign) - sign
    middle, high = (np.int64(rest & _LOW_BITS) ^ sign) - sign, (np.int64(rest >> _LIMB) ^ sign) - sign
    return place >> U(5), low, middle, high


@inlined
def add_to(at: np.uint64, value: np.int64) -> None:
    """Add to the number at an address."""
    store(at, load(at, np.int64) + value)


@inlined
def add_float(limbs: np.uint64, bits: np.uint64) -> None:
    """Add a finite float to the limbs at an address, the first of which begins at 2^-1074."""
    place, low, middle, high = float_limbs(bits)
    at = limbs + place * U(8)
    add_to(at, low)
    add_to(at + U(8), middle)
    add_to(at + U(16), high)


@inlined
def _add_float(limbs: np.ndarray, code: np.uint64, first: np.uint64, bits: np.uint64) -> None:
    place, low, middle, high = float_limbs(bits)
    limb = place - first
    limbs[code, limb] += low
    limbs[code, limb + U(1)] += middle
    limbs[code, limb + U(2)] += high


@inlined
def _add_rows(
    how: tuple[np.uint64, ...], at: np.uint64, codes: np.ndarray, first: np.uint64, sums: tuple[np.ndarray, ...]
) -> None:
    """See `add_measure`; `how` is kind, extra, stride and valid of the column, `sums` are limbs, most and odd."""
    kind, extra, stride, valid = how
    limbs, most, odd = sums
    is_float = kind in (_F64, _F32)
    for index in range(len(codes)):
        row = U(index)
        code = U(codes[row])
        here = at
        at += stride
        if is_null(valid, row):
            continue
        if is_float:
            value = _float_at(kind, here)
            bits = float_bits(value)
            if (bits >> U(52)) & _NOT_FINITE == _NOT_FINITE:
                odd[code] += 1
                continue
            _add_float(limbs, code, first, bits)
        else:
            whole = whole_at(kind, here)
            limbs[code, U(0)] += np.int64(whole & _LOW_BITS)
            if kind == _DECIMAL_128:
                high = load(here + U(8), np.uint64)
                limbs[code, U(1)] += np.int64(whole >> _LIMB)
                limbs[code, U(2)] += np.int64(high & _LOW_BITS)
                limbs[code, U(3)] += np.int64(high) >> np.int64(32)
            elif is_signed(kind):
                limbs[code, U(1)] += np.int64(whole) >> np.int64(32)
            else:
                limbs[code, U(1)] += np.int64(whole >> _LIMB)
            value = measure_at(kind, extra, here)
        most[code] = max(most[code], value)


@kernel("void(uint64[::1], uint32[::1], uint64, int64[:, ::1], float64[::1], int64[::1])")
def add_measure(
    column: np.ndarray, codes: np.ndarray, first: np.uint64, limbs: np.ndarray, most: np.ndarray, odd: np.ndarray
) -> None:
    """Add up the values of each stratum; null is 0.

    Args:
        column: shape (5,): a line of `columns.describe`, of a kind of numbers.
        codes: shape (rows,): each row's stratum.
        first: the place of the first limb, in units of 32 bits; 0 but for floats, whose lowest bit is 2^-1074.
        limbs: shape (strata, limbs): added to. They must hold every value, and one more at the upper end.
        most: shape (strata,): the largest value of each; raised.
        odd: shape (strata,): how many values are not finite, which are left out of both; added to.
    """
    kind, extra, stride, valid = column[_KIND], column[_EXTRA], column[_STRIDE], column[_VALID]
    at = column[_ADDRESS]
    sums = (limbs, most, odd)
    if kind == _F64 and stride == U(8) and valid == U(0):  # what most columns are gets a loop of its own
        _add_rows((_F64, U(0), U(8), U(0)), at, codes, first, sums)
    elif kind == _I64 and stride == U(8) and valid == U(0):
        _add_rows((_I64, U(0), U(8), U(0)), at, codes, first, sums)
    else:
        _add_rows((kind, extra, stride, valid), at, codes, first, sums)
