"""What stands for null in a field: read from what the layout says to what is stored."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.layout import BLANK, FILLS, MAX_DECIMAL_DIGITS, SCALED, Field, Layout, Null, changed_fields
from etl_batch.layouts.toml_values import shown
from etl_batch.text.numbers import is_number, is_whole_number

_F32_OVERFLOW = 3.4028235677973366e38  #: from here on, a 64-bit float rounds to infinity in 32 bits
_MOST_NULLS = 100


def with_nulls(entry: Mapping[str, Any], field: Field, here: str) -> Field:
    """The field with what stands in it for null, by the keys `null` and `nulls` of its TOML.

    Args:
        entry: of the field, as TOML has it.
        field: without its nulls yet.
        here: which field that is, for messages.

    Raises:
        LayoutInvalid: no value of the field can be one of them.
    """
    nulls = entry.get("nulls", [])
    if not isinstance(nulls, list) or len(nulls) > _MOST_NULLS:
        raise LayoutInvalid(f"{here} has nulls {shown(nulls)}; give a list of up to {_MOST_NULLS}")
    further = tuple(one if _is_fill(one) else stored_null(one, field, here) for one in nulls)
    if any(isinstance(one, str) and not one.strip(" ") for one in further):
        raise LayoutInvalid(f"{here} has blanks among its nulls; the word for them is {BLANK!r}")
    null = stored_null(entry["null"], field, here) if "null" in entry else None
    return replace(field, null=null, nulls=further)


def with_blank_nulls(layout: Layout) -> Layout:
    """The layout with blanks as null in every number of characters or of packed digits, as `--blank null` says."""
    return replace(layout, fields=changed_fields(layout.fields, _with_blank_null))


def _with_blank_null(field: Field) -> Field:
    if not (field.text or field.stored_type in {"packed", "zoned"}) or BLANK in field.nulls:
        return field
    return replace(field, nulls=(BLANK, *field.nulls))


def _is_fill(value: object) -> bool:
    return isinstance(value, str) and value in FILLS


def stored_null(value: Any, field: Field, here: str) -> Null:  # noqa: ANN401 - any TOML value
    """What stands in the field for null: a stored number, a text or raw bytes.

    Args:
        value: as TOML has it.
        field: without its nulls yet.
        here: which field that is, for messages.

    Raises:
        LayoutInvalid: no value of the field can be that.
    """
    if field.type == "str":
        if not isinstance(value, str):
            raise LayoutInvalid(f"{here} has null {shown(value)}; a str field takes a text")
        return _encodable(value, field, here)
    if isinstance(value, str) and (value.startswith("0x") or field.type == "bytes"):
        return _raw_null(value, field, here)
    if field.text and isinstance(value, str) and not _is_decimal(value):
        return _encodable(value.strip(" "), field, here)
    if field.type in {"f32", "f64"} and (is_number(value) or field.text):
        return _float_null(value, field, here)
    if field.type in SCALED:
        return _scaled_null(value, field, here)
    if field.text and isinstance(value, str):
        value = _whole_of(value)
    if field.type == "bytes" or not is_whole_number(value):
        raise LayoutInvalid(f'{here} has null {shown(value)}; give the stored number, or the raw bytes as "0x..."')
    low, high = whole_range(field)
    if not low <= value <= high:
        room = f"does not fit into {field.length} bytes" if not field.text else f"is not from {low} to {high}"
        raise LayoutInvalid(f"{here} has null {shown(value)}, which {room}")
    return value


def whole_range(field: Field) -> tuple[int, int]:
    """The least and the largest whole number of a field."""
    signed = field.type.startswith("i") or field.type in {"timestamp", "date"}
    bits = int(field.type[1:]) if field.text else 8 * field.length
    return (-(2**bits) // 2, 2**bits // 2 - 1) if signed else (0, 2**bits - 1)


def _encodable(value: str, field: Field, here: str) -> str:
    try:
        value.encode(field.encoding)
    except UnicodeError:
        raise LayoutInvalid(f"{here} has null {shown(value)}, which {field.encoding} cannot write") from None
    if field.text and not 0 < len(value) <= field.length:
        raise LayoutInvalid(f"{here} has null {shown(value)}; give 1 to {field.length} characters")
    return value


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except (ArithmeticError, ValueError):
        return False


def _whole_of(text: str) -> int | str:
    number = Decimal(text)
    is_whole = number.adjusted() < MAX_DECIMAL_DIGITS and number == number.to_integral_value()
    return int(number) if is_whole else text


def _raw_null(value: str, field: Field, here: str) -> bytes:
    try:
        raw = bytes.fromhex(value.removeprefix("0x"))
    except ValueError:
        raise LayoutInvalid(f"{here} has null {shown(value)}, which is not hexadecimal") from None
    if len(raw) != field.length:
        raise LayoutInvalid(f"{here} has a null of {len(raw)} bytes; the field has {field.length}")
    return raw


def _float_null(value: float | str, field: Field, here: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        raise LayoutInvalid(f"{here} has null {shown(value)}, which is beyond a 64-bit float") from None
    if field.type == "f32" and not field.ibm and math.isfinite(number) and abs(number) >= _F32_OVERFLOW:
        raise LayoutInvalid(f"{here} has null {number}, which is beyond a 32-bit float")
    return number


def _scaled_null(value: object, field: Field, here: str) -> int:
    """The stored, scaled integer of a null that is written as the number a reader sees."""
    exact = Context(prec=2 * MAX_DECIMAL_DIGITS)
    try:
        if not (is_number(value) or isinstance(value, str)):
            raise InvalidOperation
        scaled = Decimal(str(value), exact).scaleb(field.scale, exact)
        if not scaled.is_finite() or (scaled and scaled.adjusted() >= field.digits) or scaled != int(scaled):
            raise InvalidOperation
        stored = int(scaled)
        low, high = (-(256**field.length) // 2, 256**field.length // 2) if field.signed else (0, 256**field.length)
        if field.type == "decimal" and not field.text and not low <= stored < high:
            raise InvalidOperation
    except (ArithmeticError, ValueError):
        raise LayoutInvalid(
            f"{here} has null {shown(value)}; give a number of {field.digits} digits, {field.scale} after the point, "
            'or its raw bytes as "0x..."'
        ) from None
    return stored
