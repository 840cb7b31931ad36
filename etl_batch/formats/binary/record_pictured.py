"""Fields that hold digits of a picture, packed, zoned or binary: as integers where those hold them, else decimals."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.formats.binary.record_nulls import is_blank
from etl_batch.formats.binary.records import DecodedField, Flags, Records, column_over, unless_null, valid_rows
from etl_batch.kernels import record_digits
from etl_batch.kernels.columns import Array, Kind
from etl_batch.layouts.layout import LEADING, MOST_I64_DIGITS, TRAILING
from etl_batch.text.numbers import is_number, is_whole_number

if TYPE_CHECKING:
    from etl_batch.layouts.layout import Field

_WORD = 2**64
_WORD_BYTES = 8
_SIGNED_WORD = (-(2**63), 2**63 - 1)
NUMBER_KINDS = {
    "i8": Kind.I8, "i16": Kind.I16, "i32": Kind.I32, "i64": Kind.I64,
    "u8": Kind.U8, "u16": Kind.U16, "u32": Kind.U32, "u64": Kind.U64,
    "f32": Kind.F32, "f64": Kind.F64,
}  # fmt: skip
#: of each type of integers that digits come out as, the least and the largest
_OF_DIGITS = {"i32": (-(2**31), 2**31 - 1), "i64": _SIGNED_WORD}
_PLACES = {TRAILING: "last", LEADING: "first"}


def decode_packed(field: Field, records: Records) -> DecodedField:
    """Two digits in a byte, the sign, where it has one, in the last half."""
    values, bad = _room(field, records)
    record_digits.decode_packed(
        records.address(field), records.stride, field.length, records.rows,
        _form(values) | (record_digits.SIGNED if field.signed else 0), max(-field.scale, 0), values.ctypes.data, bad,
    )  # fmt: skip
    sign = " and a sign of A to F" if field.signed else ""
    return _whole(field, records, values, (bad, f"a packed decimal has digits 0 to 9{sign}"))


def decode_zoned(field: Field, records: Records) -> DecodedField:
    """A digit in a byte, the sign over the last one, or where else it stands."""
    values, bad = _room(field, records)
    is_ebcdic = "0".encode(field.encoding) == b"\xf0"
    form = _form(values) | (record_digits.EBCDIC if is_ebcdic else 0)
    form |= record_digits.LEADING if field.sign.startswith(LEADING) else 0
    form |= record_digits.SEPARATE if field.has_own_sign else 0
    record_digits.decode_zoned(
        records.address(field), records.stride, field.length, records.rows,
        form, _signs(is_ebcdic, apart=field.has_own_sign), max(-field.scale, 0), values.ctypes.data, bad,
    )  # fmt: skip
    where = "a sign of its own" if field.has_own_sign else f"its sign in the {_PLACES[field.sign]} one"
    return _whole(field, records, values, (bad, f"a zoned decimal has digits, and {where}"))


def decode_pictured(field: Field, records: Records) -> DecodedField:
    """A binary number, of a length that no machine has, or of which it is known how many digits are meant."""
    is_signed = field.type[0] == "i" or (field.type == "decimal" and field.signed)
    stored = records.numbers(field, f"{'i' if is_signed else 'u'}{field.length}")
    valid = valid_rows(field, records, stored)
    factor = 10 ** max(-field.scale, 0)
    bad, reason = np.zeros(records.rows, dtype=np.uint8), ""
    if field.within_digits and field.whole_digits is not None:
        most = 10**field.whole_digits - 1
        bad, reason = (
            _beyond(stored, (-most, most)),
            f"the number has more than the {field.whole_digits} digits of its picture",
        )
    if field.comes_out not in {*_OF_DIGITS, "decimal"}:
        dense = stored.astype(f"{field.type[0]}{int(field.type[1:]) // 8}")
        column = column_over(dense, NUMBER_KINDS[field.type], valid=valid)
    elif field.comes_out == "decimal" and stored.dtype.kind == "u" and field.length == _WORD_BYTES:
        wide = np.zeros((records.rows, 2), dtype=np.uint64)
        wide[:, 0] = stored
        column = column_over(wide, Kind.DECIMAL_128, valid=valid, extra=field.scale)
    else:
        least, largest = _OF_DIGITS.get(field.comes_out, _SIGNED_WORD)
        # Divided towards zero, so that all that is within comes to no more than the type holds.
        beyond = _beyond(stored, (-(-least // factor), largest // factor))
        if beyond.any():
            bad, held = bad | beyond, f"{field.comes_out} holds {least} to {largest}"
            reason = f"{reason}; {held}" if reason else held
        values = stored.astype(np.int64) * factor
        kind = NUMBER_KINDS.get(field.comes_out, Kind.DECIMAL_64)
        column = column_over(values, kind, valid=valid, extra=max(field.scale, 0))
    return DecodedField(field, column, partial(unless_null, bad, valid), reason)


def _beyond(values: Array, bounds: tuple[int, int]) -> Flags:
    """1 of those outside of bounds, which may be outside of what the values' type holds."""
    return np.asarray((values < bounds[0]) | (values > bounds[1])).view(np.uint8)


