"""What a cell of a CSV file is, to infer the type of its column.

A column is of integers or floats only if writing its values gives back its bytes: hence "canonical", which is what our
own writers would write. Whatever else reads as a number would lose its look (007, 1.50), and stays a text.
"""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_readings import Class
from etl_batch.kernels.compile import inlined
from etl_batch.kernels.float_text import write_float64
from etl_batch.kernels.formula_starts import is_plain_number
from etl_batch.kernels.machine import load, scratch_kilobyte
from etl_batch.kernels.numbers_text import MINUS, POINT, ZERO, U
from etl_batch.kernels.read_digits import (
    PLUS,
    first_marked,
    has_eight_in_page,
    load_up_to_eight,
    not_digits,
    read_digits,
)
from etl_batch.kernels.read_float import read_float64

EMPTY, INTEGER, NEGATIVE, UNSIGNED, FLOAT, NUMBER, TEXT = (np.uint8(kind) for kind in Class)
_NEGATIVE_INTEGER = np.uint8(INTEGER | NEGATIVE)
_UNSIGNED_INTEGER = np.uint8(INTEGER | UNSIGNED)
_MAY_START = np.array([chr(byte) in "0123456789+-.Ni" for byte in range(256)], dtype=np.uint8)
_NAN, _INF, _MINUS_INF = (U(int.from_bytes(name, "little")) for name in (b"NaN", b"inf", b"-inf"))
_LONGEST_FLOAT = U(25)  #: bytes that `write_float64` writes at most
_CAPITAL, _EXPONENT = np.uint8(0x20), np.uint8(ord("e"))
_LETTERS = np.uint8(65)  #: the first of them
_LARGEST_SIGNED = U(2**63 - 1)
_FOUR_ZEROS = np.uint32(0x30303030)


@inlined
def _integer_class(start: np.uint64, length: np.uint64, negative: bool) -> np.uint8:
    """The class of digits, at most 20, without their sign."""
    if load(start, np.uint8) == ZERO and (length > U(1) or negative):
        return NUMBER
    if length <= U(18):
        return _NEGATIVE_INTEGER if negative else INTEGER
    ok, magnitude = read_digits(start, length)
    if negative:
        return _NEGATIVE_INTEGER if ok and magnitude <= _LARGEST_SIGNED + U(1) else NUMBER
    if ok and magnitude > _LARGEST_SIGNED:
        return _UNSIGNED_INTEGER
    return INTEGER if ok else NUMBER


@inlined
def _pointed_class(start: np.uint64, length: np.uint64, point: np.uint64) -> np.uint8:
    """The class of a point at that place among digits, 15 at most and at least one, without their sign.

    Decimals of up to 15 digits are all different floats: no shorter one can mean the same, so what is left to look at
    are the zeros that `repr` would not write, and the size below which it would write an exponent.
    """
    if point == U(0) or point + U(1) == length:
        return NUMBER
    if load(start + length - U(1), np.uint8) == ZERO and point + U(2) != length:
        return NUMBER
    if load(start, np.uint8) != ZERO:
        return FLOAT
    if point != U(1):
        return NUMBER
    return NUMBER if length > U(6) and load(start + U(2), np.uint32) == _FOUR_ZEROS else FLOAT


@inlined
def _is_named(start: np.uint64, length: np.uint64) -> bool:
    """Whether it is what we write for a float that is not finite."""
    if length == U(3):
        word = load_up_to_eight(start, length)
        return word in (_NAN, _INF)
    return length == U(4) and U(load(start, np.uint32)) == _MINUS_INF


@inlined
def _is_written_so(start: np.uint64, length: np.uint64, value: np.float64) -> bool:
    """Whether we would write the float with the bytes of the cell."""
    out = scratch_kilobyte()
    if write_float64(out, value) - out != length:
        return False
    end = out + length
    differing = U(0)
    while out < end:
        differing |= load_up_to_eight(out, end - out) ^ load_up_to_eight(start, end - out)
        out += U(8)
        start += U(8)
    return differing == U(0)


