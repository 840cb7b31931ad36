"""Which type of ours holds an item of a copybook, by its USAGE and its PICTURE."""

from __future__ import annotations

from typing import Any

from etl_batch.layouts.copybook.book import Column
from etl_batch.layouts.copybook.entries import Sign, Usage
from etl_batch.layouts.copybook.picture import Category, Picture
from etl_batch.layouts.layout import LEADING, MAX_DECIMAL_DIGITS, MOST_I64_DIGITS, TRAILING
from etl_batch.light_dataclass import dataclass

FLOATS = {Usage.FLOAT: "f32", Usage.DOUBLE: "f64"}
#: those whose bytes are in the order of their machine
OF_THE_MACHINE = {Usage.NATIVE, Usage.INDEX, Usage.POINTER}
NATIONAL = "utf-16-be"
_MOST_PACKED_BYTES = 19
_WIDE = {Category.NATIONAL, Category.DBCS}
_PACKED = {Usage.PACKED, Usage.UNSIGNED_PACKED}


@dataclass(frozen=True, slots=True)
class HowStored:
    """What a book does not say of how its records are stored."""

    encoding: str
    is_native_big: bool = True  #: whether COMP-5 has its highest byte first, as on z/OS
    has_ibm_floats: bool = True  #: whether floats are hexadecimal, as on z/OS
    are_floats_big: bool = True
    is_blank_null: bool = False  #: whether a number that is all blanks is null
    moves: bool = False  #: whether what stands behind a table moves of which an item counts the occurrences
    is_within_digits: bool = False  #: whether a COMP of more digits than its picture has is bad


class NotHeldError(ValueError):
    """No type of ours holds an item; what it is, in words."""


def held_as(column: Column, stored: HowStored) -> dict[str, Any]:
    """The keys of a `Field` that the item settles, without its name and its place.

    Raises:
        NotHeldError: no type holds it.
    """
    entry, picture = column.entry, column.entry.picture
    usage = entry.usage or Usage.DISPLAY
    if usage in FLOATS:
        return {"type": FLOATS[usage], "big_endian": stored.are_floats_big, "ibm": stored.has_ibm_floats}
    is_big = stored.is_native_big if usage in OF_THE_MACHINE else True
    if usage in {Usage.INDEX, Usage.POINTER}:
        return {"type": f"{'i' if usage is Usage.INDEX else 'u'}{8 * column.size}", "big_endian": is_big}
    if picture is None:
        raise NotHeldError("without a PICTURE")
    if usage is Usage.BYTES and picture.category is Category.TEXT:
        return {"type": _integer("u", column.size), "big_endian": True}
    if usage is Usage.NATIONAL or picture.category is not Category.NUMBER:
        return {"type": "str", "encoding": _encoding(usage, picture, stored, entry.pictured), "big_endian": True}
    found = _number(column, usage, picture) | {"big_endian": is_big}
    _refuse_digits(found, picture, entry.pictured)
    if usage is Usage.BINARY:
        found["within_digits"] = stored.is_within_digits
    return found


def _encoding(usage: Usage, picture: Picture, stored: HowStored, pictured: str) -> str:
    if usage is Usage.DBCS or picture.category is Category.DBCS:
        raise NotHeldError(f"text of two bytes a character (DISPLAY-1, PICTURE {pictured})")
    if picture.category is Category.NATIONAL:
        return NATIONAL
    if usage is Usage.NATIONAL:
        raise NotHeldError(f"a number in characters of two bytes (NATIONAL, PICTURE {pictured})")
    return stored.encoding


def _number(column: Column, usage: Usage, picture: Picture) -> dict[str, Any]:
    """Of a number. What has no digits behind a point comes out as an integer, so its digits are said."""
    digits = picture.digits if picture.scale <= 0 or picture.scale > picture.digits else None
    if usage in _PACKED:
        return {
            "type": "packed", "scale": picture.scale, "whole_digits": digits, "signed": usage is Usage.PACKED,
        }  # fmt: skip
    if usage is Usage.DISPLAY:
        return {
            "type": "zoned", "scale": picture.scale, "whole_digits": digits,
            "sign": _sign(picture, column.entry.sign or Sign()), "blank_is_zero": column.entry.blank_when_zero,
        }  # fmt: skip
    if picture.scale:
        digits = picture.digits if usage is Usage.BINARY else digits
        return {"type": "decimal", "scale": picture.scale, "signed": picture.signed, "whole_digits": digits}
    return {
        "type": _integer("i" if picture.signed else "u", column.size),
        "whole_digits": digits if usage is Usage.BINARY else None,
    }


def _integer(sign: str, size: int) -> str:
    bits = next((bits for bits in (8, 16, 32, 64) if bits >= 8 * size), None)
    if bits is None:
        raise NotHeldError(f"a number of {size} bytes")
    return f"{sign}{bits}"


def _sign(picture: Picture, sign: Sign) -> str:
    if not picture.signed:
        return TRAILING
    return f"{LEADING if sign.leading else TRAILING}{' separate' if sign.separate else ''}"


def _refuse_digits(found: dict[str, Any], picture: Picture, pictured: str) -> None:
    """Refuse more digits than are read, with the zeros that are not stored."""
    scale = picture.scale
    digits = max(picture.digits + max(-scale, 0), scale)
    most = MOST_I64_DIGITS if found["type"] == "decimal" and scale < 0 else MAX_DECIMAL_DIGITS
    if digits > most or (found["type"] == "packed" and picture.digits // 2 + 1 > _MOST_PACKED_BYTES):
        raise NotHeldError(f"of more digits than are read (PICTURE {pictured})")
