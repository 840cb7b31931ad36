"""The slow, obvious twins of the compiled kernels: the standard library does the work, one value at a time."""

from __future__ import annotations

import math
import struct
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np

from etl_batch.cell_escape import csv_cell
from etl_batch.layouts.layout import Field, Layout
from tests.helpers import numerals

#: a field's value; None is null. Dates are days, timestamps ticks, decimals their unscaled integer.
Value = int | float | str | bytes | None

TICKS_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
DECIMALS = ("decimal", "packed", "zoned")


class BadValue(ValueError):
    """A value that its type does not allow."""


def float64_text(value: float) -> str:
    """The shortest text that reads back as the same 64-bit float."""
    return "NaN" if math.isnan(value) else repr(value)


def float32_text(bits: int) -> str:
    """The shortest text that reads back as the same 32-bit float, laid out as Python lays out its own floats."""
    value = np.array([bits], dtype=np.uint32).view(np.float32)[0]
    return "NaN" if np.isnan(value) else repr(float(np.format_float_scientific(value, unique=True)))


def integer_text(value: int) -> str:
    """All digits of an integer."""
    return str(value)


def scaled(value: int, scale: int) -> Decimal:
    """The decimal of that many digits after the point; exact, whatever the context's precision is."""
    return Decimal((int(value < 0), tuple(map(int, str(abs(value)))), -scale))


def decimal_text(value: int, scale: int) -> str:
    """An unscaled integer with its point, never with an exponent."""
    return format(scaled(value, scale), "f")


def bool_text(value: int) -> str:
    """A stored bool."""
    return {0: "false", 1: "true"}[value]


def date_text(days: int) -> str:
    """Days from 1970-01-01 as an ISO date."""
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


def timestamp_text(ticks: int, per_second: int) -> str:
    """Ticks from 1970-01-01 as an ISO timestamp in UTC: nine decimals for nanoseconds, else six."""
    seconds, fraction = divmod(ticks, per_second)
    moment = datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001 - plain calendar arithmetic
    decimals = 9 if per_second == 10**9 else 6
    return f"{moment.isoformat()}.{fraction * 10**decimals // per_second:0{decimals}d}Z"


def is_utf8(raw: bytes) -> bool:
    """Whether Python's own decoder takes the bytes."""
    try:
        raw.decode("utf-8", "strict")
    except UnicodeDecodeError:
        return False
    return True


def trimmed(padded: str) -> str:
    """A text without its trailing NULs; where there are none, without its trailing blanks."""
    without_nuls = padded.rstrip("\0")
    return without_nuls if without_nuls != padded else padded.rstrip(" ")


def packed_value(raw: bytes, digits_end: int = -1) -> int:
    """COBOL COMP-3: digits, and a sign of A to F at the end; B and D are negative."""
    digits, sign = raw.hex()[:digits_end], raw.hex()[-1]
    if not digits.isdecimal() or sign not in "abcdef":
        raise BadValue(raw.hex())
    return -int(digits) if sign in "bd" else int(digits)


def zoned_value(raw: bytes, *, ebcdic: bool) -> int:
    """A zoned decimal: one digit a byte, the sign in the last one."""
    plus, minus = _zoned_last_places(ebcdic=ebcdic)
    front = [b"\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9" if ebcdic else b"0123456789"] * (len(raw) - 1)
    places = [digits.find(byte) for digits, byte in zip(front, raw, strict=False)]
    negative = raw[-1] in minus
    if raw[-1] not in plus + minus or -1 in places:
        raise BadValue(raw.hex())
    last = (minus if negative else plus).index(raw[-1]) % 10
    magnitude = int("".join(map(str, [*places, last])))
    return -magnitude if negative else magnitude


def zoned_with_sign(field: Field, raw: bytes) -> int:
    """A zoned decimal whose sign is over its first digit, or a character of its own."""
    ebcdic = "0".encode(field.encoding) == b"\xf0"
    plain = b"\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9" if ebcdic else b"0123456789"
    if field.sign == "leading":
        plus, minus = _zoned_last_places(ebcdic=ebcdic)
        if raw[0] not in plus + minus:
            raise BadValue(raw.hex())
        negative = raw[0] in minus
        raw = plain[(minus if negative else plus).index(raw[0]) % 10 :][:1] + raw[1:]
    else:
        mark = raw[:1] if field.sign == "leading separate" else raw[-1:]
        plus_mark, minus_mark = (b"\x4e", b"\x60") if ebcdic else (b"+", b"-")
        if mark not in {plus_mark, minus_mark}:
            raise BadValue(raw.hex())
        negative = mark == minus_mark
        raw = raw[1:] if field.sign == "leading separate" else raw[:-1]
    if any(byte not in plain for byte in raw):
        raise BadValue(raw.hex())
    magnitude = int("".join(str(plain.index(byte)) for byte in raw))
    return -magnitude if negative else magnitude


def ibm_value(raw: bytes) -> float:
    """A hexadecimal float, exactly and then as the nearest of 64 bits."""
    fraction = Fraction(int.from_bytes(raw[1:]), 1 << 8 * len(raw) - 8)
    value = float(fraction * Fraction(16) ** (raw[0] % 128 - 64))
    return -value if raw[0] >= 128 else value


def ibm_bytes(value: float, length: int) -> bytes:
    """The hexadecimal float that is next to a value, towards 0."""
    power, rest = 64, Fraction(abs(value))
    while rest >= 1:
        power, rest = power + 1, rest / 16
    while 0 < rest < Fraction(1, 16) and power > 0:
        power, rest = power - 1, rest * 16
    sign = 128 if math.copysign(1, value) < 0 else 0
    return bytes([sign + min(power, 127)]) + int(rest * (1 << 8 * length - 8)).to_bytes(length - 1)


