"""Numbers as characters, and nulls that bytes tell: the slow, obvious twin, and a maker of such fields."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from etl_batch.layouts.layout import FILLS, Field, Null

_SIGN_IN_FRONT = re.compile(r" *([+-]) *([0-9.eE+-]+) *")
_SIGN_BEHIND = re.compile(r" *([0-9.eE+-]+?) *([+-]) *")
_WITHOUT = re.compile(r" *([0-9.eE+-]+) *")
_PLAIN = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+")
_EXPONENT = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_RANGES = {f"{sign}{bits}": bits for sign in "iu" for bits in (8, 16, 32, 64)}


def numeral_value(field: Field, raw: bytes) -> int | float | None:
    """What the characters mean; of a decimal the unscaled integer; None: they are no such number."""
    known = {character.encode(field.encoding): character for character in "0123456789+-. eE"}
    characters = [known.get(bytes([byte])) for byte in raw]
    if None in characters:
        return None
    text = "".join(character or "" for character in characters)
    if found := _SIGN_IN_FRONT.fullmatch(text):
        sign, digits = found[1], found[2]
    elif (found := _WITHOUT.fullmatch(text)) and found[1][-1] not in "+-":
        sign, digits = "", found[1]
    elif found := _SIGN_BEHIND.fullmatch(text):
        digits, sign = found[1], found[2]
    else:
        return None
    minus = "-" if sign == "-" else ""
    if field.type == "f64":
        return _float(field, minus, digits)
    if not _PLAIN.fullmatch(digits):
        return None
    number = Decimal(minus + digits)
    if field.type == "decimal":
        unscaled = int(minus + digits) if "." not in digits else _shifted(minus + digits, field.scale)
        return unscaled if unscaled is not None and abs(unscaled) < 10**field.digits else None
    bits = _RANGES[field.type]
    low, high = (-(2**bits) // 2, 2**bits // 2 - 1) if field.type[0] == "i" else (0, 2**bits - 1)
    return int(number) if number == int(number) and low <= int(number) <= high else None


def _float(field: Field, minus: str, digits: str) -> float | None:
    if not _EXPONENT.fullmatch(digits):
        return None
    is_said = any(character in digits for character in ".eE")
    value = float(minus + digits + (f"e-{field.scale}" if field.scale and not is_said else ""))
    return value if abs(value) != float("inf") else None


def _shifted(text: str, scale: int) -> int | None:
    """The digits of a number with a point, times 10^scale; None: it has more of them."""
    front, _, behind = text.partition(".")
    if behind[scale:].strip("0"):
        return None
    magnitude = int(front.lstrip("-") + behind[:scale].ljust(scale, "0") or "0")
    return -magnitude if front.startswith("-") else magnitude


def value_beside_nulls(
    field: Field, raw: bytes, plain: Callable[[Field], int | float | str | bytes | None]
) -> int | float | str | bytes | None:
    """As `twins.field_value`, of a field with `nulls`: each is looked for by itself."""
    for null in (*field.nulls, *([] if field.null is None else [field.null])):
        if isinstance(null, str) and null in FILLS and null in field.nulls:
            if _is_filled(field, raw, FILLS[null]):
                return None
        elif isinstance(null, str) and field.type != "str":
            if raw.strip(" ".encode(field.encoding)) == null.encode(field.encoding):
                return None
        elif isinstance(null, bytes):
            if raw == null:
                return None
        else:
            try:
                if plain(replace(field, null=null, nulls=())) is None:
                    return None
            except ValueError:  # what is no value is none of those either
                pass
    is_text = isinstance(field.null, str) and field.null in FILLS and field.type == "str"
    return plain(replace(field, null=field.null if is_text else None, nulls=()))


def _is_filled(field: Field, raw: bytes, fill: bytes | str) -> bool:
    unit = fill if isinstance(fill, bytes) else fill.encode(field.encoding)
    return raw == unit * (len(raw) // len(unit))


def null_bytes(field: Field, null: Null, stored: Callable[[Field], bytes]) -> bytes:
    """The field with that null in it."""
    if isinstance(null, str) and null in FILLS:
        fill = FILLS[null]
        unit = fill if isinstance(fill, bytes) else fill.encode(field.encoding)
        return (unit * field.length)[: field.length]
    return stored(replace(field, null=null, nulls=()))


def null_numeral(field: Field, null: float | str) -> bytes:
    """A null of a number as characters."""
    text = null if isinstance(null, str) else repr(null) if isinstance(null, float) else str(null)
    return text.rjust(field.length)[-field.length :].encode(field.encoding)


def numeral_bytes(field: Field, chance: random.Random) -> bytes:
    """Characters that mostly are such a number, anywhere in their field."""
    room = field.length
    digits = "".join(chance.choice("0123456789") for _ in range(chance.randint(1, chance.choice([room, min(room, 6)]))))
    if chance.random() < 0.4:
        at = chance.randint(0, len(digits))
        digits = digits[:at] + "." + digits[at:]
    if field.type == "f64" and chance.random() < 0.2:
        digits += chance.choice("eE") + chance.choice(["", "+", "-"]) + str(chance.choice([0, 3, 12, 310, 400]))
    sign = chance.choice(["", "", "", "-", "+", "- "])
    text = chance.choice([sign + digits, sign + digits, digits + sign.strip(), sign + digits + sign])
    text = chance.choice([" ", ""]) * chance.randint(0, 3) + text
    text = chance.choice([text.ljust, text.rjust])(room)
    return text[:room].encode(field.encoding)
