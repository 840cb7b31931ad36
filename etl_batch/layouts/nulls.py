"""What stands for null in a field: read from what the layout says to what is stored."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.layout import MAX_DECIMAL_DIGITS, SCALED, Field
from etl_batch.layouts.toml_values import shown
from etl_batch.text.numbers import is_number, is_whole_number

_F32_OVERFLOW = 3.4028235677973366e38  #: from here on, a 64-bit float rounds to infinity in 32 bits


def stored_null(entry: Mapping[str, Any], field: Field, here: str) -> str | int | float | bytes:
    """What stands in the field for null: a stored number, a text or raw bytes.

    Args:
        entry: of the field, as TOML has it.
        field: without its null yet.
        here: which field that is, for messages.

    Raises:
        LayoutInvalid: no value of the field can be that.
    """
    value = entry["null"]
    if field.type == "str":
        if not isinstance(value, str):
            raise LayoutInvalid(f"{here} has null {shown(value)}; a str field takes a text")
        try:
            value.encode(field.encoding)
        except UnicodeError:
            raise LayoutInvalid(f"{here} has null {shown(value)}, which {field.encoding} cannot write") from None
        return value
    if isinstance(value, str) and (value.startswith("0x") or field.type == "bytes"):
        return _raw_null(value, field, here)
    if field.type in {"f32", "f64"} and is_number(value):
        return _float_null(value, field, here)
    if field.type in SCALED:
        return _scaled_null(value, field, here)
    if field.type == "bytes" or not is_whole_number(value):
        raise LayoutInvalid(f'{here} has null {shown(value)}; give the stored number, or the raw bytes as "0x..."')
    signed = field.type.startswith("i") or field.type in {"timestamp", "date"}
    low, high = (-(256**field.length) // 2, 256**field.length // 2 - 1) if signed else (0, 256**field.length - 1)
    if not low <= value <= high:
        raise LayoutInvalid(f"{here} has null {shown(value)}, which does not fit into {field.length} bytes")
    return value


def _raw_null(value: str, field: Field, here: str) -> bytes:
    try:
        raw = bytes.fromhex(value.removeprefix("0x"))
    except ValueError:
        raise LayoutInvalid(f"{here} has null {shown(value)}, which is not hexadecimal") from None
    if len(raw) != field.length:
        raise LayoutInvalid(f"{here} has a null of {len(raw)} bytes; the field has {field.length}")
    return raw


def _float_null(value: float, field: Field, here: str) -> float:
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
        if not scaled.is_finite() or scaled.adjusted() >= field.digits or scaled != int(scaled):
            raise InvalidOperation
        stored = int(scaled)
        low, high = (-(256**field.length) // 2, 256**field.length // 2) if field.signed else (0, 256**field.length)
        if field.type == "decimal" and not low <= stored < high:
            raise InvalidOperation
    except (ArithmeticError, ValueError):
        raise LayoutInvalid(
            f"{here} has null {shown(value)}; give a number of {field.digits} digits, {field.scale} after the point, "
            'or its raw bytes as "0x..."'
        ) from None
    return stored