def _room(field: Field, records: Records) -> tuple[Array, Flags]:
    """Where the integers of a field go, of 64 bits each or of 128 in two words, and which of them are bad."""
    digits = field.digits + max(-field.scale, 0)
    shape = records.rows if digits <= MOST_I64_DIGITS else (records.rows, 2)
    return np.empty(shape, dtype=np.int64), np.zeros(records.rows, dtype=np.uint8)


def _form(values: Array) -> int:
    return record_digits.WIDE if values.ndim > 1 else 0


def _whole(field: Field, records: Records, values: Array, check: tuple[Flags, str]) -> DecodedField:
    """Integers that were read from digits: as such, or with the scale of the field."""
    bad, reason = check
    if field.blank_is_zero:
        blank = is_blank(field, records.bytes).view(np.bool_)
        values[blank] = 0
        bad[blank] = 0
    valid = wide_valid(field, records, values, bad) if values.ndim > 1 else narrow_valid(field, records, values, bad)
    if field.comes_out in _OF_DIGITS:
        return _integers_of(field, values, valid, (bad, reason))
    kind = Kind.DECIMAL_128 if values.ndim > 1 else Kind.DECIMAL_64
    column = column_over(
        values.view(np.uint64) if values.ndim > 1 else values, kind, valid=valid, extra=max(field.scale, 0)
    )
    return DecodedField(field, column, partial(unless_null, bad, valid), reason)


def _integers_of(field: Field, values: Array, valid: Flags | None, check: tuple[Flags, str]) -> DecodedField:
    """Integers of 64 or 128 bits in the type that they come out as; what is beyond it is bad."""
    bad, reason = check
    low, high = _OF_DIGITS[field.comes_out]
    narrow = values[:, 0].copy() if values.ndim > 1 else values
    beyond = (narrow < low) | (narrow > high)
    if values.ndim > 1:
        beyond |= values[:, 1] != narrow >> 63
    if beyond.any():
        bad = bad | beyond.view(np.uint8)
        reason = f"{reason}, and {field.comes_out} holds {low} to {high}"
    column = column_over(narrow, NUMBER_KINDS[field.comes_out], valid=valid)
    return DecodedField(field, column, partial(unless_null, bad, valid), reason)


def narrow_valid(field: Field, records: Records, values: Array, bad: Flags) -> Flags | None:
    """As `valid_rows`, of values that were read from digits: what is no number is no null for what is read there."""
    if field.null is None and not field.nulls:
        return None
    valid = valid_rows(field, records, None)
    for null in filter(is_number, (field.null, *field.nulls)):
        but = (values != values.dtype.type(_with_zeros(field, null))).view(np.uint8) | bad
        valid = but if valid is None else valid & but
    return valid


def wide_valid(field: Field, records: Records, values: Array, bad: Flags) -> Flags | None:
    """As `narrow_valid`, of integers of 128 bits in two words."""
    words = values.view(np.uint64)
    valid = valid_rows(field, records, None)
    for null in filter(is_whole_number, (field.null, *field.nulls)):
        number = int(_with_zeros(field, null))
        low, high = number % _WORD, (number >> 64) % _WORD
        but = ((words[:, 0] != low) | (words[:, 1] != high)).view(np.uint8) | bad
        valid = but if valid is None else valid & but
    return valid


def _with_zeros(field: Field, null: float) -> float:
    return null * int(10 ** max(-field.scale, 0))


@cache
def _signs(ebcdic: bool, *, apart: bool) -> Flags:
    """What each byte means that has the sign of a zoned decimal, over its digit or apart from them."""
    table = np.full(256, record_digits.NOT_A_DIGIT, dtype=np.uint8)
    if apart:
        plus, minus = "+-".encode("cp037" if ebcdic else "ascii")
        table[plus], table[minus] = 0, record_digits.NEGATIVE
        return table
    if ebcdic:
        plus_zones, minus_zones = (0xA0, 0xC0, 0xE0, 0xF0), (0xB0, 0xD0)
        zones = plus_zones + minus_zones
        places = [(zone + digit, digit, zone in minus_zones) for zone in zones for digit in range(10)]
    else:  # the sign overpunched as on punched cards, or in bit 6 as most PC compilers do
        places = [(ord("0") + digit, digit, False) for digit in range(10)]
        places += [(ord("{ABCDEFGHI"[digit]), digit, False) for digit in range(10)]
        places += [(ord("}JKLMNOPQR"[digit]), digit, True) for digit in range(10)]
        places += [(ord("p") + digit, digit, True) for digit in range(10)]
    for byte, digit, negative in places:
        table[byte] = digit | (record_digits.NEGATIVE if negative else 0)
    return table