@inlined
def _rare_class(start: np.uint64, length: np.uint64, negative: bool) -> np.uint8:
    """The class of a cell that none of the short cuts knows."""
    first = load(start, np.uint8)
    if length > _LONGEST_FLOAT:
        return NUMBER if is_plain_number(start, start + length) else TEXT
    digits, count = start + U(negative), length - U(negative)
    if count > U(16):
        ok, _ = read_digits(digits, count)
        if ok:
            return _integer_class(digits, count, negative)
    ok, value = read_float64(start, length)
    if not ok:
        return TEXT
    # The names of what is not finite, which `read_float64` takes in any case, end with a letter; numbers do not.
    if load(start + length - U(1), np.uint8) >= _LETTERS:
        return FLOAT if _is_named(start, length) else TEXT
    if first in (PLUS, POINT):
        return NUMBER
    return FLOAT if _is_written_so(start, length, value) else NUMBER


@inlined
def is_short_integer(start: np.uint64, length: np.uint64) -> bool:
    """Whether an unquoted cell is plainly an INTEGER: seen in a few steps without a branch, for most of them.

    Behind the cell must be a byte that is no digit. Not all are seen here: `classify_cell` sees the rest.
    """
    if not has_eight_in_page(start):
        return False
    word = load(start, np.uint64)
    is_canonical = (word & U(255) != U(ZERO)) | (length == U(1))
    return (first_marked(not_digits(word)) == length) & (length != U(0)) & is_canonical


@inlined
def is_short_float(start: np.uint64, length: np.uint64) -> bool:
    """The same for a FLOAT of at most eight bytes, without a sign."""
    if not has_eight_in_page(start) or length - U(3) > U(5):
        return False
    word = load(start, np.uint64)
    mask = not_digits(word)
    point = first_marked(mask)
    is_pointed = ((word >> ((point & U(7)) << U(3))) & U(255) == U(POINT)) & (
        first_marked(mask & (mask - U(1))) == length
    )
    has_digits = (point != U(0)) & (point + U(1) < length)
    last = (word >> ((length - U(1)) << U(3))) & U(255)
    is_canonical = (last != U(ZERO)) | (point + U(2) == length)
    is_canonical &= (word & U(255) != U(ZERO)) | ((point == U(1)) & (length <= U(6)))
    return is_pointed & has_digits & is_canonical


@inlined
def classify_cell(start: np.uint64, length: np.uint64) -> np.uint8:
    """The class of a cell, its quotes taken off: EMPTY, INTEGER (and more), FLOAT, NUMBER or TEXT."""
    if length == U(0):
        return EMPTY
    first = load(start, np.uint8)
    if _MAY_START[first] == np.uint8(0):
        return TEXT
    if first >= _LETTERS:
        return FLOAT if _is_named(start, length) else TEXT
    negative = first == MINUS
    at, rest = start + U(negative), length - U(negative)
    point = U(0)
    if rest - U(1) < U(8):
        mask = not_digits(load_up_to_eight(at, rest))
        point = first_marked(mask)
        if point == rest:
            return _integer_class(at, rest, negative)
        if first_marked(mask & (mask - U(1))) == rest and load(at + point, np.uint8) == POINT and rest > U(1):
            return _pointed_class(at, rest, point)
    elif rest - U(9) < U(8):
        behind = rest - U(8)
        front = not_digits(load(at, np.uint64))
        # Only the bytes that the first word does not have.
        back = not_digits(load(at + behind, np.uint64)) >> (U(64) - U(8) * behind)
        if front | back == U(0):
            return _integer_class(at, rest, negative)
        alone = (front & (front - U(1))) | (back & (back - U(1))) == U(0) and (front == U(0) or back == U(0))
        point = first_marked(front) if front != U(0) else U(8) + first_marked(back)
        if alone and load(at + point, np.uint8) == POINT:
            return _pointed_class(at, rest, point)
    elif rest > U(16):
        point = first_marked(not_digits(load(at, np.uint64)))
        if point == U(8):
            return _rare_class(start, length, negative)
    if rest == U(0):
        return TEXT
    # Dates, times, house numbers: known by what follows the first digits.
    follower = load(at + point, np.uint8)
    if point > U(0) and follower != POINT and follower | _CAPITAL != _EXPONENT:
        return TEXT
    return _rare_class(start, length, negative)


@inlined
def class_of_listed(start: np.uint64, end: np.uint64, quoted: bool) -> np.uint8:
    """The class of a cell as `csv_listing.listed_cell` has it: in quotes, nothing is a text."""
    if start < end:
        return classify_cell(start, end - start)
    return TEXT if quoted else EMPTY
