"""Fields that hold numbers: as the machine has them, as integers with a scale, as packed or zoned digits."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.records import (
    DecodedField,
    Flags,
    Records,
    column_over,
    in_place,
    outside,
    unless_null,
    valid_rows,
)
from etl_batch.kernels import decode
from etl_batch.kernels.columns import Array, Column, Kind
from etl_batch.layouts.layout import LEADING, TRAILING
from etl_batch.text.numbers import is_whole_number

if TYPE_CHECKING:
    from etl_batch.layouts.layout import Field

_WORD_BYTES = 8
_DIGIT = np.uint8(15)
NUMBER_KINDS = {
    "i8": Kind.I8, "i16": Kind.I16, "i32": Kind.I32, "i64": Kind.I64,
    "u8": Kind.U8, "u16": Kind.U16, "u32": Kind.U32, "u64": Kind.U64,
    "f32": Kind.F32, "f64": Kind.F64,
}  # fmt: skip


def decode_number(field: Field, records: Records) -> DecodedField:
    """An integer or a float as the machine has it."""
    if field.ibm:
        return _ibm_float(field, records)
    kind = NUMBER_KINDS[field.type]
    stored = records.numbers(field, f"{field.type[0]}{field.length}")
    valid = valid_rows(field, records, stored)
    if field.big_endian and field.length > 1:
        column = column_over(stored.astype(stored.dtype.newbyteorder("<")), kind, valid=valid)
    else:
        column = in_place(field, records, kind, valid=valid)
    return DecodedField(field, column)


def _ibm_float(field: Field, records: Records) -> DecodedField:
    """A hexadecimal float: a sign, 7 bits of a power of 16, beyond 64, and a fraction (z/Architecture)."""
    stored = records.numbers(field, f"u{field.length}").astype(np.uint64)
    bits = np.uint64(8 * field.length - 8)
    fraction = stored & ((np.uint64(1) << bits) - np.uint64(1))
    power = ((stored >> bits) & np.uint64(0x7F)).astype(np.int32)
    values = np.ldexp(fraction.astype(np.float64), 4 * (power - 64) - np.int32(bits))
    values[(stored >> bits) > np.uint64(0x7F)] *= -1
    return DecodedField(field, column_over(values, Kind.F64, valid=valid_rows(field, records, values)))


def decode_bool(field: Field, records: Records) -> DecodedField:
    """A byte of 0 or 1."""
    stored = records.numbers(field, "u1")
    valid = valid_rows(field, records, stored)
    find = partial(outside, stored, 0, 1, valid)
    return DecodedField(field, in_place(field, records, Kind.BOOL, valid=valid), find, "a bool is 0 or 1", is_seen=True)


def integers(field: Field, records: Records, kind: Kind, dense: type[np.signedinteger[Any]], extra: int = 0) -> Column:
    """A signed integer field as a column of the width that the kernel takes."""
    stored = records.numbers(field, f"i{field.length}")
    valid = valid_rows(field, records, stored)
    if field.length == np.dtype(dense).itemsize and not field.big_endian:
        return in_place(field, records, kind, valid=valid, extra=extra)
    return column_over(stored.astype(dense), kind, valid=valid, extra=extra)


def decode_decimal(field: Field, records: Records) -> DecodedField:
    """An integer with a scale."""
    if field.signed:
        return DecodedField(field, integers(field, records, Kind.DECIMAL_64, np.int64, field.scale))
    stored = records.numbers(field, f"u{field.length}")
    valid = valid_rows(field, records, stored)
    if field.length < _WORD_BYTES:
        return DecodedField(
            field, column_over(stored.astype(np.int64), Kind.DECIMAL_64, valid=valid, extra=field.scale)
        )
    values = np.zeros((records.rows, 2), dtype=np.uint64)
    values[:, 0] = stored
    return DecodedField(field, column_over(values, Kind.DECIMAL_128, valid=valid, extra=field.scale))


def decode_packed(field: Field, records: Records) -> DecodedField:
    """Two digits in a byte, the sign in the last half."""
    values = np.empty((records.rows, 2), dtype=np.uint64)
    bad = np.zeros(records.rows, dtype=np.uint8)
    decode.decode_packed(records.address(field), records.stride, field.length, records.rows, values.ctypes.data, bad)
    return _wide(field, records, values, (bad, "a packed decimal has digits 0 to 9 and a sign of A to F"))


def decode_zoned(field: Field, records: Records) -> DecodedField:
    """A digit in a byte, the sign over the last one, or where else it stands."""
    if field.sign != TRAILING:
        return _zoned_with_sign(field, records)
    values = np.empty((records.rows, 2), dtype=np.uint64)
    bad = np.zeros(records.rows, dtype=np.uint8)
    digits, last_digits = _zones("0".encode(field.encoding) == b"\xf0")
    decode.decode_zoned(
        records.address(field), records.stride, field.length, records.rows, digits, last_digits, values.ctypes.data, bad
    )
    return _wide(field, records, values, (bad, "a zoned decimal has digits, and its sign in the last one"))


def _zoned_with_sign(field: Field, records: Records) -> DecodedField:
    """The digits are read as those of a number without a sign, and the sign is put to it."""
    raw = records.raw(field).copy()  # the file itself may be mapped there
    is_ebcdic = "0".encode(field.encoding) == b"\xf0"
    digits, signs = _zones(is_ebcdic)
    if field.has_own_sign:
        at = 0 if field.sign.startswith(LEADING) else -1
        marks = raw[:, at]
        plus, minus = np.frombuffer("+-".encode("cp037" if is_ebcdic else "ascii"), np.uint8)
        is_minus, is_bad = marks == minus, (marks != plus) & (marks != minus)
        raw = np.ascontiguousarray(np.delete(raw, at, axis=1))
        reason = "a zoned decimal has digits, and a sign of its own"
    else:
        looked_up = signs[raw[:, 0]]
        is_bad, is_minus = looked_up == decode.NOT_A_DIGIT, (looked_up & decode.NEGATIVE) != 0
        raw[:, 0] = np.flatnonzero(digits == 0)[0] + (looked_up & _DIGIT)
        reason = "a zoned decimal has digits, and its sign in the first one"
    values = np.empty((records.rows, 2), dtype=np.uint64)
    bad = np.zeros(records.rows, dtype=np.uint8)
    decode.decode_zoned(
        raw.ctypes.data, raw.shape[1], raw.shape[1], records.rows, digits, digits, values.ctypes.data, bad
    )
    _negate(values, is_minus)
    return _wide(field, records, values, (bad | is_bad.view(np.uint8), reason))


def _negate(values: Array, rows: npt.NDArray[np.bool_]) -> None:
    """Integers of 128 bits in two words, the lower first."""
    low = ~values[rows, 0] + np.uint64(1)
    values[rows, 1] = ~values[rows, 1] + (low == 0)
    values[rows, 0] = low


def _wide(field: Field, records: Records, values: Array, check: tuple[Flags, str]) -> DecodedField:
    bad, reason = check
    valid = wide_valid(field, records, values, bad)
    column = column_over(values, Kind.DECIMAL_128, valid=valid, extra=field.scale)
    return DecodedField(field, column, partial(unless_null, bad, valid), reason)


def wide_valid(field: Field, records: Records, values: Array, bad: Flags) -> Flags | None:
    """As `valid_rows`, of integers of 128 bits in two words: what is no number is no null for the value read there."""
    valid = valid_rows(field, records, None)
    for null in filter(is_whole_number, (field.null, *field.nulls)):
        low, high = null & (2**64 - 1), (null >> 64) & (2**64 - 1)
        but = ((values[:, 0] != low) | (values[:, 1] != high)).view(np.uint8) | bad
        valid = but if valid is None else valid & but
    return valid


@cache
def _zones(ebcdic: bool) -> tuple[Flags, Flags]:
    """What each byte means in a zoned decimal: in front, and in the last place."""
    digits = np.full(256, decode.NOT_A_DIGIT, dtype=np.uint8)
    zone = 0xF0 if ebcdic else 0x30
    digits[zone : zone + 10] = range(10)
    last_digits = digits.copy()
    if ebcdic:
        plus, minus = (0xA0, 0xC0, 0xE0), (0xB0, 0xD0)
        places = [(start + digit, digit, start in minus) for start in plus + minus for digit in range(10)]
    else:  # the sign overpunched as on punched cards, or in bit 6 as most PC compilers do
        places = [(ord("{ABCDEFGHI"[digit]), digit, False) for digit in range(10)]
        places += [(ord("}JKLMNOPQR"[digit]), digit, True) for digit in range(10)]
        places += [(ord("p") + digit, digit, True) for digit in range(10)]
    for byte, digit, negative in places:
        last_digits[byte] = digit | (decode.NEGATIVE if negative else 0)
    return digits, last_digits