def _zoned_last_places(*, ebcdic: bool) -> tuple[bytes, bytes]:
    """What the last byte may be, positive and negative, each run of ten from digit 0 to 9."""
    if ebcdic:
        runs = {zone: bytes(range(zone, zone + 10)) for zone in (0xA0, 0xB0, 0xC0, 0xD0, 0xE0, 0xF0)}
        return runs[0xA0] + runs[0xC0] + runs[0xE0] + runs[0xF0], runs[0xB0] + runs[0xD0]
    return b"0123456789{ABCDEFGHI", b"}JKLMNOPQRpqrstuvwxy"


def field_value(field: Field, raw: bytes) -> Value:
    """What a field's bytes mean.

    Raises:
        BadValue: its type does not allow them.
    """
    if field.nulls or (field.text and isinstance(field.null, str)):
        return numerals.value_beside_nulls(field, raw, lambda one: field_value(one, raw))
    if isinstance(field.null, bytes):
        return None if raw == field.null else come_out(field, stored_value(field, raw))
    value = stored_value(field, raw)
    if field.null is None:
        return come_out(field, value)
    if isinstance(field.null, float) and math.isnan(field.null):
        return None if isinstance(value, float) and math.isnan(value) else value
    null = field.null
    if field.type == "f32" and not field.ibm and isinstance(null, float):
        null = float(np.float32(null))
    return None if value == null else come_out(field, value)


def come_out(field: Field, value: Value) -> Value:
    """A stored number as what it stands for, with zeros that are not stored, in the type that it comes out as.

    Raises:
        BadValue: that does not hold it; or it has more digits than its picture, which may not be.
    """
    if not isinstance(value, int) or field.text or field.type in {"date", "timestamp", "bool"}:
        return value
    if field.within_digits and abs(value) >= 10 ** (field.whole_digits or 0):
        raise BadValue(value)
    number = value * int(10 ** max(-field.scale, 0))
    bits = {"i32": 31, "i64": 63}.get(field.comes_out) if field.comes_out != field.type else None
    if bits is not None and not -(2**bits) <= number < 2**bits:
        raise BadValue(value)
    return number


def stored_value(field: Field, raw: bytes) -> Value:
    """As `field_value`, whatever the null is."""
    return _numeral(field, raw) if field.text else _stored(field, raw)


def _numeral(field: Field, raw: bytes) -> Value:
    if field.blank_is_zero and raw == " ".encode(field.encoding) * field.length:
        return 0.0 if field.type == "f64" else 0
    number = numerals.numeral_value(field, raw)
    if number is None:
        raise BadValue(raw.hex())
    return number


def _stored(field: Field, raw: bytes) -> Value:
    order = ">" if field.big_endian else "<"
    if field.type == "bytes":
        return raw
    if field.type == "str":
        return _text(raw, field)
    if field.type == "packed":
        return packed_value(raw) if field.signed else packed_value(raw + b"\x0c", digits_end=-2)
    if field.type == "zoned":
        is_ebcdic = "0".encode(field.encoding) == b"\xf0"
        return zoned_value(raw, ebcdic=is_ebcdic) if field.sign == "trailing" else zoned_with_sign(field, raw)
    if field.type in {"f32", "f64"}:
        value: float = struct.unpack(order + {"f32": "f", "f64": "d"}[field.type], raw)[0]
        return ibm_value(raw[:: 1 if field.big_endian else -1]) if field.ibm else value
    signed = field.type[0] == "i" or field.type in {"date", "timestamp"} or (field.type == "decimal" and field.signed)
    number = int.from_bytes(raw, "big" if field.big_endian else "little", signed=signed)
    return number if _is_null(field, number) else _checked(field, number)


def _is_null(field: Field, number: int) -> bool:
    return isinstance(field.null, int) and number == field.null


def _checked(field: Field, number: int) -> int:
    try:
        _number_text(field, number)
    except (OverflowError, KeyError):
        raise BadValue(number) from None
    return number


def _text(raw: bytes, field: Field) -> str:
    try:
        whole = raw.decode(field.encoding)
        if field.trim == "none":
            return whole
        return trimmed(whole).lstrip(" ") if field.trim == "both" else trimmed(whole)
    except UnicodeDecodeError:
        raise BadValue(raw.hex()) from None


def _number_text(field: Field, number: int) -> str:
    if field.type == "date":
        return date_text(number)
    if field.type == "timestamp":
        return timestamp_text(number, TICKS_PER_SECOND[field.unit])
    if field.type == "bool":
        return bool_text(number)
    return decimal_text(number, field.scale) if field.type in DECIMALS and field.scale > 0 else integer_text(number)


def value_cell(field: Field, value: Value) -> str:
    """A value as its CSV cell."""
    if value is None:
        return csv_cell(None)
    if isinstance(value, str):
        return csv_cell(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, int):
        return _number_text(field, value)
    if field.type == "f64" or field.ibm:
        return float64_text(value)
    return "NaN" if math.isnan(value) else float32_text(struct.unpack("<I", struct.pack("<f", value))[0])


def record_values(layout: Layout, record: bytes) -> list[Value]:
    """What the fields of a record mean.

    Raises:
        BadValue: one of them is broken.
    """
    return [field_value(field, record[field.offset : field.offset + field.length]) for field in layout.fields]


def record_cells(layout: Layout, record: bytes) -> list[str]:
    """A record as the cells of its CSV line.

    Raises:
        BadValue: a field is broken.
    """
    values = record_values(layout, record)
    return [value_cell(field, value) for field, value in zip(layout.fields, values, strict=True)]
